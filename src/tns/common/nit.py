"""NIT of Colombian taxpayers: normal form, canonical base and check digit.

Sources disagree on keeping the check digit (DV), so matching goes by the base alone; see the contract, section 3.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from stdnum.co import nit as stdnum_nit

_SEPARADORES = re.compile(r"[.\-\s\u2010-\u2015]")
_GUIONES = re.compile(r"[\u2010-\u2015]")
_DIGITOS_CON_DV = 10


@dataclass(frozen=True, slots=True)
class Nit:
    """One NIT as it was understood.

    Attributes:
        normalizado: without dots, hyphens or spaces; what is stored and shown.
        base: what identifies the taxpayer, without check digit.
        dv: the check digit the source gave, "" when it gave none.
        dv_correcto: False only when the source gave a check digit and it is not the right one.
    """

    normalizado: str
    base: str
    dv: str
    dv_correcto: bool


class NitInvalido(ValueError):
    """The text holds no number of a taxpayer."""


def digito_verificacion(base: str) -> str:
    """Check digit of `base` (digits only): modulo 11 with DIAN's weights."""
    return str(stdnum_nit.calc_check_digit(base))


def normalizar(texto: str) -> str:
    """`"900.123.456-7"` → `"9001234567"`: dots, hyphens and spaces removed, letters in capitals."""
    return _SEPARADORES.sub("", texto).upper()


def interpretar(texto: str) -> Nit:
    """Understand a NIT as written by a source; raises NitInvalido when nothing usable is in it.

    With a hyphen, what follows it is the check digit, right or wrong. Without one, only a 10-digit number that starts
    with 8 or 9 and ends in its right check digit is split, so that a natural person's cédula is never cut.
    """
    limpio = _GUIONES.sub("-", texto.strip())
    normalizado = normalizar(limpio)
    if not normalizado or not normalizado.isalnum() or not normalizado.isascii() or len(normalizado) > 20:
        raise NitInvalido(
            f"«{texto.strip()[:40]}» no es un NIT: use solo números, puntos, espacios y un guion antes del DV."
        )
    cuerpo, guion, cola = limpio.rpartition("-")
    base, dv = normalizar(cuerpo), normalizar(cola)
    if guion and base and len(dv) == 1 and dv.isdigit():
        correcto = base.isdigit() and len(base) <= 15 and digito_verificacion(base) == dv
        return Nit(normalizado, base, dv, correcto)
    if normalizado.isdigit() and len(normalizado) == _DIGITOS_CON_DV and normalizado[0] in "89":
        base, dv = normalizado[:-1], normalizado[-1]
        if digito_verificacion(base) == dv:
            return Nit(normalizado, base, dv, True)
    return Nit(normalizado, normalizado, "", True)
