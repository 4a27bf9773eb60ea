"""Which column of the query goes where, and what to tell about it: the mapping report of a query."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from tns.engines.loading.fields import (
    BY_SOURCE,
    DEFAULT_WAREHOUSE_RULES,
    FIELDS,
    REQUIRED,
    Kind,
    WarehouseRule,
)
from tns.engines.sources.errors import QueryError
from tns.engines.sources.layout import Column, Layout, WireType


class Op(IntEnum):
    """What is done to a value on its way. The numbers are shared with the compiled part."""

    TEXT = 1  # optional: blank is NULL
    TEXT_NEEDED = 2  # blank rejects the row
    TEXT_OR_EMPTY = 3  # NULL becomes the empty text
    NUMBER = 4
    NUMBER_NEEDED = 5
    DATE = 6
    DATE_OF_WINDOW = 7  # must be there and inside the window
    DOCUMENT_TYPE = 8
    WAREHOUSE_TYPE = 9
    PRODUCT = 10  # quantity × price


@dataclass(frozen=True, slots=True)
class Step:
    """One target column: `op` applied to column number `index` of the message (`other` too, for PRODUCT)."""

    target: str
    op: Op
    index: int
    other: int = -1


@dataclass(frozen=True, slots=True)
class Plan:
    """How messages of `layout` become rows of the target.

    Attributes:
        steps: one per target column, in COPY order (after the company's id, which is constant).
        used: query columns that go somewhere, with their targets.
        absent: optional columns that the query does not give.
        unknown: query columns nobody knows; they are left out.
    """

    layout: Layout
    steps: tuple[Step, ...]
    used: tuple[tuple[str, tuple[str, ...]], ...]
    absent: tuple[str, ...]
    unknown: tuple[str, ...]
    rules: tuple[WarehouseRule, ...] = DEFAULT_WAREHOUSE_RULES

    @property
    def targets(self) -> tuple[str, ...]:
        """The target columns that COPY fills."""
        return ("empresa_servidor_id", *(step.target for step in self.steps))


def make_plan(layout: Layout, rules: tuple[WarehouseRule, ...] = DEFAULT_WAREHOUSE_RULES) -> Plan:
    """The plan of a query's layout.

    Raises QueryError: `columnas_faltantes`, `columna_repetida` or `tipo_de_columna`, naming the columns.
    """
    _check_names(layout)
    index = {column.name: i for i, column in enumerate(layout.columns)}
    steps: list[Step] = []
    for field in FIELDS:
        if field.source not in index:
            continue
        i = index[field.source]
        _check_type(field.kind, layout.columns[i])
        steps.append(Step(field.target, _op(field.source, field.kind), i))
        if field.kind is Kind.DOCUMENT_TYPE:
            steps.append(Step("codigo_documento", Op.TEXT, i))
    if "VALOR_TOTAL" not in index and "PRECIO_UNITARIO" in index:
        steps.append(Step("valor_total", Op.PRODUCT, index["CANTIDAD"], index["PRECIO_UNITARIO"]))
    if "TIPO_BODEGA" not in index and "BODEGA_NOMBRE" in index:
        steps.append(Step("tipo_bodega", Op.WAREHOUSE_TYPE, index["BODEGA_NOMBRE"]))
    targets: dict[str, list[str]] = {}
    for step in steps:
        for i in (step.index, step.other):
            if i >= 0:
                targets.setdefault(layout.columns[i].name, []).append(step.target)
    return Plan(
        layout=layout,
        steps=tuple(steps),
        used=tuple((name, tuple(to)) for name, to in targets.items()),
        absent=tuple(field.source for field in FIELDS if field.source not in index),
        unknown=tuple(column.name for column in layout.columns if column.name not in BY_SOURCE),
        rules=rules,
    )


def _op(source: str, kind: Kind) -> Op:
    special = {
        "ARTICULO_CODIGO": Op.TEXT_NEEDED,
        "ARTICULO_NOMBRE": Op.TEXT_OR_EMPTY,
        "CANTIDAD": Op.NUMBER_NEEDED,
        "FECHA": Op.DATE_OF_WINDOW,
    }
    if source in special:
        return special[source]
    return {Kind.NUMBER: Op.NUMBER, Kind.DATE: Op.DATE, Kind.DOCUMENT_TYPE: Op.DOCUMENT_TYPE}.get(kind, Op.TEXT)


def _check_names(layout: Layout) -> None:
    names = [column.name for column in layout.columns]
    absent = [name for name in REQUIRED if name not in names]
    if absent:
        raise QueryError(
            f"La consulta no devuelve las columnas obligatorias {', '.join(absent)}.",
            codigo="columnas_faltantes",
            que_hacer="Agréguelas a la consulta, con AS si en la base tienen otro nombre.",
            datos={"faltan": absent, "obligatorias": list(REQUIRED), "recibidas": names},
        )
    repeated = sorted({name for name in names if name in BY_SOURCE and names.count(name) > 1})
    if repeated:
        raise QueryError(
            f"La consulta devuelve más de una vez {', '.join(repeated)}.",
            codigo="columna_repetida",
            que_hacer="Deje una sola columna con cada nombre.",
            datos={"repetidas": repeated},
        )


def _check_type(kind: Kind, column: Column) -> None:
    fits = {
        Kind.NUMBER: column.is_number,
        Kind.DATE: column.is_date,
    }.get(kind, column.is_text or (column.is_integer and column.scale == 0))
    if kind is Kind.DOCUMENT_TYPE:
        fits = column.is_text
    if fits:
        return
    cast = {Kind.NUMBER: "NUMERIC(18,4)", Kind.DATE: "DATE"}.get(kind, "VARCHAR(200)")
    seen = "de texto largo (BLOB)" if column.type is WireType.BLOB else f"de tipo {column.source_type}"
    raise QueryError(
        f"La columna {column.name} debe ser de {kind.value} y es {seen}.",
        codigo="tipo_de_columna",
        que_hacer=f"Conviértala en la consulta: CAST({column.name} AS {cast}).",
        datos={"columna": column.name, "tipo": column.source_type},
    )
