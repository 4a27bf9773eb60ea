"""Which tables and columns a Firebird database really has: nothing about a customer's schema is taken for granted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tns.engines.sources.firebird import FirebirdConnection

TABLES = (
    "KARDEX", "DEKARDEX", "MATERIAL", "TERCEROS", "CIUDANE", "BODEGA", "TRASLA", "DETRASLA", "MOVIMIENTOS", "EMPRESAS",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Schema:
    """Columns by table, of the tables that matter and exist."""

    columns: Mapping[str, frozenset[str]]

    def has(self, table: str, *names: str) -> bool:
        """Whether the table is there with all those columns."""
        return table in self.columns and self.columns[table].issuperset(names)

    def first(self, table: str, names: Iterable[str]) -> str | None:
        """The first of `names` that the table has."""
        known = self.columns.get(table, frozenset())
        return next((name for name in names if name in known), None)


def read_schema(connection: FirebirdConnection) -> Schema:
    """Ask the system tables; raises SourceError."""
    marks = ", ".join(f"'{name}'" for name in TABLES)
    rows = connection.rows(
        "SELECT TRIM(RDB$RELATION_NAME), TRIM(RDB$FIELD_NAME) FROM RDB$RELATION_FIELDS"  # noqa: S608 - our own constants
        f" WHERE RDB$RELATION_NAME IN ({marks})"
    )
    columns: dict[str, set[str]] = {}
    for table, column in rows:
        columns.setdefault(str(table), set()).add(str(column))
    return Schema({table: frozenset(names) for table, names in columns.items()})
