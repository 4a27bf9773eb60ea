"""Verdicts and documents as plain JSON-able values. Decimals become text so that no cent is lost."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from tns.engines.ubl.verify import Revision, Verificacion


def plain(value: Any) -> Any:
    """Dataclasses, tuples, decimals, dates and enums as dicts, lists and texts."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {item.name: plain(getattr(value, item.name)) for item in dataclasses.fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    return value


def summary(archivo: str, verification: Verificacion) -> dict[str, Any]:
    """The row of `tns dian verificar` for one document."""
    row: dict[str, Any] = {
        "archivo": archivo,
        "ruta": list(verification.ruta),
        "tipo": None,
        "tipo_codigo": None,
        "tipo_nombre": None,
        "numero": None,
        "codigo": None,
        "firma": None,
        "totales": None,
        "rechazo": None,
    }
    if verification.rechazo is not None:
        row["rechazo"] = str(verification.rechazo)
        row["rechazo_codigo"] = verification.rechazo.codigo_estable
        if verification.contenedor is not None:  # the container was read, what it brings was not
            row |= states(verification.contenedor)
        return row
    assert verification.revision is not None  # noqa: S101  one or the other, by construction
    row |= states(verification.revision)
    row["detalle"] = detail(verification.revision)
    row["contenedor"] = None if verification.contenedor is None else states(verification.contenedor)
    row["respuestas"] = [answer(item) for item in verification.respuestas]
    row["avisos"] = list(verification.avisos)
    return row


def states(revision: Revision) -> dict[str, Any]:
    """Type, number and the three verdicts of one revision."""
    document = revision.documento
    return {
        "tipo": document.raiz,
        "tipo_codigo": document.tipo,
        "tipo_nombre": document.tipo_nombre,
        "numero": document.numero,
        "codigo": revision.codigo.estado.value,
        "firma": revision.firma.estado.value,
        "totales": None if revision.totales is None else revision.totales.estado.value,
    }


def answer(revision: Revision) -> dict[str, Any]:
    """An ApplicationResponse that came with a document."""
    event = revision.documento.evento
    return states(revision) | {"evento": None if event is None else plain(event)}


def detail(revision: Revision) -> dict[str, Any]:
    """Why each verdict is what it is."""
    document, signature = revision.documento, revision.firma
    return {
        "fecha": document.fecha,
        "ambiente": document.ambiente,
        "emisor": {"nit": document.emisor.identificacion.numero, "nombre": document.emisor.nombre},
        "receptor": {"nit": document.receptor.identificacion.numero, "nombre": document.receptor.nombre},
        "moneda": document.moneda,
        "total": plain(document.totales.a_pagar),
        "codigo": plain(revision.codigo) | {"declarado": document.codigo},
        "codigo_seguridad": revision.codigo_seguridad.value,
        "firma": plain(signature),
        "totales": plain(revision.totales),
        "evento": plain(document.evento),
    }
