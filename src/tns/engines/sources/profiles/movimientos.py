"""Profile `movimientos`: a view or table MOVIMIENTOS that already has a row per movement."""

from __future__ import annotations

from tns.engines.loading.fields import FIELDS
from tns.engines.sources.profiles.query import Dialect, Firebird, Profile, Query, numeric, product, select, totals
from tns.engines.sources.schema import Schema

_REQUIRED = ("CODIGO", "NOMBRE", "CANTIDAD", "FECHA", "TIPO_DOCUMENTO")
_RENAMED = {"ARTICULO_CODIGO": "CODIGO", "ARTICULO_NOMBRE": "NOMBRE"}
_COMPUTED = frozenset({"FECHA", "CANTIDAD", "PRECIO_UNITARIO", "VALOR_TOTAL"})


def fits(schema: Schema) -> bool:
    """Whether MOVIMIENTOS is there with its required columns."""
    return schema.has("MOVIMIENTOS", *_REQUIRED)


def build(schema: Schema, dialect: Dialect = Firebird) -> Profile:
    """The profile for this very schema: every known column that the view has comes along."""
    columns = [("CAST(v.FECHA AS DATE)", "FECHA"), (numeric("v.CANTIDAD"), "CANTIDAD")]
    value = None
    if schema.has("MOVIMIENTOS", "PRECIO_UNITARIO"):
        columns.append((numeric("v.PRECIO_UNITARIO"), "PRECIO_UNITARIO"))
        value = product("v.CANTIDAD", "v.PRECIO_UNITARIO", dialect)
    if schema.has("MOVIMIENTOS", "VALOR_TOTAL"):
        value = "v.VALOR_TOTAL"
    if value:
        columns.append((numeric(value), "VALOR_TOTAL"))
    for field in FIELDS:
        name = _RENAMED.get(field.source, field.source)
        if field.source not in _COMPUTED and schema.has("MOVIMIENTOS", name):
            columns.append((f"v.{name}", field.source))
    source = (
        "FROM MOVIMIENTOS v\n"
        "WHERE v.FECHA BETWEEN ? AND ?\n"
        "  AND (v.TIPO_DOCUMENTO IS NULL OR TRIM(v.TIPO_DOCUMENTO) NOT IN ('PV', 'PC'))"
    )
    check = dialect.checksum(("COALESCE(v.CODIGO, '')", "COALESCE(v.TIPO_DOCUMENTO, '')", "COALESCE(v.CANTIDAD, 0)"))
    query = Query(
        name="movimientos",
        sql=select(columns, source),
        totals=totals("CAST(v.FECHA AS DATE)", numeric("v.CANTIDAD"), numeric(value or "0"), check, source),
    )
    return Profile("movimientos", (query,))
