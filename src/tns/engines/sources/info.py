"""How a source is addressed and what a probe tells about it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum


class SourceKind(StrEnum):
    FIREBIRD = "FIREBIRD"
    SQL_SERVER = "SQL_SERVER"


@dataclass(frozen=True, slots=True)
class ConnectionInfo:
    """Address and credentials of one database; `path` is as the server sees it (SQL Server: database name)."""

    kind: SourceKind
    host: str
    port: int
    user: str
    password: str = field(repr=False)
    path: str

    def with_path(self, path: str) -> ConnectionInfo:
        """The same server, another database."""
        return replace(self, path=path)

    @property
    def address(self) -> str:
        """host:port, fit for messages."""
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """What a server said of itself.

    Attributes:
        version: the server's own version text.
        ods: on-disk structure, e.g. "12.0"; empty for SQL Server.
        charset: the database's default character set.
        charset_lectura: the one used to read it.
        dialect: SQL dialect of the database; 0 when the notion does not exist.
        latencia_ms: one round trip, in milliseconds.
        conexion_ms: from nothing to connected, in milliseconds.
        empresas: rows of EMPRESAS when it was asked for, else None.
    """

    version: str
    ods: str
    charset: str
    charset_lectura: str
    dialect: int
    latencia_ms: float
    conexion_ms: float
    empresas: int | None = None


@dataclass(frozen=True, slots=True)
class CompanyRow:
    """A row of EMPRESAS, text stripped, None where the source has NULL."""

    codigo: str
    nombre: str
    nit: str
    anofis: str
    archivo: str


@dataclass(frozen=True, slots=True)
class BadCompanyRow:
    """A row of EMPRESAS that could not be read, and why (Spanish)."""

    posicion: int
    motivo: str
    codigo: str = ""
