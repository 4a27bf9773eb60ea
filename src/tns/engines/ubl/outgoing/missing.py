"""What TNS lacks for a document to be sent, each thing with where to write it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tns.engines.ubl.catalogs import CONSUMIDOR_FINAL
from tns.engines.ubl.outgoing.document import DocumentoTNS

RECURSOS = {"FV": "invoice", "DV": "credit-note", "FC": "support-document", "DC": "sd-credit-note"}
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}\.[^@\s]{2,}")


@dataclass(frozen=True, slots=True)
class Faltante:
    """One thing to complete in TNS before sending."""

    campo: str
    donde: str
    mensaje: str


def find_missing(document: DocumentoTNS, *, unidades: dict[str, int]) -> list[Faltante]:
    """Everything that keeps `document` from being sent; `unidades` maps DIAN's unit codes to the provider's ids."""
    found = [*_header(document), *_party(document), *_lines(document, unidades)]
    if document.codcomp in ("DV", "DC"):
        found += _reference(document)
    return found


def _header(document: DocumentoTNS) -> list[Faltante]:
    found = []
    if document.codcomp not in RECURSOS:
        found.append(Faltante("CODCOMP", "KARDEX", f"El comprobante {document.codcomp} no se envía a la DIAN."))
    if not document.asentado:
        found.append(Faltante("FECASENTAD", "KARDEX", "El documento no está asentado."))
    if document.anulado:
        found.append(Faltante("FECANULADO", "KARDEX", "El documento está anulado."))
    if not document.electronico:
        prefix = document.codprefijo or "(vacío)"
        detail = f"El prefijo {prefix} no está marcado como de facturación electrónica."
        found.append(Faltante("FACTELECTRONICA", "PREFIJO", detail))
    if document.fecha is None:
        found.append(Faltante("FECHA", "KARDEX", "El documento no tiene fecha."))
    if not document.numero.isdigit():
        found.append(Faltante("NUMERO", "KARDEX", f"El número «{document.numero}» no es un consecutivo."))
    if document.codcomp in ("FV", "FC") and not resolution(document):
        detail = f"El prefijo {document.codprefijo or '(vacío)'} no dice el número de su resolución de facturación."
        found.append(Faltante("RESOLUCION", "PREFIJO", detail))
    for problem in document.problemas:
        found.append(Faltante("VRBASE", "KARDEX", f"Las cuentas del documento no cuadran: {problem}."))
    return found


def resolution(document: DocumentoTNS) -> str:
    """The number of the numbering authorisation inside PREFIJO.RESOLUCION, a free text."""
    found = re.search(r"\d{10,20}", document.resolucion)
    return found.group() if found else ""


def _party(document: DocumentoTNS) -> list[Faltante]:
    party, found = document.tercero, []
    digits = re.sub(r"\D", "", party.nit)
    if not digits:
        found.append(Faltante("NIT", "TERCEROS", "El tercero no tiene NIT ni cédula."))
    if not party.nombre:
        found.append(Faltante("NOMBRE", "TERCEROS", "El tercero no tiene nombre."))
    if digits == CONSUMIDOR_FINAL:
        return found
    who = party.nombre or "El tercero"
    if not party.direccion:
        found.append(Faltante("DIRECC1", "TERCEROS", f"{who} no tiene dirección."))
    if not re.fullmatch(r"\d{5}", party.ciudad):
        found.append(Faltante("CIUDANEID", "TERCEROS", f"{who} no tiene ciudad con código DANE."))
    if document.codcomp in ("FV", "DV") and not _EMAIL.fullmatch(party.correo):
        found.append(Faltante("EMAIL", "TERCEROS", f"{who} no tiene un correo para recibir la factura."))
    return found


def _lines(document: DocumentoTNS, unidades: dict[str, int]) -> list[Faltante]:
    if not document.renglones:
        return [Faltante("DEKARDEX", "DEKARDEX", "El documento no tiene renglones.")]
    found, seen = [], set()
    for number, line in enumerate(document.renglones, 1):
        if not line.descripcion:
            found.append(Faltante("DESCRIP", "MATERIAL", f"El artículo del renglón {number} no tiene descripción."))
        if line.cantidad <= 0:
            found.append(Faltante("CANMAT", "DEKARDEX", f"El renglón {number} no tiene cantidad."))
        unit = line.unidad or "94"
        if unit not in unidades and unit not in seen:
            seen.add(unit)
            detail = f"La unidad «{unit}» no tiene equivalencia en el proveedor: agréguela en la configuración DIAN."
            found.append(Faltante("CODUNIDADID", "MATERIAL", detail))
    return found


def _reference(document: DocumentoTNS) -> list[Faltante]:
    if not document.factura_anunciada:
        return [Faltante("NUMEROFACTANT", "KARDEX", "La nota no dice qué factura corrige.")]
    if document.factura is None:
        detail = f"No se encontró la factura {document.factura_anunciada} que la nota corrige."
        return [Faltante("NUMEROFACTANT", "KARDEX", detail)]
    if not document.factura.cufe:
        detail = f"La factura {document.factura.numero} que la nota corrige aún no tiene CUFE: envíela primero."
        return [Faltante("CUFE", "KARDEX", detail)]
    return []
