"""Compares a document's code with the one its fields give, and looks for the field that explains a difference."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from tns.engines.ubl import codes
from tns.engines.ubl.codes import CENT, Campo, Claves, Composition
from tns.engines.ubl.model import Documento


class EstadoCodigo(StrEnum):
    """`no_verificable` is not a fault: a received document does not carry the key."""

    VERIFICADO = "verificado"
    NO_COINCIDE = "no_coincide"
    NO_VERIFICABLE = "no_verificable"


@dataclass(frozen=True, slots=True)
class Discrepancia:
    """The one field that explains why the code is another: what was hashed, and what the document says."""

    campo: str
    en_el_codigo: str
    en_el_documento: str


@dataclass(frozen=True, slots=True)
class RevisionCodigo:
    """Verdict on one code; `motivo` tells it in Spanish, `calculado` is only given when the key was known."""

    estado: EstadoCodigo
    clase: str
    motivo: str
    calculado: str = ""
    variante: str = ""
    discrepancia: Discrepancia | None = None


def check_code(document: Documento, keys: Claves, ambiente: str = "") -> RevisionCodigo:
    """Verify CUFE, CUDE, CUDS or event code. `ambiente` ("1", "2") overrides what the document says."""
    kind = codes.family(document)
    if kind == "":
        return RevisionCodigo(
            EstadoCodigo.NO_VERIFICABLE, "", "Este tipo de documento no lleva un código que se recalcule."
        )
    declared = document.codigo.strip().lower()
    if not declared:
        return RevisionCodigo(EstadoCodigo.NO_VERIFICABLE, kind, f"El documento no trae {kind}: su UUID está vacío.")
    secret = codes.secret_for(document, keys)
    if not secret:
        return _without_key(document, kind, declared, ambiente)
    composition = codes.compose(document, secret, ambiente)
    computed = codes.sha384(composition)
    if computed == declared:
        return RevisionCodigo(
            EstadoCodigo.VERIFICADO, kind, f"El {kind} corresponde a los datos del documento.", computed
        )
    for variant, other in _accepted_readings(document, composition):
        if codes.sha384(other) == declared:
            motive = f"El {kind} corresponde a los datos del documento ({variant})."
            return RevisionCodigo(EstadoCodigo.VERIFICADO, kind, motive, declared, variant)
    if codes.is_dians_own(document):
        motive = "Es una respuesta de la DIAN: su código solo lo puede recalcular la DIAN."
        return RevisionCodigo(EstadoCodigo.NO_VERIFICABLE, kind, motive)
    found = _from_note(document, composition, declared) or _from_guesses(document, keys, composition, declared)
    return RevisionCodigo(EstadoCodigo.NO_COINCIDE, kind, _explain(kind, found), computed, discrepancia=found)


def check_software_code(document: Documento, keys: Claves) -> EstadoCodigo:
    """Verify the SoftwareSecurityCode with the PIN of the software."""
    declared = document.software.codigo_seguridad.strip().lower()
    if not declared or not keys.pin:
        return EstadoCodigo.NO_VERIFICABLE
    computed = codes.software_security_code(document.software.identificador, keys.pin, document.numero)
    return EstadoCodigo.VERIFICADO if computed == declared else EstadoCodigo.NO_COINCIDE


def _without_key(document: Documento, kind: str, declared: str, ambiente: str) -> RevisionCodigo:
    secret_name = "la clave técnica" if kind == codes.CUFE else "el PIN del software"
    motive = f"Hace falta {secret_name} de quien lo emitió para recalcular el {kind}."
    found = _from_note(document, codes.compose(document, "", ambiente), declared)
    if found is not None:
        motive += (
            f" Atención: la nota del documento publica la cadena de su código, y en ella {found.campo} es"
            f" «{found.en_el_codigo}», mientras el documento dice «{found.en_el_documento}»."
        )
    return RevisionCodigo(EstadoCodigo.NO_VERIFICABLE, kind, motive, discrepancia=found)


def _explain(kind: str, found: Discrepancia | None) -> str:
    if found is None:
        return (
            f"El {kind} no corresponde a los datos del documento y ningún campo por sí solo lo explica:"
            " revise primero que la clave sea la de quien lo emitió."
        )
    return (
        f"El {kind} no corresponde a los datos del documento: fue calculado con {found.campo}"
        f" «{found.en_el_codigo}» y el documento dice «{found.en_el_documento}»."
    )


def _accepted_readings(document: Documento, composition: Composition) -> Iterator[tuple[str, Composition]]:
    """Readings of the annex that issuers use and DIAN takes: they bind the same document to the same key."""
    for code, name in (("01", "IVA"), ("04", "INC"), ("03", "ICA")):
        for reading, tax in codes.tax_readings(document.impuestos, code):
            yield f"el {name} se tomó como {reading}", codes.substitute(composition, name, codes.amount(tax))
    for field, value in (("valor bruto", document.totales.bruto), ("valor total", document.totales.a_pagar)):
        if value is not None:
            rounded = str(value.quantize(CENT, rounding=ROUND_HALF_UP))
            yield f"el {field} se redondeó en vez de truncarse", codes.substitute(composition, field, rounded)


def _from_note(document: Documento, composition: Composition, declared: str) -> Discrepancia | None:
    """Some issuers print the hashed string in a note; when its hash is the code, it tells what was hashed."""
    for note in document.notas:
        if codes.sha384(note) != declared:
            continue
        return _single_difference(note, composition)
    return None


def _single_difference(text: str, composition: Composition) -> Discrepancia | None:
    values = [field.valor for field in composition]
    secret_at = next((i for i, field in enumerate(composition) if field.secreto), len(values))
    tail = "".join(values[secret_at + 1 :])
    secret = values[secret_at] if secret_at < len(values) else ""
    for i, field in enumerate(composition):
        if field.secreto:
            continue
        before = "".join(values[:i])
        after = "".join(values[i + 1 : secret_at]) + secret if i < secret_at else ""
        if i > secret_at or not text.startswith(before):
            continue
        rest = text[len(before) :]
        if secret:
            end = after + tail
            if rest.endswith(end) and len(rest) > len(end):
                return _difference(field, rest[: len(rest) - len(end)])
        elif after:
            position = rest.find(after, 1)
            if position > 0 and _plausible(field, rest[:position]):
                return _difference(field, rest[:position])
        else:  # the field next to an unknown secret: nothing tells where it ends
            continue
    return None


def _plausible(field: Campo, hashed: str) -> bool:
    return len(hashed) <= max(len(field.valor) + 8, 20)


def _difference(field: Campo, hashed: str) -> Discrepancia | None:
    return None if hashed == field.valor else Discrepancia(field.nombre, hashed, field.valor)


def _from_guesses(document: Documento, keys: Claves, composition: Composition, declared: str) -> Discrepancia | None:
    """Change one field at a time for what the document itself says elsewhere, or for the usual mistakes."""
    for field in composition:
        for value in _candidates(document, keys, field):
            if value != field.valor and codes.sha384(codes.substitute(composition, field.nombre, value)) == declared:
                if field.secreto:
                    other = "la clave técnica" if field.nombre == "PIN" else "el PIN"
                    return Discrepancia(field.nombre, f"el valor de {other}", f"{field.nombre} esperado")
                return Discrepancia(field.nombre, value, field.valor)
    return None


def _candidates(document: Documento, keys: Claves, field: Campo) -> list[str]:
    name = field.nombre
    if field.secreto:
        return [keys.pin, keys.clave_tecnica]
    if name == "ambiente":
        return ["1", "2", document.ambiente, ""]
    if name.startswith(("NIT", "identificación")):
        return _identifications(document)
    if name == "hora":
        bare = re.split(r"[+-]|Z", document.hora)[0]
        return [bare, f"{bare}-05:00", f"{bare.split('.')[0]}-05:00", *_in_qr(document, r"\d\d:\d\d:\d\d(?:-05:00)?")]
    if name == "fecha":
        return [document.vence, *_in_qr(document, r"\d{4}-\d\d-\d\d")]
    if name == "número":
        return [document.numero.removeprefix(document.prefijo), *_in_qr(document, r"[A-Z0-9]{1,10}\d{1,12}")]
    if name.startswith("código"):
        return []
    return _amounts(document)


def _identifications(document: Documento) -> list[str]:
    found = [document.software.proveedor, *_in_qr(document, r"\d{4,15}")]
    for party in (document.emisor, document.receptor):
        who = party.identificacion
        found += [who.numero, who.numero + who.dv, re.sub(r"\D", "", who.numero)]
    return found


def _amounts(document: Documento) -> list[str]:
    totals = document.totales
    values: list[Decimal | None] = [
        totals.bruto, totals.base_imponible, totals.con_impuestos, totals.a_pagar, totals.descuentos, totals.cargos,
        totals.anticipos, Decimal(0), *(tax.valor for tax in document.impuestos),
    ]  # fmt: skip
    if totals.con_impuestos is not None and totals.anticipos is not None:
        values.append(totals.con_impuestos - totals.anticipos)
    written = [codes.amount(value) for value in values if value is not None]
    written += [str(value) for value in values if value is not None]
    written += [str(value.to_integral_value()) for value in values if value is not None]
    return written + [value.replace(",", "") for value in _in_qr(document, r"\d+(?:[.,]\d{1,2})?")]


def _in_qr(document: Documento, pattern: str) -> list[str]:
    return re.findall(pattern, document.qr[:2_000])[:60]
