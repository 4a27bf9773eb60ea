"""What a profile gives: one or more SELECTs over a range of days, each with its totals per day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Names:
    """A table that a query joins to each of its lines only for names: found by one key, one row or none for a line.

    Attributes:
        join: the LEFT JOIN that the query says.
        columns: what the query takes from it, as (expression, alias).
        condition: what a line's row must fulfil for the line to count, "" for nothing; lines without a row count.
        line_key: the line's side of the join.
        key: the table's side of the join.
        source: FROM … that gives the table's rows by themselves.
        beside: one more LEFT JOIN that the names need, in the query and by themselves.
    """

    join: str
    columns: tuple[tuple[str, str], ...]
    condition: str
    line_key: str
    key: str
    source: str
    beside: str = ""

    def select(self) -> str:
        """Every row: its key, whether its lines count (1 or 0), its names."""
        counts = f"CASE WHEN {self.condition} THEN 1 ELSE 0 END" if self.condition else "1"
        return select(
            [(self.key, "CLAVE"), (f"CAST({counts} AS INTEGER)", "CUENTA"), *self.columns],
            f"{self.source}{self.beside}",
        )


@dataclass(frozen=True, slots=True)
class Lines:
    """A query taken apart: its lines by themselves, and the tables that give them names."""

    columns: tuple[tuple[str, str], ...]
    source: str
    conditions: str
    names: tuple[Names, ...]

    def select(self, apart: Sequence[Names]) -> str:
        """The query without the names of `apart`, whose keys it gives as CLAVE_0, CLAVE_1…, in that order."""
        joined = [names for names in self.names if names not in apart]
        columns = [*self.columns, *(column for names in joined for column in names.columns)]
        columns += [(names.line_key, f"CLAVE_{number}") for number, names in enumerate(apart)]
        conditions = "".join(f"\n  AND ({names.condition})" for names in joined if names.condition)
        return select(
            columns,
            f"{self.source}{''.join(names.join + names.beside for names in joined)}{self.conditions}{conditions}",
        )


@dataclass(frozen=True, slots=True)
class Query:
    """A SELECT with two parameters, first and last day, both included.

    `totals` has the same parameters and answers (day, rows, quantity, value, checksum) per day; None when it cannot be
    asked. `compares_value` says whether its value can be compared to the cent with what gets loaded. `lines` is the
    same query taken apart, where it can be.
    """

    name: str
    sql: str
    totals: str | None
    compares_value: bool = True
    lines: Lines | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """How one database is read. `notes` (Spanish) say what could not be had from it."""

    name: str
    queries: tuple[Query, ...]
    notes: tuple[str, ...] = ()


def numeric(expression: str) -> str:
    """Round on the server, so that what is summed there and what is loaded here are the same numbers."""
    return f"CAST({expression} AS NUMERIC(18, 4))"


class Firebird:
    """What is said in Firebird's own way."""

    double = "DOUBLE PRECISION"

    @staticmethod
    def rtrim(text: str) -> str:
        return f"TRIM(TRAILING FROM {text})"

    @staticmethod
    def prefixed(prefix: str, expression: str) -> str:
        return f"'{prefix}' || {expression}"

    @staticmethod
    def checksum(parts: Sequence[str]) -> str:
        """A number that changes when any of the (never NULL) parts does, small enough to be summed over a year."""
        joined = " || '|' || ".join(parts)
        return f"MOD(HASH({joined}), 1000003)"


class SqlServer:
    """The same in Transact-SQL."""

    double = "FLOAT"

    @staticmethod
    def rtrim(text: str) -> str:
        return f"RTRIM({text})"

    @staticmethod
    def prefixed(prefix: str, expression: str) -> str:
        return f"CONCAT('{prefix}', {expression})"

    @staticmethod
    def checksum(parts: Sequence[str]) -> str:
        """A number that changes when any of the parts does."""
        return f"CAST(CHECKSUM({', '.join(parts)}) AS BIGINT)"


Dialect = type[Firebird] | type[SqlServer]


def product(quantity: str, price: str, dialect: Dialect) -> str:
    """quantity × price, each rounded first: the dust of a DOUBLE would grow with the other factor.

    In floating point, because a scaled product of two NUMERIC(18, 4) overflows above 92 thousand millions.
    """
    return f"CAST({numeric(quantity)} AS {dialect.double}) * {numeric(price)}"


def select(columns: Sequence[tuple[str, str]], source: str) -> str:
    """SELECT expression AS alias, … FROM source."""
    listed = ",\n       ".join(f"{expression} AS {alias}" for expression, alias in columns)
    return f"SELECT {listed}\n{source}"


def totals(day: str, quantity: str, value: str, check: str, source: str) -> str:
    """The per-day totals of a query over the same source."""
    return (
        f"SELECT {day} AS DIA, COUNT(*) AS FILAS, SUM({quantity}) AS CANTIDAD, SUM({value}) AS VALOR,"
        f" SUM({check}) AS HUELLA\n{source}\nGROUP BY {day}"
    )
