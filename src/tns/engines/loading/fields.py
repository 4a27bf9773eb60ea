"""What a movement is made of: the columns a query may give, and the columns of the target they fill."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    TEXT = "texto"
    NUMBER = "número"
    DATE = "fecha"
    DOCUMENT_TYPE = "tipo de documento"
    WAREHOUSE_TYPE = "tipo de bodega"


@dataclass(frozen=True, slots=True)
class Field:
    """`source` is the query's column name, `target` the table's; a source may feed several targets."""

    source: str
    target: str
    kind: Kind
    required: bool = False


# Decimals kept of every quantity and amount: sources that store DOUBLE are rounded to this.
DECIMALS = 4

FIELDS: tuple[Field, ...] = (
    Field("FECHA", "fecha", Kind.DATE, required=True),
    Field("TIPO_DOCUMENTO", "tipo_documento", Kind.DOCUMENT_TYPE, required=True),
    Field("ARTICULO_CODIGO", "articulo_codigo", Kind.TEXT, required=True),
    Field("ARTICULO_NOMBRE", "articulo_nombre", Kind.TEXT, required=True),
    Field("CANTIDAD", "cantidad", Kind.NUMBER, required=True),
    Field("PRECIO_UNITARIO", "precio_unitario", Kind.NUMBER),
    Field("VALOR_TOTAL", "valor_total", Kind.NUMBER),
    Field("TIPO_BODEGA", "tipo_bodega", Kind.TEXT),
    Field("BODEGA_NOMBRE", "bodega_nombre", Kind.TEXT),
    Field("CODIGO_BODEGA", "codigo_bodega", Kind.TEXT),
    Field("SISTEMA_BODEGA", "sistema_bodega", Kind.TEXT),
    Field("BODEGA_CONTENEDOR", "bodega_contenedor", Kind.TEXT),
    Field("LOTE", "lote", Kind.TEXT),
    Field("STOCK_PREVIO", "stock_previo", Kind.NUMBER),
    Field("STOCK_NUEVO", "stock_nuevo", Kind.NUMBER),
    Field("FECHA_ORDEN_PEDIDO", "fecha_orden_pedido", Kind.DATE),
    Field("PACIENTE", "paciente", Kind.TEXT),
    Field("CEDULA_PACIENTE", "cedula_paciente", Kind.TEXT),
    Field("PAGADOR", "pagador", Kind.TEXT),
    Field("NIT_PAGADOR", "nit_pagador", Kind.TEXT),
    Field("CLINICA", "clinica", Kind.TEXT),
    Field("NIT_CLINICA", "nit_clinica", Kind.TEXT),
    Field("MEDICO", "medico", Kind.TEXT),
    Field("CEDULA_MEDICO", "cedula_medico", Kind.TEXT),
    Field("MEDICO2", "medico2", Kind.TEXT),
    Field("CEDULA_MEDICO2", "cedula_medico2", Kind.TEXT),
    Field("PROCEDIMIENTOS", "procedimientos", Kind.TEXT),
    Field("CIUDAD", "ciudad", Kind.TEXT),
    Field("CODIGO_CIUDAD", "codigo_ciudad", Kind.TEXT),
    Field("PREFIJO", "prefijo", Kind.TEXT),
    Field("NUMERO", "numero", Kind.TEXT),
    Field("ORIGEN_ID", "origen_id", Kind.TEXT),
)
REQUIRED = tuple(field.source for field in FIELDS if field.required)
BY_SOURCE: Mapping[str, Field] = {field.source: field for field in FIELDS}

# Document codes of Visual TNS. PV and PC (orders) are no movements: a query of ours never asks for them.
DOCUMENT_TYPES: Mapping[str, str] = {
    "FV": "FACTURA_VENTA",
    "DV": "DEVOLUCION_VENTA",
    "FC": "FACTURA_COMPRA",
    "DC": "DEVOLUCION_COMPRA",
    "RS": "REMISION_SALIDA",
    "RE": "REMISION_ENTRADA",
    "NI": "NOTA_INVENTARIO",
    "TRASLADO": "TRASLADO",
}
ORDERS = frozenset({"PV", "PC"})
OTHER = "OTRO"


def document_type(code: str) -> str | None:
    """The tipo_documento of a source code or of its own full name; None when nobody knows it."""
    wanted = code.strip().upper()
    if wanted in DOCUMENT_TYPES:
        return DOCUMENT_TYPES[wanted]
    return wanted if wanted in _FULL_NAMES else None


_FULL_NAMES = frozenset(DOCUMENT_TYPES.values()) | {OTHER}


@dataclass(frozen=True, slots=True)
class WarehouseRule:
    """A warehouse whose name contains `contains` (any case; empty matches all) is of type `type`."""

    contains: str
    type: str


DEFAULT_WAREHOUSE_RULES: tuple[WarehouseRule, ...] = (
    WarehouseRule("IMP", "IMPLANTE"),
    WarehouseRule("EQ", "EQUIPO DE PODER"),
    WarehouseRule("PODER", "EQUIPO DE PODER"),
    WarehouseRule("", "INSTRUMENTAL"),
)


def warehouse_type(name: str, rules: tuple[WarehouseRule, ...]) -> str | None:
    """The type of the first rule that fits; None when none does."""
    upper = name.upper()
    return next((rule.type for rule in rules if rule.contains.upper() in upper), None)
