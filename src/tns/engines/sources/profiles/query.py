"""What a profile gives: one or more SELECTs over a range of days, each with its totals per day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Query:
    """A SELECT with two parameters, first and last day, both included.

    `totals` has the same parameters and answers (day, rows, quantity, value, checksum) per day; None when it cannot be
    asked. `compares_value` says whether its value can be compared to the cent with what gets loaded.
    """

    name: str
    sql: str
    totals: str | None
    compares_value: bool = True


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
