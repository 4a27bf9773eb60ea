"""CUFE, CUDE, CUDS, event code and SoftwareSecurityCode, from the fields of a document.

Source: Anexo técnico de factura electrónica 1.9 (numerals 11.2 and 11.4), Anexo documento soporte 1.1, Anexo RADIAN 1.1
(numeral 12.1). All are SHA-384 over the fields joined without separator; amounts carry two decimals, truncated.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, Decimal

from tns.engines.ubl.catalogs import NIT_DIAN
from tns.engines.ubl.model import Documento, TotalImpuesto

CENT = Decimal("0.01")
CUFE, CUDE, CUDS, EVENTO = "CUFE", "CUDE", "CUDS", "CUDE de evento"

_FAMILY_BY_TYPE = {
    "01": CUFE, "02": CUFE, "04": CUFE, "03": CUDE, "91": CUDE, "92": CUDE, "05": CUDS, "95": CUDS, "96": EVENTO,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Claves:
    """The secrets that codes are made with: technical key of the numbering range, PIN of the software. Never shown."""

    clave_tecnica: str = ""
    pin: str = ""

    def __repr__(self) -> str:
        return "Claves(***)"


@dataclass(frozen=True, slots=True)
class Campo:
    """One piece of the string that is hashed."""

    nombre: str
    valor: str
    secreto: bool = False

    def __repr__(self) -> str:
        return f"Campo({self.nombre!r}, {'***' if self.secreto else self.valor!r})"


Composition = tuple[Campo, ...]


def family(document: Documento) -> str:
    """Which code the document carries: CUFE, CUDE, CUDS or event code; empty for what carries none."""
    if document.raiz == "AttachedDocument":
        return ""
    known = _FAMILY_BY_TYPE.get(document.tipo)
    if known is not None:
        return known
    declared = document.algoritmo_codigo.upper()
    return next((name for name in (CUFE, CUDE, CUDS) if declared.startswith(name)), CUFE)


def secret_for(document: Documento, keys: Claves) -> str:
    """The secret this document's code needs; empty when it is not known."""
    return keys.clave_tecnica if family(document) == CUFE else keys.pin


def amount(value: Decimal | None) -> str:
    """Two decimals, truncated; 0.00 for what is absent."""
    return str((value or Decimal(0)).quantize(CENT, rounding=ROUND_DOWN))


def sha384(composition: Composition | str) -> str:
    """Hash of a composition."""
    text = composition if isinstance(composition, str) else "".join(field.valor for field in composition)
    return hashlib.sha384(text.encode()).hexdigest()


def compose(document: Documento, secret: str, ambiente: str = "") -> Composition:
    """The fields of the document's code in their order; empty for a document without code."""
    kind = family(document)
    if kind == "":
        return ()
    if kind == EVENTO:
        return _event(document, secret)
    environment = Campo("ambiente", ambiente or document.ambiente)
    head = (
        Campo("número", document.numero),
        Campo("fecha", document.fecha),
        Campo("hora", document.hora),
        Campo("valor bruto", amount(document.totales.bruto)),
    )
    parties = (
        Campo("NIT del emisor", document.emisor.identificacion.numero),
        Campo("identificación del adquiriente", document.receptor.identificacion.numero),
    )
    total = Campo("valor total", amount(document.totales.a_pagar))
    key = Campo("clave técnica" if kind == CUFE else "PIN", secret, secreto=True)
    codes = (("01", "IVA"),) if kind == CUDS else (("01", "IVA"), ("04", "INC"), ("03", "ICA"))
    taxes: list[Campo] = []
    for code, name in codes:
        taxes += [Campo(f"código {name}", code), Campo(name, amount(tax_sum(document.impuestos, code)))]
    return (*head, *taxes, total, *parties, key, environment)


def _event(document: Documento, pin: str) -> Composition:
    event = document.evento
    assert event is not None  # noqa: S101  the reader always fills it for an ApplicationResponse
    return (
        Campo("número", document.numero),
        Campo("fecha", document.fecha),
        Campo("hora", document.hora),
        Campo("NIT de quien envía", document.emisor.identificacion.numero),
        Campo("NIT de quien recibe", document.receptor.identificacion.numero),
        Campo("código del evento", event.codigo),
        Campo("número del documento referido", event.documento_numero),
        Campo("tipo del documento referido", event.documento_tipo),
        Campo("PIN", pin, secreto=True),
    )


def tax_sum(taxes: tuple[TotalImpuesto, ...], code: str) -> Decimal | None:
    """Total of one tax over the document; None when it has none.

    The total that is written, unless it mixes several taxes: then the sum of this one's rates.
    """
    amounts: list[Decimal | None] = []
    for total in taxes:
        if {rate.codigo for rate in total.subtotales} == {code}:
            amounts.append(total.valor)
        else:
            amounts += [rate.valor for rate in total.subtotales if rate.codigo == code]
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if known else None


def tax_readings(taxes: tuple[TotalImpuesto, ...], code: str) -> list[tuple[str, Decimal]]:
    """The other ways programs read "the value of the tax": sum of its rates, or only the first of them."""
    rates = [
        rate.valor for total in taxes for rate in total.subtotales if rate.codigo == code and rate.valor is not None
    ]
    if not rates:
        return []
    return [("la suma de sus tarifas", sum(rates, Decimal(0))), ("su primera tarifa", rates[0])]


def substitute(composition: Composition, name: str, value: str) -> Composition:
    """The composition with one field changed."""
    return tuple(replace(field, valor=value) if field.nombre == name else field for field in composition)


def is_dians_own(document: Documento) -> bool:
    """DIAN's verdicts are coded with a PIN that only DIAN has."""
    event = document.evento
    return event is not None and event.codigo in ("02", "04") and document.emisor.identificacion.numero == NIT_DIAN


def software_security_code(software_id: str, pin: str, number: str) -> str:
    """SHA-384(SoftwareID + PIN + number)."""
    return sha384(software_id + pin + number)
