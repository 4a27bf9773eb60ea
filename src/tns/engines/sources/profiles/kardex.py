"""Profile `kardex`: the real tables of Visual TNS.

A document counts when it is posted and not voided; a third party called ANULA voids it too; a material whose code ends
in '.' is a heading; orders (PV, PC) move nothing. Transfers live in tables of their own, TRASLA and DETRASLA. Columns
that only some versions have are asked for only where they exist.
"""

from __future__ import annotations

from tns.engines.sources.profiles.query import (
    Dialect,
    Firebird,
    Lines,
    Names,
    Profile,
    Query,
    numeric,
    product,
    select,
    totals,
)
from tns.engines.sources.schema import Schema

_REQUIRED = {
    "KARDEX": ("KARDEXID", "CODCOMP", "FECHA", "FECASENTAD"),
    "DEKARDEX": ("DEKARDEXID", "KARDEXID", "MATID", "CANMAT"),
    "MATERIAL": ("MATID", "CODIGO", "DESCRIP"),
}
_TRANSFER_DATES = ("FECHA", "FECASENTAD")
_TRANSFER_QUANTITIES = ("CANMAT", "CANTIDAD", "CANTRAS", "CANT")
_TRANSFER_WAREHOUSES = ("BODINI", "BODID", "BODORIGEN", "BODIDORIGEN", "BODORI", "BODSALE", "BODIDSALE")


def fits(schema: Schema) -> bool:
    """Whether the database has what the profile cannot do without."""
    return all(schema.has(table, *columns) for table, columns in _REQUIRED.items())


def build(schema: Schema, dialect: Dialect = Firebird) -> Profile:
    """The profile for this very schema."""
    queries, notes = [_documents(schema, dialect)], []
    transfers, reason = _transfers(schema, dialect)
    if transfers is not None:
        queries.append(transfers)
    elif reason:
        notes.append(reason)
    if not schema.has("BODEGA", "BODID", "NOMBRE"):
        notes.append("La base no tiene bodegas con nombre: el tipo de bodega queda vacío.")
    return Profile("kardex", tuple(queries), tuple(notes))


def _documents(schema: Schema, dialect: Dialect) -> Query:
    price = schema.first("DEKARDEX", ("PRECIOBASE", "PRECIOVTA", "PRECIONETO"))
    value = f"d.{total}" if (total := schema.first("DEKARDEX", ("PARCVTA",))) else None
    if value is None and price:
        value = product("d.CANMAT", f"d.{price}", dialect)
    columns = [("CAST(k.FECHA AS DATE)", "FECHA"), ("k.CODCOMP", "TIPO_DOCUMENTO")]
    line = [(numeric("d.CANMAT"), "CANTIDAD")]
    if price:
        line.append((numeric(f"d.{price}"), "PRECIO_UNITARIO"))
    if value:
        line.append((numeric(value), "VALOR_TOTAL"))
    line += [(f"d.{name}", name) for name in ("LOTE",) if schema.has("DEKARDEX", name)]
    line += _numbers(schema, "KARDEX")
    line.append(("d.DEKARDEXID", "ORIGEN_ID"))
    article = _article(dialect)
    warehouse = _warehouse(schema, "DEKARDEX", ("BODID",), "d")
    party = _third_party(schema)
    conditions = (
        "WHERE k.FECHA BETWEEN ? AND ?\n"
        "  AND k.FECASENTAD IS NOT NULL\n"
        + ("  AND k.FECANULADO IS NULL\n" if schema.has("KARDEX", "FECANULADO") else "")
        + "  AND (k.CODCOMP IS NULL OR TRIM(k.CODCOMP) NOT IN ('PV', 'PC'))"
    )
    where = conditions + _where(article, *party)
    source = "FROM KARDEX k\nJOIN DEKARDEX d ON d.KARDEXID = k.KARDEXID\n"
    # The totals need the joins that leave rows out, and none of those that only add columns.
    counted = f"{source}{_joins(article, *party)}"
    check = dialect.checksum(("d.DEKARDEXID", "COALESCE(d.MATID, 0)", "COALESCE(k.CODCOMP, '')"))
    return Query(
        name="documentos",
        sql=select(
            [*columns, *article.columns, *line, *_columns(*warehouse, *party)],
            f"{counted}{_joins(*warehouse)}{''.join(one.beside for one in party)}{where}",
        ),
        totals=totals("CAST(k.FECHA AS DATE)", numeric("d.CANMAT"), numeric(value or "0"), check, f"{counted}{where}"),
        lines=Lines((*columns, *line), source, conditions, (article, *warehouse, *party)),
    )


def _columns(*several: Names) -> list[tuple[str, str]]:
    return [column for names in several for column in names.columns]


def _joins(*several: Names) -> str:
    return "".join(names.join for names in several)


def _where(*several: Names) -> str:
    return "".join(f"\n  AND ({names.condition})" for names in several if names.condition)


def _numbers(schema: Schema, table: str) -> list[tuple[str, str]]:
    wanted = (("CODPREFIJO", "PREFIJO"), ("NUMERO", "NUMERO"))
    return [(f"k.{name}", alias) for name, alias in wanted if schema.has(table, name)]


def _article(dialect: Dialect) -> Names:
    return Names(
        join="LEFT JOIN MATERIAL m ON m.MATID = d.MATID\n",
        columns=(("m.CODIGO", "ARTICULO_CODIGO"), ("m.DESCRIP", "ARTICULO_NOMBRE")),
        condition=f"m.CODIGO IS NULL OR {dialect.rtrim('m.CODIGO')} NOT LIKE '%.'",
        line_key="d.MATID",
        key="m.MATID",
        source="FROM MATERIAL m\n",
    )


def _warehouse(schema: Schema, table: str, candidates: tuple[str, ...], alias: str) -> tuple[Names, ...]:
    """The line's warehouse, where there is one."""
    key = schema.first(table, candidates)
    if key is None or not schema.has("BODEGA", "BODID"):
        return ()
    wanted = (("NOMBRE", "BODEGA_NOMBRE"), ("CODIGO", "CODIGO_BODEGA"))
    return (
        Names(
            join=f"LEFT JOIN BODEGA b ON b.BODID = {alias}.{key}\n",
            columns=tuple((f"b.{name}", out) for name, out in wanted if schema.has("BODEGA", name)),
            condition="",
            line_key=f"{alias}.{key}",
            key="b.BODID",
            source="FROM BODEGA b\n",
        ),
    )


def _third_party(schema: Schema) -> tuple[Names, ...]:
    """The document's third party, where there is one, with its city; one called ANULA voids the document."""
    if not (schema.has("KARDEX", "CLIENTE") and schema.has("TERCEROS", "TERID", "NIT")):
        return ()
    columns = [("t.NIT", "NIT_PAGADOR")]
    if schema.has("TERCEROS", "NOMBRE"):
        columns.append(("t.NOMBRE", "PAGADOR"))
    city = ""
    if schema.has("TERCEROS", "CIUDANEID") and schema.has("CIUDANE", "CIUDANEID", "NOMBRE"):
        columns.append(("c.NOMBRE", "CIUDAD"))
        if schema.has("CIUDANE", "CODMIN"):
            columns.append(("c.CODMIN", "CODIGO_CIUDAD"))
        city = "LEFT JOIN CIUDANE c ON c.CIUDANEID = t.CIUDANEID\n"
    return (
        Names(
            join="LEFT JOIN TERCEROS t ON t.TERID = k.CLIENTE\n",
            columns=tuple(columns),
            condition="t.NIT IS NULL OR UPPER(TRIM(t.NIT)) <> 'ANULA'",
            line_key="k.CLIENTE",
            key="t.TERID",
            source="FROM TERCEROS t\n",
            beside=city,
        ),
    )


def _transfers(schema: Schema, dialect: Dialect) -> tuple[Query | None, str]:
    """The query of transfers, or why there is none (empty when the database has no such tables)."""
    if "TRASLA" not in schema.columns and "DETRASLA" not in schema.columns:
        return None, ""
    day = schema.first("TRASLA", _TRANSFER_DATES)
    quantity = schema.first("DETRASLA", _TRANSFER_QUANTITIES)
    key = schema.first("DETRASLA", ("DETRASLAID",))
    if not (
        schema.has("TRASLA", "TRASLAID", "FECASENTAD")
        and schema.has("DETRASLA", "TRASLAID", "MATID")
        and day
        and quantity
    ):
        return None, "Los traslados (TRASLA, DETRASLA) no tienen las columnas esperadas y no se extraen."
    columns = [(f"CAST(k.{day} AS DATE)", "FECHA"), ("CAST('TRASLADO' AS VARCHAR(8))", "TIPO_DOCUMENTO")]
    line = [(numeric(f"d.{quantity}"), "CANTIDAD"), *_numbers(schema, "TRASLA")]
    if key:
        line.append((dialect.prefixed("T", f"d.{key}"), "ORIGEN_ID"))
    table, alias = ("DETRASLA", "d") if schema.first("DETRASLA", _TRANSFER_WAREHOUSES) else ("TRASLA", "k")
    article, warehouse = _article(dialect), _warehouse(schema, table, _TRANSFER_WAREHOUSES, alias)
    lines = "FROM TRASLA k\nJOIN DETRASLA d ON d.TRASLAID = k.TRASLAID\n"
    conditions = f"WHERE k.{day} BETWEEN ? AND ?\n  AND k.FECASENTAD IS NOT NULL" + (
        "\n  AND k.FECANULADO IS NULL" if schema.has("TRASLA", "FECANULADO") else ""
    )
    source = f"{lines}{_joins(article, *warehouse)}{conditions}{_where(article)}"
    check = dialect.checksum(
        (f"d.{key}" if key else "k.TRASLAID", "COALESCE(d.MATID, 0)", f"COALESCE(d.{quantity}, 0)")
    )
    return Query(
        name="traslados",
        sql=select([*columns, *article.columns, *line, *_columns(*warehouse)], source),
        totals=totals(f"CAST(k.{day} AS DATE)", numeric(f"d.{quantity}"), numeric("0"), check, source),
        lines=Lines((*columns, *line), lines, conditions, (article, *warehouse)),
    ), ""
