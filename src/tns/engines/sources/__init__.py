"""Customers' databases: connect, probe, and stream rows out of them.

`probe` and `read_companies` choose the engine by `ConnectionInfo.kind`; `open_source` gives the rows of a company.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Any, Protocol, Self

from tns.engines.progress import NullProgress, Progress
from tns.engines.sources.day_totals import DayTotals
from tns.engines.sources.errors import ConnectionLost, ConnectionRefused, MuteServer, ServerUnreachable, SourceError
from tns.engines.sources.info import BadCompanyRow, CompanyRow, ConnectionInfo, ProbeResult, SourceKind
from tns.engines.sources.layout import Layout
from tns.engines.sources.limits import Limits
from tns.engines.sources.profiles.query import Profile, Query


class Part(Protocol):
    """A query of a source's profile and the shape of its rows."""

    @property
    def query(self) -> Query: ...

    @property
    def layout(self) -> Layout: ...


class Source(Protocol):
    """A company's database open for reading, one snapshot that nothing can write through.

    `encoding` says what blocks are made of: "mensajes" (raw messages of the layout) or "tuplas" (Python values).
    Whatever fails while reading is a SourceError.
    """

    encoding: str
    profile: Profile
    parts: Any

    @property
    def charset(self) -> str: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def cancel(self) -> None: ...

    def day_totals(self, desde: dt.date, hasta: dt.date) -> dict[dt.date, DayTotals] | None: ...

    def announce(self, reads: Sequence[tuple[Any, dt.date, dt.date]], lines: int | None = None) -> None: ...

    def blocks(self, part: Any, desde: dt.date, hasta: dt.date) -> Iterator[tuple[Any, int]]: ...

    def preview(self, part: Any, desde: dt.date, hasta: dt.date, rows: int) -> list[tuple[Any, ...]]: ...


__all__ = [
    "BadCompanyRow",
    "CompanyRow",
    "ConnectionInfo",
    "ConnectionLost",
    "ConnectionRefused",
    "MuteServer",
    "Part",
    "ProbeResult",
    "ServerUnreachable",
    "Source",
    "SourceError",
    "SourceKind",
    "open_source",
    "probe",
    "read_companies",
]


def probe(info: ConnectionInfo, *, timeout: float = 10.0, require_companies: bool = True) -> ProbeResult:
    """What answers at `info`, within `timeout` + 3 seconds; raises SourceError with the precise cause.

    `require_companies` says that `info.path` is an ADMIN.gdb, which must have EMPRESAS.
    """
    if info.kind is SourceKind.SQL_SERVER:
        from tns.engines.sources import sqlserver

        return sqlserver.probe(info, timeout=timeout, require_companies=require_companies)
    from tns.engines.sources import firebird

    return firebird.probe(info, timeout=timeout, require_companies=require_companies)


def read_companies(
    info: ConnectionInfo, *, timeout: float = 10.0, progress: Progress | None = None
) -> Iterator[CompanyRow | BadCompanyRow]:
    """The rows of EMPRESAS with a NIT, by CODIGO; raises SourceError, or Cancelled when `progress` says so."""
    if info.kind is SourceKind.SQL_SERVER:
        from tns.engines.sources import sqlserver

        return sqlserver.read_companies(info, timeout=timeout, progress=progress or NullProgress())
    from tns.engines.sources import firebird

    return firebird.read_companies(info, timeout=timeout, progress=progress or NullProgress())


def open_source(info: ConnectionInfo, *, own_query: str = "", limits: Limits | None = None) -> Source:
    """A company's database open for reading, by its own query or the profile that fits it; raises SourceError."""
    if info.kind is SourceKind.SQL_SERVER:
        from tns.engines.sources.sqlserver_reading import open_sqlserver

        return open_sqlserver(info, own_query=own_query, limits=limits)
    from tns.engines.sources.reading import open_firebird

    return open_firebird(info, own_query=own_query, limits=limits)
