"""Which names of a query are fetched once, apart from its lines, and which the source joins itself (ADR 0112).

A server that joins every line to its article, third party, city and warehouse spends more on that than on all the rest,
and sends the same few thousand names again and again. So the tables of names are read first, in the snapshot that the
lines are read from, and put beside the lines here. A table stays joined when reading it would cost more than it saves,
when it does not fit in the memory set apart for names, or when it cannot be told that the result would be the same.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tns.engines.loading.native import building as native
from tns.engines.sources import firebird_errors
from tns.engines.sources.firebird import FirebirdConnection
from tns.engines.sources.firebird_rows import BLOCK_ROWS, MessageReader, layout_of
from tns.engines.sources.layout import Layout
from tns.engines.sources.limits import Limits
from tns.engines.sources.naming import Index, NameTable, Unfit, make_shape
from tns.engines.sources.naming_compiled import CompiledIndex, CompiledNaming
from tns.engines.sources.naming_python import PythonIndex, PythonNaming
from tns.engines.sources.profiles.query import Names, Query
from tns.engines.sources.watch import Watch

# With fewer lines, what is saved does not pay the round trips of asking.
MIN_LINES = 10_000
# A name costs about as much of the wire as it saves on one line: at worst, a quarter more than the joined query.
LINES_PER_NAME = 4
# All tables together; each name with what finding it costs. About 250,000 names of the usual length.
MOST_BYTES = 64 << 20
_BYTES_PER_KEY = 130


@dataclass(frozen=True, slots=True)
class _Apart:
    """A prepared query of lines, and how to name them."""

    statement: Any
    naming: CompiledNaming | PythonNaming


class NamedReader:
    """A cursor of lines read as one of rows; see MessageReader."""

    def __init__(self, reader: MessageReader, naming: CompiledNaming | PythonNaming) -> None:
        self._reader, self._naming = reader, naming

    def fill(self, address: int, rows: int) -> int:
        """Put up to `rows` rows together at `address`; fewer than `rows` means the end."""
        return self._naming.fill(self._reader, address, rows)

    def close(self) -> None:
        self._reader.close()


@dataclass(slots=True)
class NamesApart:
    """Decides, at the first read of each query, for one snapshot. Raises what the driver raises when the link fails."""

    connection: FirebirdConnection
    transaction: Any
    watch: Watch
    limits: Limits
    lines: int | None = None
    _tables: dict[Names, Index | None] = field(default_factory=dict)
    _queries: dict[str, _Apart | None] = field(default_factory=dict)
    _bytes: int = 0

    def of(self, query: Query, row: Layout) -> _Apart | None:
        """The query without the names that are here, or None when it has to be asked as it is."""
        if query.lines is None or (self.lines is not None and self.lines < MIN_LINES):
            return None
        if query.name not in self._queries:
            self._queries[query.name] = self._prepare(query, row)
        return self._queries[query.name]

    def tables(self) -> dict[str, bool]:
        """Which tables of names were asked for, and whether they are here."""
        return {names.key: table is not None for names, table in self._tables.items()}

    def close(self) -> None:
        """Free the statements; whoever lost the connection frees nothing."""
        for apart in self._queries.values():
            if apart is not None:
                firebird_errors.free(apart.statement)

    def _prepare(self, query: Query, row: Layout) -> _Apart | None:
        if query.lines is None:
            return None
        here = {names: table for names in query.lines.names if (table := self._table(names)) is not None}
        if not here:
            return None
        with self.watch.limit(self.limits.statement):
            statement = self.transaction.cursor().prepare(query.lines.select(list(here)))
        try:
            line = layout_of(statement, self.connection.reading.codec)
            shape = make_shape(row, line, list(here.values()))
        except Unfit:
            firebird_errors.free(statement)
            return None
        return _Apart(statement, CompiledNaming(shape) if _compiled() else PythonNaming(shape))

    def _table(self, names: Names) -> Index | None:
        if names not in self._tables:
            self._tables[names] = self._ask(names)
        return self._tables[names]

    def _ask(self, names: Names) -> Index | None:
        """The table, or None when it has to stay joined. What fails only for these names is no failure of the run."""
        from firebird.driver import DatabaseError

        statement = None
        try:
            with self.watch.limit(self.limits.statement):
                statement = self.transaction.cursor().prepare(names.select())
            layout = layout_of(statement, self.connection.reading.codec)
            most = self._most(layout.stride)
            if self._more_than(names, most):
                return None
            messages = self._read(statement, layout.stride)
            table = NameTable(layout, messages)
            index: Index = CompiledIndex(table) if _compiled() else PythonIndex(table)
        except Unfit:
            return None
        except DatabaseError as error:
            if self.watch.expired or firebird_errors.ends_everything(error):
                raise
            return None
        finally:
            if statement is not None:
                firebird_errors.free(statement)
        self._bytes += len(messages) + len(messages) // layout.stride * _BYTES_PER_KEY
        return index

    def _most(self, stride: int) -> int:
        """How many names may be fetched."""
        fitting = max(0, MOST_BYTES - self._bytes) // (stride + _BYTES_PER_KEY)
        return fitting if self.lines is None else min(fitting, self.lines // LINES_PER_NAME)

    def _more_than(self, names: Names, most: int) -> bool:
        """Whether the table has more rows; the server counts no further than that."""
        counted = f"SELECT COUNT(*) FROM (SELECT FIRST {most + 1} 1 AS UNO {names.source}) q"  # noqa: S608 - our own text
        with self.watch.limit(self.limits.statement):
            cursor = self.transaction.cursor()
            cursor.execute(counted)
            (count,) = cursor.fetchone()
            cursor.close()
        return int(count) > most

    def _read(self, statement: Any, stride: int) -> bytearray:
        messages = bytearray()
        block = ctypes.create_string_buffer(stride * BLOCK_ROWS)
        with self.watch.limit(self.limits.statement):
            reader = MessageReader(self.connection, self.transaction, statement, ())
        try:
            count = BLOCK_ROWS
            while count == BLOCK_ROWS:
                with self.watch.limit(self.limits.silence):
                    count = reader.fill(ctypes.addressof(block), BLOCK_ROWS)
                messages += memoryview(block).cast("B")[: count * stride]
        finally:
            reader.close()
        return messages


def _compiled() -> bool:
    return native.load().library is not None


def open_reader(apart: _Apart, connection: FirebirdConnection, transaction: Any, params: Sequence[Any]) -> NamedReader:
    """Open the lines of that query for these days."""
    return NamedReader(MessageReader(connection, transaction, apart.statement, tuple(params)), apart.naming)
