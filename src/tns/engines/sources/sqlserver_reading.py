"""A company's database in SQL Server, open for reading: the same face as FirebirdSource, rows as tuples."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from tns.engines.sources import sqlserver
from tns.engines.sources.day_totals import DayTotals, scaled
from tns.engines.sources.errors import QueryError, SourceError, UnknownProfile
from tns.engines.sources.info import ConnectionInfo
from tns.engines.sources.layout import Column, Layout, WireType
from tns.engines.sources.limits import Limits
from tns.engines.sources.profiles import kardex, movimientos, own
from tns.engines.sources.profiles.query import Profile, Query, SqlServer
from tns.engines.sources.schema import TABLES, Schema
from tns.engines.sources.watch import Watch

BLOCK_ROWS = 1000
# Words that write, or that begin a second statement: Transact-SQL needs no semicolon between two.
_FORBIDDEN = re.compile(
    r"\b(INSERT|UPDATE|DELETE|MERGE|INTO|EXEC|EXECUTE|DROP|ALTER|CREATE|TRUNCATE|GRANT|REVOKE|DENY|DECLARE|SET|BEGIN|"
    r"COMMIT|ROLLBACK|WAITFOR|OPENROWSET|OPENQUERY|USE|BACKUP|RESTORE|DBCC|SHUTDOWN|KILL)\b",
    re.IGNORECASE,
)
# pymssql's type codes (DB-API): text, binary, number (integer or float), date, decimal.
_TYPES = {1: WireType.VARYING, 2: WireType.VARYING, 3: WireType.INT64, 4: WireType.TIMESTAMP, 5: WireType.INT64}
_NAMES = {1: "TEXTO", 2: "BINARIO", 3: "NÚMERO", 4: "FECHA", 5: "DECIMAL"}
_DECIMAL = 5


@dataclass(frozen=True, slots=True)
class Part:
    """A query of the profile, ready for pymssql, and the shape of its rows."""

    query: Query
    sql: str
    layout: Layout


@dataclass(slots=True)
class SqlServerSource:
    """Opened by `open_sqlserver`; a context manager. Everything is rolled back at the end."""

    connection: sqlserver.SqlServerConnection
    profile: Profile
    limits: Limits
    watch: Watch
    own_query: bool
    parts: list[Part] = field(default_factory=list)
    encoding = "tuplas"

    def __enter__(self) -> SqlServerSource:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def charset(self) -> str:
        return "UTF-8"

    def cancel(self) -> None:
        """Stop whatever is under way; from any thread."""
        self.connection.interrupt()

    def prepare(self) -> None:
        """Learn the shape of every query, over a day that has no rows; raises SourceError."""
        nothing = dt.date(1900, 1, 1)
        for query in self.profile.queries:
            sql = as_pymssql(query.sql)
            with self.watch.limit(self._statement_limit()):
                cursor = self._execute(sql, nothing, nothing)
                layout = layout_of(cursor.description)
                cursor.fetchall()
                cursor.close()
            self.parts.append(Part(query, sql, layout))

    def announce(self, reads: Sequence[tuple[Part, dt.date, dt.date]], lines: int | None = None) -> None:
        """Nothing to begin early: a connection of pymssql has one open result at a time."""

    def blocks(self, part: Part, desde: dt.date, hasta: dt.date) -> Iterator[tuple[list[tuple[Any, ...]], int]]:
        """Lists of up to BLOCK_ROWS tuples; raises SourceError."""
        with self.watch.limit(self._statement_limit()):
            cursor = self._execute(part.sql, desde, hasta)
        try:
            while True:
                with self.watch.limit(self.limits.silence):
                    rows = cursor.fetchmany(BLOCK_ROWS)
                if not rows:
                    return
                yield rows, len(rows)
        except Exception as error:
            raise self._failure(error) from error
        finally:
            self.cancel()
            cursor.close()

    def day_totals(self, desde: dt.date, hasta: dt.date) -> dict[dt.date, DayTotals] | None:
        """Totals of every day that has rows; None when the server does not take the question."""
        result: dict[dt.date, DayTotals] = {}
        for part in self.parts:
            if part.query.totals is None:
                return None
            try:
                with self.watch.limit(self._statement_limit()):
                    cursor = self._execute(as_pymssql(part.query.totals), desde, hasta)
                    rows = cursor.fetchall()
                    cursor.close()
            except (QueryError, UnknownProfile):
                return None
            for day, count, quantity, value, check in rows:
                if day is None:
                    continue
                day = day.date() if isinstance(day, dt.datetime) else day
                totals = DayTotals(int(count), scaled(quantity), scaled(value), int(check or 0))
                result.setdefault(day, DayTotals()).add(totals)
        return result

    def preview(self, part: Part, desde: dt.date, hasta: dt.date, rows: int) -> list[tuple[Any, ...]]:
        """The first rows; raises SourceError."""
        with self.watch.limit(self._statement_limit()):
            cursor = self._execute(part.sql, desde, hasta)
            found: list[tuple[Any, ...]] = cursor.fetchmany(rows)
        self.cancel()
        cursor.close()
        return [tuple(value.date() if isinstance(value, dt.datetime) else value for value in row) for row in found]

    def close(self) -> None:
        """Roll back and close; never fails."""
        self.watch.close()
        self.connection.close()

    def _execute(self, sql: str, desde: dt.date, hasta: dt.date) -> Any:
        cursor = self.connection.raw.cursor()
        try:
            # ISO 8601 with its T reads the same whatever the session's language and date format.
            cursor.execute(sql, {"desde": f"{desde}T00:00:00", "hasta": f"{hasta}T23:59:59.997"})
        except Exception as error:
            raise self._failure(error) from error
        return cursor

    def _statement_limit(self) -> float:
        return self.limits.own_statement if self.own_query else self.limits.statement

    def _failure(self, error: BaseException) -> SourceError:
        if isinstance(error, SourceError):
            return error
        failure = sqlserver.reading(error, address=self.connection.info.address, timed_out=self.watch.expired)
        if isinstance(failure, QueryError) and not self.own_query:
            return UnknownProfile("La base no admite la consulta con que se leen sus tablas.", tecnico=failure.tecnico)
        return failure


def open_sqlserver(info: ConnectionInfo, *, own_query: str = "", limits: Limits | None = None) -> SqlServerSource:
    """Open a company's database with its own query, or else the profile that fits it; raises SourceError."""
    limits = limits or Limits()
    ready_profile = _own(own_query) if own_query.strip() else None
    connection = sqlserver.connect(info, timeout=limits.connect, query_timeout=max(limits.statement, limits.silence))
    source = None
    try:
        profile = ready_profile or _detect(connection)
        source = SqlServerSource(connection, profile, limits, Watch(connection), ready_profile is not None)
        source.prepare()
    except BaseException:
        (source or connection).close()
        raise
    return source


def _own(sql: str) -> Profile:
    profile = own.build(sql, SqlServer)
    bare = own.bare(profile.queries[0].sql)
    if _FORBIDDEN.search(bare):
        raise own.not_reading()
    if (found := bare.count("?")) != 2:
        raise own.wrong_parameters(found)
    return profile


def _detect(connection: sqlserver.SqlServerConnection) -> Profile:
    marks = ", ".join(f"'{name}'" for name in TABLES)
    columns: dict[str, set[str]] = {}
    for table, column in connection.rows(
        f"SELECT TABLE_NAME, COLUMN_NAME FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_NAME IN ({marks})"  # noqa: S608
    ):
        columns.setdefault(str(table).upper(), set()).add(str(column).upper())
    schema = Schema({table: frozenset(names) for table, names in columns.items()})
    if kardex.fits(schema):
        return kardex.build(schema, SqlServer)
    if movimientos.fits(schema):
        return movimientos.build(schema, SqlServer)
    raise UnknownProfile(
        "La base no tiene las tablas de Visual TNS (KARDEX, DEKARDEX, MATERIAL) ni una vista MOVIMIENTOS.",
        datos={"tablas_encontradas": sorted(schema.columns)},
    )


def as_pymssql(sql: str) -> str:
    """The question marks outside text become %(desde)s and %(hasta)s; pymssql leaves other percent signs alone."""
    names = iter(("%(desde)s", "%(hasta)s"))
    bare = own.bare(sql)
    return "".join(next(names, "?") if bare[i] == "?" else mark for i, mark in enumerate(sql))


def layout_of(description: Any) -> Layout:
    """The layout of a cursor's rows: only names and kinds matter, tuples have no offsets."""
    columns = tuple(
        Column(
            name=str(name).strip().upper(),
            type=_TYPES.get(code, WireType.OTHER),
            offset=i,
            null_offset=i,
            length=0,
            scale=4 if code == _DECIMAL else 0,
            source_type=_NAMES.get(code, "OTRO"),
        )
        for i, (name, code, *_) in enumerate(description)
    )
    return Layout(columns, 0, "utf-8")
