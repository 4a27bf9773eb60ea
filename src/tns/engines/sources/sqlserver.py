"""SQL Server as a source, through pymssql: connect, probe, companies.

pymssql tells errors in text and keeps one open result per connection; its query time limit is one per process. So
connections are classified by message number, every cursor is read to its end or closed with its connection, and the
limit is set by each connection to the same value.
"""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Iterator
from typing import Any

from tns.engines.progress import Progress
from tns.engines.sources.errors import (
    BadCredentials,
    CompaniesTableMissing,
    ConnectionLost,
    ConnectionRefused,
    DatabaseNotFound,
    MuteServer,
    NotADatabaseServer,
    PermissionMissing,
    QueryError,
    QueryTimeout,
    ServerUnreachable,
    SourceError,
)
from tns.engines.sources.info import BadCompanyRow, CompanyRow, ConnectionInfo, ProbeResult
from tns.engines.sources.network import bounded, check_reachable

_COMPANIES = "SELECT CODIGO, NOMBRE, NIT, ANOFIS, ARCHIVO FROM EMPRESAS WHERE NIT IS NOT NULL ORDER BY CODIGO"
_COMPANY_COLUMNS = {"CODIGO", "NOMBRE", "NIT", "ANOFIS", "ARCHIVO"}
_DATABASE = re.compile(r"\b4060\b|Cannot open database")
_LOST = re.compile(r"\b(20004|20006|20047|20017)\b|Read from the server failed|DBPROCESS is dead")


class SqlServerConnection:
    """One connection, autocommit off and never committed: what a query might write is rolled back."""

    def __init__(self, raw: Any, info: ConnectionInfo) -> None:
        self.raw = raw
        self.info = info

    def rows(self, sql: str, params: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        """All rows of a small query; raises SourceError."""
        cursor = self.raw.cursor()
        try:
            cursor.execute(sql, params)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
        except Exception as error:
            raise reading(error, address=self.info.address) from error
        finally:
            with contextlib.suppress(Exception):
                cursor.close()
        return rows

    def interrupt(self) -> None:
        """Cancel the statement under way; from any thread."""
        with contextlib.suppress(Exception):
            self.raw._conn.cancel()

    def abort(self) -> None:
        """pymssql cannot cut its socket from another thread; its own time limit ends the wait."""
        self.interrupt()

    def close(self) -> None:
        """Roll back and close, within a few seconds whatever the server does."""

        def end() -> None:
            with contextlib.suppress(Exception):
                self.raw.rollback()
            with contextlib.suppress(Exception):
                self.raw.close()

        with contextlib.suppress(SourceError):
            bounded(end, 5.0, address=self.info.address)


def connect(info: ConnectionInfo, *, timeout: float = 12.0, query_timeout: float = 900.0) -> SqlServerConnection:
    """Connect within `timeout` seconds; raises SourceError."""
    import pymssql

    deadline = time.monotonic() + timeout
    check_reachable(info.host, info.port, min(5.0, timeout / 2))
    left = max(1.0, deadline - time.monotonic())
    server = f"[{info.host}]" if ":" in info.host else info.host

    def attach() -> Any:
        return pymssql.connect(
            server=server,
            port=str(info.port),
            user=info.user,
            password=info.password,
            database=info.path,
            login_timeout=max(1, int(left)),
            timeout=max(1, int(query_timeout)),
            tds_version="7.4",
            charset="UTF-8",
            appname="TNS Core",
        )

    started = time.monotonic()
    try:
        raw = bounded(attach, left + 1, address=info.address, dispose=lambda late: late.close())
    except pymssql.Error as error:
        raise connecting(error, info, timed_out=time.monotonic() - started > left - 1) from error
    return SqlServerConnection(raw, info)


def text_of(error: BaseException) -> str:
    """The server's words, whatever pymssql wrapped them in."""

    def flatten(part: Any) -> Iterator[str]:
        if isinstance(part, bytes):
            yield part.decode("utf-8", errors="replace")
        elif isinstance(part, tuple):
            for inner in part:
                yield from flatten(inner)
        else:
            yield str(part)

    return " ".join(flatten(error.args)).replace("\n", " ").strip()


def connecting(error: BaseException, info: ConnectionInfo, *, timed_out: bool) -> SourceError:
    """Why a login failed. Every failure comes numbered 18456 from the driver, so its text decides."""
    text = text_of(error)
    # The driver does not always keep the server's sentence, but it keeps its severity: 14 is a refused login.
    if "Login failed" in text or "20018, severity 14" in text:
        return BadCredentials(f"El servidor {info.address} no aceptó el usuario o la contraseña.", tecnico=text)
    if _DATABASE.search(text):
        return DatabaseNotFound(f"El servidor {info.address} no tiene la base «{info.path}».", tecnico=text)
    if "Connection refused" in text:
        return ConnectionRefused(f"El servidor {info.address} rechazó la conexión.", tecnico=text)
    if timed_out or "timed out" in text:
        return MuteServer(f"El servidor {info.address} aceptó la conexión y no respondió.", tecnico=text)
    if "20009" in text:
        return ServerUnreachable(f"No se pudo establecer la conexión con {info.address}.", tecnico=text)
    if "20002" in text or "20017" in text or "20004" in text:
        return NotADatabaseServer(
            f"Lo que responde en {info.address} no habla el protocolo de SQL Server.", tecnico=text
        )
    return SourceError(f"No se pudo abrir la base «{info.path}» en {info.address}.", tecnico=text)


def reading(error: BaseException, *, address: str, timed_out: bool = False) -> SourceError:
    """Why a statement or a fetch failed."""
    text, number = text_of(error), error.args[0] if error.args else None
    if timed_out or "20003" in text:
        return QueryTimeout("La consulta superó el tiempo permitido y se interrumpió.", tecnico=text)
    if _LOST.search(text):
        return ConnectionLost(f"El servidor {address} cortó la conexión.", tecnico=text)
    if number in (229, 230):
        return PermissionMissing("El usuario no tiene permiso para leer los datos que pide la consulta.", tecnico=text)
    return QueryError("La base no entiende la consulta.", tecnico=text)


def probe(info: ConnectionInfo, *, timeout: float, require_companies: bool) -> ProbeResult:
    """What the server and its database are; raises SourceError within `timeout` + 2 seconds."""
    started = time.monotonic()
    connection = connect(info, timeout=timeout, query_timeout=timeout)
    connected = (time.monotonic() - started) * 1000
    try:
        started = time.monotonic()
        ((version, collation),) = connection.rows("SELECT @@VERSION, CAST(SERVERPROPERTY('Collation') AS VARCHAR(128))")
        latency = (time.monotonic() - started) * 1000
        companies = None
        if require_companies:
            _require_companies(connection)
            companies = int(connection.rows("SELECT COUNT(*) FROM EMPRESAS WHERE NIT IS NOT NULL")[0][0])
    finally:
        connection.close()
    return ProbeResult(
        version=str(version or "").split("\n")[0].strip(),
        ods="",
        charset=str(collation or ""),
        charset_lectura="UTF-8",
        dialect=0,
        latencia_ms=round(latency, 1),
        conexion_ms=round(connected, 1),
        empresas=companies,
    )


def _require_companies(connection: SqlServerConnection) -> None:
    rows = connection.rows("SELECT COLUMN_NAME FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_NAME = 'EMPRESAS'")
    missing = _COMPANY_COLUMNS - {str(row[0]).upper() for row in rows}
    if missing == _COMPANY_COLUMNS:
        raise CompaniesTableMissing(f"La base «{connection.info.path}» no tiene la tabla EMPRESAS.")
    if missing:
        raise CompaniesTableMissing(
            f"La tabla EMPRESAS de «{connection.info.path}» no tiene las columnas {', '.join(sorted(missing))}.",
            datos={"faltan": sorted(missing)},
        )


def read_companies(info: ConnectionInfo, *, timeout: float, progress: Progress) -> Iterator[CompanyRow | BadCompanyRow]:
    """The rows of EMPRESAS with a NIT, by CODIGO."""
    from tns.engines.sources.firebird import company

    connection = connect(info, timeout=timeout)
    try:
        with progress.on_cancel(connection.interrupt):
            _require_companies(connection)
            for position, values in enumerate(connection.rows(_COMPANIES), start=1):
                progress.check()
                yield company(position, values)
    finally:
        connection.close()
