"""A company's database open for reading: which profile fits, what it gives per day, and its rows as blocks."""

from __future__ import annotations

import ctypes
import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from types import TracebackType
from typing import Any

from tns.engines.loading.native import building as native
from tns.engines.sources import firebird, firebird_errors
from tns.engines.sources.day_totals import DayTotals, scaled
from tns.engines.sources.errors import QueryError, SourceError, UnknownProfile
from tns.engines.sources.firebird_rows import BLOCK_ROWS, MessageReader, RowDecoder, layout_of
from tns.engines.sources.info import ConnectionInfo
from tns.engines.sources.layout import Layout
from tns.engines.sources.limits import Limits
from tns.engines.sources.names_apart import NamesApart, open_reader
from tns.engines.sources.network import notice_dead_lines
from tns.engines.sources.profiles import kardex, movimientos, own
from tns.engines.sources.profiles.query import Profile, Query
from tns.engines.sources.read_ahead import Fillable, ReadAhead
from tns.engines.sources.schema import read_schema
from tns.engines.sources.watch import Watch

_SELECT_TYPES = (1, 12)  # isc_info_sql_stmt_select, …_select_for_upd
_BLOCK_BYTES = 1 << 20
Read = tuple["Part", dt.date, dt.date]


@dataclass(slots=True)
class Part:
    """A prepared query of the profile."""

    query: Query
    statement: Any
    layout: Layout


@dataclass(slots=True)
class FirebirdSource:
    """Opened by `open_firebird`; a context manager. One snapshot from beginning to end, nothing can be written."""

    connection: firebird.FirebirdConnection
    profile: Profile
    limits: Limits
    transaction: Any
    watch: Watch
    own_query: bool
    parts: list[Part] = field(default_factory=list)
    encoding = "mensajes"
    names: NamesApart = field(init=False)
    _coming: list[Read] = field(default_factory=list)
    _ahead: ReadAhead | None = None

    def __post_init__(self) -> None:
        self.names = NamesApart(self.connection, self.transaction, self.watch, self.limits)

    def __enter__(self) -> FirebirdSource:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def charset(self) -> str:
        return self.connection.reading.declared

    def cancel(self) -> None:
        """Stop whatever is under way; from any thread."""
        self.connection.interrupt()

    def prepare(self) -> None:
        """Prepare every query; raises SourceError (for an own query, QueryError with its precise code)."""
        from firebird.driver import DatabaseError

        cursor = self.transaction.cursor()
        for query in self.profile.queries:
            try:
                with self.watch.limit(self.limits.connect):
                    statement = cursor.prepare(query.sql)
            except DatabaseError as error:
                raise self._failure(error) from error
            self.parts.append(Part(query, statement, layout_of(statement, self.connection.reading.codec)))
            if int(statement._type) not in _SELECT_TYPES:
                raise own.not_reading()
            if statement._in_cnt != 2:
                raise own.wrong_parameters(statement._in_cnt)

    def announce(self, reads: Sequence[Read], lines: int | None = None) -> None:
        """What `blocks` will be asked for, in that order: the next read begins while the last one is being stored.

        `lines` is how many rows that will be, where it is known: it decides whether names are worth fetching apart.
        """
        self._stop_ahead()
        self._coming = list(reads)
        self.names.lines = lines

    def blocks(self, part: Part, desde: dt.date, hasta: dt.date) -> Iterator[tuple[memoryview, int]]:
        """Blocks of up to BLOCK_ROWS messages; a block is valid until the next is asked for. Raises SourceError."""
        from firebird.driver import DatabaseError

        compiled = native.load().library is not None
        try:
            yield from self._ahead_blocks(part, desde, hasta) if compiled else self._plain_blocks(part, desde, hasta)
        except DatabaseError as error:
            raise self._failure(error) from error

    def _ahead_blocks(self, part: Part, desde: dt.date, hasta: dt.date) -> Iterator[tuple[memoryview, int]]:
        """Whoever leaves before the end stops the reads announced after this one too."""
        if self._coming[:1] != [(part, desde, hasta)]:
            self.announce([(part, desde, hasta)], self.names.lines)
        if self._ahead is None:
            stride = max(read[0].layout.stride for read in self._coming)
            self._ahead = ReadAhead(
                [partial(_Watched, self, *read) for read in self._coming], stride, _rows_of(stride),
                self.connection.interrupt,
            )  # fmt: skip
        whole = False
        try:
            yield from self._ahead.blocks()
            whole = True
        finally:
            del self._coming[:1]
            if not whole or not self._coming:
                self._stop_ahead()

    def _stop_ahead(self) -> None:
        ahead, self._ahead, self._coming = self._ahead, None, []
        if ahead is not None:
            ahead.close()

    def _plain_blocks(self, part: Part, desde: dt.date, hasta: dt.date) -> Iterator[tuple[memoryview, int]]:
        rows = _rows_of(part.layout.stride)
        buffer = ctypes.create_string_buffer(part.layout.stride * rows)
        view, address = memoryview(buffer).cast("B"), ctypes.addressof(buffer)
        reader = _Watched(self, part, desde, hasta)
        try:
            while count := reader.fill(address, rows):
                yield view, count
                if count < rows:
                    return
        finally:
            reader.close()

    def day_totals(self, desde: dt.date, hasta: dt.date) -> dict[dt.date, DayTotals] | None:
        """Totals of every day that has rows; None when an own query cannot be wrapped. Raises SourceError."""
        from firebird.driver import DatabaseError

        result: dict[dt.date, DayTotals] = {}
        for part in self.parts:
            if part.query.totals is None:
                return None
            try:
                with self.watch.limit(self.statement_limit):
                    cursor = self.transaction.cursor()
                    statement = cursor.prepare(part.query.totals)
                    cursor.execute(statement, _params(statement, desde, hasta))
                    rows = cursor.fetchall()
                    cursor.close()
                    statement.free()
            except DatabaseError as error:
                failure = self._failure(error)
                if self.own_query and isinstance(failure, QueryError):
                    return None
                raise failure from error
            for day, count, quantity, value, check in rows:
                if day is None:
                    continue
                day = day.date() if isinstance(day, dt.datetime) else day
                totals = DayTotals(int(count), scaled(quantity), scaled(value), int(check or 0))
                result.setdefault(day, DayTotals()).add(totals)
        return result

    def preview(self, part: Part, desde: dt.date, hasta: dt.date, rows: int) -> list[tuple[Any, ...]]:
        """The first rows as Python values; raises SourceError."""
        from firebird.driver import DatabaseError

        reader = None
        buffer = ctypes.create_string_buffer(part.layout.stride * rows)
        try:
            reader = self.open_joined(part, desde, hasta)
            with self.watch.limit(self.statement_limit):
                count = reader.fill(ctypes.addressof(buffer), rows)
        except DatabaseError as error:
            raise self._failure(error) from error
        finally:
            if reader is not None:
                reader.close()
        return list(RowDecoder(part.layout).rows(memoryview(buffer).cast("B")[: count * part.layout.stride]))

    def close(self) -> None:
        """Free everything; never fails, and a server that no longer answers does not hold the caller."""
        self._stop_ahead()
        self.watch.close()
        if self.watch.cut:
            self.connection.abort()
        self.connection.close()
        self.names.close()
        for part in self.parts:
            firebird_errors.free(part.statement)

    def open(self, part: Part, desde: dt.date, hasta: dt.date) -> Fillable:
        """The rows of `part`, their names put beside them here or joined by the source."""
        apart = self.names.of(part.query, part.layout)
        if apart is None:
            return self.open_joined(part, desde, hasta)
        with self.watch.limit(self.statement_limit):
            return open_reader(apart, self.connection, self.transaction, _params(apart.statement, desde, hasta))

    def open_joined(self, part: Part, desde: dt.date, hasta: dt.date) -> MessageReader:
        """The rows of the query as it is."""
        with self.watch.limit(self.statement_limit):
            params = _params(part.statement, desde, hasta)
            return MessageReader(self.connection, self.transaction, part.statement, params)

    @property
    def statement_limit(self) -> float:
        return self.limits.own_statement if self.own_query else self.limits.statement

    def _failure(self, error: BaseException) -> SourceError:
        failure = firebird_errors.reading(error, address=self.connection.info.address, timed_out=self.watch.expired)
        if isinstance(failure, QueryError) and not self.own_query and failure.codigo_estable == QueryError.codigo:
            return UnknownProfile("La base no admite la consulta con que se leen sus tablas.", tecnico=failure.tecnico)
        return failure


class _Watched:
    """A cursor whose every wait is bounded: the first rows by the statement's limit, the next by that of silence."""

    def __init__(self, source: FirebirdSource, part: Part, desde: dt.date, hasta: dt.date) -> None:
        self._source = source
        self._limit = source.statement_limit
        self._reader = source.open(part, desde, hasta)

    def fill(self, address: int, rows: int) -> int:
        with self._source.watch.limit(self._limit):
            count = self._reader.fill(address, rows)
        self._limit = self._source.limits.silence
        return count

    def close(self) -> None:
        self._reader.close()


def open_firebird(info: ConnectionInfo, *, own_query: str = "", limits: Limits | None = None) -> FirebirdSource:
    """Open a company's database with its own query, or else the profile that fits it; raises SourceError."""
    limits = limits or Limits()
    ready_profile = own.build(own_query) if own_query.strip() else None
    connection = firebird.connect(info, timeout=limits.connect)
    notice_dead_lines(info.port, limits.silence)
    source = None
    try:
        profile = ready_profile or _detect(connection)
        source = FirebirdSource(
            connection, profile, limits, connection.read_only(), Watch(connection), ready_profile is not None
        )
        source.prepare()
    except BaseException:
        if source is not None:
            source.close()
        else:
            connection.close()
        raise
    return source


def _rows_of(stride: int) -> int:
    """Messages to a block: fewer of wide ones, so that what is fetched ahead stays within some megabytes."""
    return max(1, min(BLOCK_ROWS, _BLOCK_BYTES // stride))


def _detect(connection: firebird.FirebirdConnection) -> Profile:
    schema = read_schema(connection)
    if kardex.fits(schema):
        return kardex.build(schema)
    if movimientos.fits(schema):
        return movimientos.build(schema)
    raise UnknownProfile(
        "La base no tiene las tablas de Visual TNS (KARDEX, DEKARDEX, MATERIAL) ni una vista MOVIMIENTOS.",
        datos={"tablas_encontradas": sorted(schema.columns)},
    )


def _params(statement: Any, desde: dt.date, hasta: dt.date) -> tuple[Any, Any]:
    """Both days for BETWEEN; against a timestamp, the last one up to its last instant."""
    last_type = int(statement._in_meta.get_type(1)) & ~1
    if last_type == 510:  # TIMESTAMP
        return desde, dt.datetime.combine(hasta, dt.time(23, 59, 59, 999900))
    return desde, hasta
