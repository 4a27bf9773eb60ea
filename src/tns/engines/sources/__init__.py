"""Customers' databases: connect, probe, and stream rows out of them.

`probe` and `read_companies` choose the engine by `ConnectionInfo.kind`; `open_source` gives the rows of a company.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tns.engines.progress import NullProgress, Progress
from tns.engines.sources.errors import ConnectionLost, ConnectionRefused, MuteServer, ServerUnreachable, SourceError
from tns.engines.sources.info import BadCompanyRow, CompanyRow, ConnectionInfo, ProbeResult, SourceKind

if TYPE_CHECKING:
    from tns.engines.sources.reading import FirebirdSource, Limits

__all__ = [
    "BadCompanyRow",
    "CompanyRow",
    "ConnectionInfo",
    "ConnectionLost",
    "ConnectionRefused",
    "MuteServer",
    "ProbeResult",
    "ServerUnreachable",
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
        raise _unsupported()
    from tns.engines.sources import firebird

    return firebird.probe(info, timeout=timeout, require_companies=require_companies)


def read_companies(
    info: ConnectionInfo, *, timeout: float = 10.0, progress: Progress | None = None
) -> Iterator[CompanyRow | BadCompanyRow]:
    """The rows of EMPRESAS with a NIT, by CODIGO; raises SourceError, or Cancelled when `progress` says so."""
    if info.kind is SourceKind.SQL_SERVER:
        raise _unsupported()
    from tns.engines.sources import firebird

    return firebird.read_companies(info, timeout=timeout, progress=progress or NullProgress())


def open_source(info: ConnectionInfo, *, own_query: str = "", limits: Limits | None = None) -> FirebirdSource:
    """A company's database open for reading, by its own query or the profile that fits it; raises SourceError."""
    if info.kind is SourceKind.SQL_SERVER:
        raise _unsupported()
    from tns.engines.sources.reading import open_firebird

    return open_firebird(info, own_query=own_query, limits=limits)


def _unsupported() -> SourceError:
    return SourceError(
        "Los servidores SQL Server todavía no se pueden leer.",
        codigo="tipo_no_admitido",
        que_hacer="Registre el servidor como Firebird.",
    )
