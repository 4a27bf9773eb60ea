"""One window into PostgreSQL, in one transaction: delete its rows, COPY the new ones, record it.

Whoever kills this anywhere leaves the old rows or the new ones, never a mix.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import psycopg
from psycopg import sql

from tns.engines.loading import values
from tns.engines.loading.encoders import Encoder, encoder_for
from tns.engines.loading.plan import Plan
from tns.engines.loading.stats import Stats
from tns.engines.loading.windows import Window
from tns.engines.progress import Progress

TABLE = "movimientos_inventario"
_MJD_ORDINAL = 678576
Blocks = Iterator[tuple[Any, int]]


@dataclass(frozen=True, slots=True)
class Feed:
    """Rows of one query: how to encode them, and what opens their blocks for a range of days.

    `encoding` is what the source's blocks are made of: "mensajes" (raw) or "tuplas" (Python values).
    """

    plan: Plan
    open: Callable[[dt.date, dt.date], Blocks]
    encoding: str = "mensajes"


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the target holds of the window after loading it, asked of the target itself."""

    window: Window
    rows: int
    quantity: Decimal
    value: Decimal
    stats: Stats
    replaced: int


def load_window(
    connection: psycopg.Connection[Any],
    *,
    company_id: int,
    window: Window,
    feeds: Sequence[Feed],
    record: Callable[[psycopg.Connection[Any], Loaded], None],
    progress: Progress,
) -> Loaded:
    """Replace the window's rows by those of the feeds.

    `record` is called inside the transaction, to write the window down together with its rows. Raises SourceError from
    the feeds, Cancelled from `progress`, psycopg.Error; after any of them the window is as it was.
    """
    stats = Stats()
    with connection.transaction():
        bounds = (company_id, window.desde, window.hasta)
        replaced = connection.execute(
            f"DELETE FROM {TABLE} WHERE empresa_servidor_id = %s AND fecha BETWEEN %s AND %s",  # noqa: S608 - constant
            bounds,
        ).rowcount
        for feed in feeds:
            stats.add(_copy(connection, company_id, window, feed, progress))
        row = connection.execute(
            "SELECT count(*), coalesce(sum(cantidad), 0), coalesce(sum(valor_total), 0)"  # noqa: S608 - constant
            f" FROM {TABLE} WHERE empresa_servidor_id = %s AND fecha BETWEEN %s AND %s",
            bounds,
        ).fetchone()
        if row is None:
            raise psycopg.DataError("count(*) answered no row")
        loaded = Loaded(window, row[0], row[1], row[2], stats, replaced)
        progress.check()
        record(connection, loaded)
    return loaded


def _copy(
    connection: psycopg.Connection[Any], company_id: int, window: Window, feed: Feed, progress: Progress
) -> Stats:
    encoder = encoder_for(feed.encoding)(
        feed.plan, company_id, window.desde.toordinal() - _MJD_ORDINAL, window.hasta.toordinal() - _MJD_ORDINAL
    )
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT binary)").format(
        sql.Identifier(TABLE), sql.SQL(", ").join(map(sql.Identifier, feed.plan.targets))
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(values.SIGNATURE)
        for chunk, rows in _encoded(encoder, feed.open(window.desde, window.hasta)):
            copy.write(chunk)
            progress.advance(rows)
        copy.write(values.TRAILER)
    return encoder.stats


def _encoded(encoder: Encoder, blocks: Iterable[tuple[memoryview, int]]) -> Iterator[tuple[bytes | memoryview, int]]:
    for block, rows in blocks:
        yield encoder.encode(block, rows), rows
