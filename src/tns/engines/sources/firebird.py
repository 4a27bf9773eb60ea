"""Connect to a Firebird database, ask it what it is, and read the companies of ADMIN.GDB."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from typing import Any

from tns.engines.progress import Progress
from tns.engines.sources import charsets, fbclient, firebird_errors
from tns.engines.sources.errors import CompaniesTableMissing, SourceError
from tns.engines.sources.info import BadCompanyRow, CompanyRow, ConnectionInfo, ProbeResult
from tns.engines.sources.network import bounded, check_reachable

# Every method a customer's server may offer; encryption is used whenever the server has it.
_CLIENT_CONFIG = "AuthClient = Srp256, Srp, Legacy_Auth\nWireCrypt = Enabled"
_COMPANIES_SQL = "SELECT CODIGO, NOMBRE, NIT, ANOFIS, ARCHIVO FROM EMPRESAS WHERE NIT IS NOT NULL ORDER BY CODIGO"


class FirebirdConnection:
    """An attachment in its database's own charset; `close` never fails and never blocks."""

    def __init__(self, raw: Any, info: ConnectionInfo, reading: charsets.Reading) -> None:
        self.raw = raw
        self.info = info
        self.reading = reading

    def rows(self, sql: str, params: tuple[object, ...] = ()) -> list[tuple[Any, ...]]:
        """All rows of a small query, in a read-only transaction of its own; raises SourceError."""
        from firebird.driver import DatabaseError

        transaction = self.read_only()
        try:
            cursor = transaction.cursor()
            cursor.execute(sql, params)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
            transaction.commit()
        except DatabaseError as error:
            raise firebird_errors.reading(error, address=self.info.address) from error
        finally:
            with contextlib.suppress(DatabaseError):
                transaction.close()
        return rows

    def read_only(self) -> Any:
        """A snapshot transaction that cannot write, begun: all it reads is of one instant."""
        from firebird.driver import Isolation, TraAccessMode, tpb

        manager = self.raw.transaction_manager(
            default_tpb=tpb(Isolation.SNAPSHOT, lock_timeout=10, access_mode=TraAccessMode.READ)
        )
        manager.begin()
        return manager

    def interrupt(self) -> None:
        """Ask the server to stop the statement under way; from any thread."""
        self._cancel(3)

    def abort(self) -> None:
        """Cut the socket under a statement that a silent server will never answer; from any thread."""
        self._cancel(4)

    def _cancel(self, option: int) -> None:
        from firebird.driver import Error

        attachment = getattr(self.raw, "_att", None)
        if attachment is not None:
            with contextlib.suppress(Error):
                attachment.cancel_operation(option)

    def close(self) -> None:
        """Detach; a server that no longer answers does not hold the caller."""
        from firebird.driver import Error

        def detach() -> None:
            with contextlib.suppress(Error):
                self.raw.close()

        try:
            bounded(detach, 5.0, address=self.info.address)
        except SourceError:
            self.abort()


def _attach(info: ConnectionInfo, charset: str, timeout: float) -> Any:
    """A driver connection; raises SourceError."""
    from firebird.driver import DatabaseError
    from firebird.driver.core import DPB, Connection

    api = fbclient.api()
    dpb = DPB(
        user=info.user,
        password=info.password,
        timeout=max(1, int(timeout)),
        charset=charset,
        utf8filename=not info.path.isascii(),
        config=_CLIENT_CONFIG,
    ).get_buffer()
    host = f"[{info.host}]" if ":" in info.host else info.host
    dsn = f"{host}/{info.port}:{info.path}" if host else info.path
    started = time.monotonic()
    try:
        with api.master.get_dispatcher() as provider:
            attachment = provider.attach_database(dsn, dpb, "utf-8")
    except DatabaseError as error:
        spent = time.monotonic() - started
        raise firebird_errors.connecting(
            error, address=info.address, path=info.path, timed_out=spent > timeout - 1.5
        ) from error
    return Connection(attachment, dsn, None, 3, charset)


def connect(info: ConnectionInfo, *, timeout: float = 12.0) -> FirebirdConnection:
    """Connect within `timeout` seconds in the database's own charset; raises SourceError.

    A TCP handshake goes first because the client library ignores time limits on a host that drops packets, and the
    attach runs in a thread because a server may also fall silent half-way through the login. Without a host the client
    library's own engine opens the file, where it has one (ADR 0034); the API registers no server without a host.
    """
    fbclient.api()
    deadline = time.monotonic() + timeout
    if info.host:
        check_reachable(info.host, info.port, min(5.0, timeout / 2))

    def attach(charset: str) -> Any:
        left = max(1.0, deadline - time.monotonic())
        return bounded(lambda: _attach(info, charset, left), left + 0.5, address=info.address, dispose=_close_quietly)

    raw = attach("WIN1252")
    try:
        left = max(1.0, deadline - time.monotonic())
        declared = bounded(lambda: _declared_charset(raw), left, address=info.address)
    except SourceError:
        FirebirdConnection(raw, info, charsets.reading_for("NONE")).abort()
        raise
    reading = charsets.reading_for(declared)
    if reading.connection != "WIN1252":
        _close_quietly(raw)
        raw = attach(reading.connection)
    return FirebirdConnection(raw, info, reading)


def _close_quietly(raw: Any) -> None:
    from firebird.driver import Error

    with contextlib.suppress(Error):
        raw.close()


def _declared_charset(raw: Any) -> str:
    from firebird.driver import DatabaseError

    try:
        cursor = raw.cursor()
        cursor.execute("SELECT RDB$CHARACTER_SET_NAME FROM RDB$DATABASE")
        row = cursor.fetchone()
        cursor.close()
        raw.rollback()
    except DatabaseError as error:
        raise firebird_errors.reading(error, address="la base") from error
    return str(row[0] or "NONE").strip() if row else "NONE"


def probe(info: ConnectionInfo, *, timeout: float = 12.0, require_companies: bool = False) -> ProbeResult:
    """What the server and the database at `info.path` are; raises SourceError within `timeout` + 2 seconds.

    With `require_companies`, a database without a readable EMPRESAS table raises CompaniesTableMissing.
    """
    started = time.monotonic()
    connection = connect(info, timeout=timeout)
    connected = (time.monotonic() - started) * 1000
    left = max(2.0, timeout - connected / 1000)
    try:
        return bounded(lambda: _ask(connection, connected, require_companies), left, address=info.address)
    except SourceError as error:
        if error.codigo_estable == "servidor_mudo":
            connection.abort()
        raise
    finally:
        connection.close()


def _ask(connection: FirebirdConnection, connected_ms: float, require_companies: bool) -> ProbeResult:
    started = time.monotonic()
    (row,) = connection.rows(
        "SELECT RDB$GET_CONTEXT('SYSTEM', 'ENGINE_VERSION'), MON$ODS_MAJOR, MON$ODS_MINOR, MON$SQL_DIALECT"
        " FROM MON$DATABASE"
    )
    latency = (time.monotonic() - started) * 1000
    companies = _count_companies(connection) if require_companies else None
    return ProbeResult(
        version=str(row[0] or "").strip(),
        ods=f"{row[1]}.{row[2]}",
        charset=connection.reading.declared,
        charset_lectura=connection.reading.connection,
        dialect=int(row[3]),
        latencia_ms=round(latency, 1),
        conexion_ms=round(connected_ms, 1),
        empresas=companies,
    )


def _require_companies(connection: FirebirdConnection) -> None:
    found = connection.rows("SELECT COUNT(*) FROM RDB$RELATIONS WHERE RDB$RELATION_NAME = 'EMPRESAS'")
    if not found[0][0]:
        raise CompaniesTableMissing(f"La base «{connection.info.path}» no tiene la tabla EMPRESAS.")
    rows = connection.rows("SELECT TRIM(RDB$FIELD_NAME) FROM RDB$RELATION_FIELDS WHERE RDB$RELATION_NAME = 'EMPRESAS'")
    missing = {"CODIGO", "NOMBRE", "NIT", "ANOFIS", "ARCHIVO"} - {str(row[0]) for row in rows}
    if missing:
        raise CompaniesTableMissing(
            f"La tabla EMPRESAS de «{connection.info.path}» no tiene las columnas {', '.join(sorted(missing))}.",
            datos={"faltan": sorted(missing)},
        )


def _count_companies(connection: FirebirdConnection) -> int:
    _require_companies(connection)
    return int(connection.rows("SELECT COUNT(*) FROM EMPRESAS WHERE NIT IS NOT NULL")[0][0])


def read_companies(info: ConnectionInfo, *, timeout: float, progress: Progress) -> Iterator[CompanyRow | BadCompanyRow]:
    """The rows of EMPRESAS with a NIT, by CODIGO; an unusable one comes as BadCompanyRow, not as an exception."""
    from tns.engines.sources.firebird_rows import fetch_rows

    connection = connect(info, timeout=timeout)
    try:
        with progress.on_cancel(connection.interrupt):
            _require_companies(connection)
            for position, values in enumerate(fetch_rows(connection, _COMPANIES_SQL), start=1):
                progress.check()
                yield company(position, values)
    finally:
        connection.close()


def company(position: int, values: tuple[Any, ...]) -> CompanyRow | BadCompanyRow:
    """A row of EMPRESAS, or why it cannot be used."""
    codigo, nombre, nit, anofis, archivo = ("" if value is None else str(value).strip() for value in values)
    if not nit:
        return BadCompanyRow(position, "El NIT está vacío.", codigo)
    if not archivo:
        return BadCompanyRow(position, "No dice en qué archivo está la base de la empresa.", codigo)
    return CompanyRow(codigo, nombre, nit, anofis, archivo)
