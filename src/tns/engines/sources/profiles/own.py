"""A company's own query: what may be run at all, before any server sees it."""

from __future__ import annotations

import re

from tns.engines.sources.errors import QueryError
from tns.engines.sources.profiles.query import Dialect, Firebird, Profile, Query, numeric, totals

# Comments, quoted text and quoted names: nothing in them is SQL to judge.
_OPAQUE = re.compile(r"/\*.*?\*/|--[^\n]*|'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"", re.DOTALL)
MAX_LENGTH = 60_000


def clean(sql: str) -> str:
    """The query without its final semicolon.

    Raises QueryError: `consulta_vacia`, `consulta_larga`, `varias_sentencias` or `consulta_no_es_lectura`.
    """
    text = sql.strip()
    while text.endswith(";"):
        text = text[:-1].rstrip()
    if not text:
        raise QueryError("La consulta está vacía.", codigo="consulta_vacia")
    if len(text) > MAX_LENGTH or "\0" in text:
        raise QueryError(f"La consulta pasa de {MAX_LENGTH} caracteres.", codigo="consulta_larga")
    judged = bare(text)
    first = re.match(r"\s*(\w+)", judged)
    if first is None or first.group(1).upper() not in ("SELECT", "WITH"):
        raise not_reading()
    if ";" in judged:
        raise QueryError(
            "La consulta tiene más de una sentencia.",
            codigo="varias_sentencias",
            que_hacer="Deje una sola sentencia SELECT, sin punto y coma intermedio.",
        )
    return text


def bare(sql: str) -> str:
    """The query with text, quoted names and comments blanked: same length, and nothing joined that was apart."""
    return _OPAQUE.sub(lambda match: " " * len(match.group()), sql)


def not_reading() -> QueryError:
    """The statement is not a SELECT."""
    return QueryError(
        "La consulta no es de lectura: solo se admite SELECT (o WITH … SELECT).",
        codigo="consulta_no_es_lectura",
        que_hacer="Escriba una consulta SELECT; desde aquí nunca se escribe en la base del cliente.",
    )


def wrong_parameters(found: int) -> QueryError:
    """The statement has not exactly two parameters."""
    return QueryError(
        f"La consulta tiene {found} parámetros y debe tener dos: la fecha inicial y la final.",
        codigo="parametros_incorrectos",
        que_hacer="Use dos signos «?», por ejemplo WHERE FECHA BETWEEN ? AND ?.",
        datos={"parametros": found},
    )


def build(sql: str, dialect: Dialect = Firebird) -> Profile:
    """The profile of an own query; its totals wrap it, and are given up when the server does not take the wrapping."""
    text = clean(sql)
    day = "CAST(q.FECHA AS DATE)"
    check = dialect.checksum(
        ("COALESCE(q.ARTICULO_CODIGO, '')", "COALESCE(q.TIPO_DOCUMENTO, '')", "COALESCE(q.CANTIDAD, 0)"),
    )
    wrapped = totals(day, numeric("q.CANTIDAD"), "CAST(NULL AS BIGINT)", check, f"FROM (\n{text}\n) q")
    return Profile("propia", (Query("consulta propia", text, wrapped, compares_value=False),))
