"""From Firebird's error codes to causes a person can act on.

Codes are those of Firebird's public error list (isc_* constants); the text of the message is never parsed for what a
code already says.
"""

from __future__ import annotations

from typing import Any

from tns.engines.sources.errors import (
    BadCredentials,
    ConnectionLost,
    DatabaseNotFound,
    DatabaseUnavailable,
    IncompatibleAuthentication,
    MuteServer,
    NotADatabaseServer,
    PermissionMissing,
    QueryError,
    QueryTimeout,
    ServerUnreachable,
    SourceError,
)

IO_ERROR = 335544344
OPEN_FAILED = 335544734
LOGIN = 335544472
UNAVAILABLE = 335544375
NETWORK_ERROR = 335544721
CONNECT_FAILED = 335544722
READ_ERROR = 335544726
WRITE_ERROR = 335544727
CONNECTION_LOST = 335544741
CONNECTION_REJECTED = 335544421
SHUTDOWN = 335544528
BAD_DB_FORMAT = 335544323
WRONG_ODS = 335544379
CORRUPT = 335544335
NO_PRIVILEGE = 335544352
CANCELLED = 335544794
CONNECTION_SHUTDOWN = 335544856
LOGIN_ERROR = 335545106
WIRE_CRYPT_MISMATCH = 335545064
MISSING_PLUGIN_DATA = 335545029
DSQL_ERROR = 335544569
TRUNCATION = 335544321
TRANSLITERATION = 335544565
READ_ONLY_TRANSACTION = 335544361
NOT_SELECTABLE = 335544551
# What the client library answers, instead of an error of the network, when a batch of rows was cut in its middle.
REQUEST_OUT_OF_STEP = 335544364

_LOST = frozenset({NETWORK_ERROR, READ_ERROR, WRITE_ERROR, CONNECTION_LOST, CONNECTION_SHUTDOWN, REQUEST_OUT_OF_STEP})


# After these there is no use in asking the same connection anything else, or somebody asked to stop.
_ENDS = _LOST | {SHUTDOWN, CANCELLED}


def ends_everything(error: BaseException) -> bool:
    """Whether the failure is not only that of its statement."""
    return bool(gds_codes(error) & _ENDS)


def free(statement: Any) -> None:
    """Free a driver's statement; one that died with its connection has nothing left to free."""
    from firebird.driver import Error

    try:
        statement.free()
    except Error:
        statement._istmt = None  # the driver would try again, loudly


def gds_codes(error: BaseException) -> frozenset[int]:
    """The status codes of a driver exception, empty when it has none."""
    return frozenset(getattr(error, "gds_codes", None) or ())


def connecting(error: BaseException, *, address: str, path: str, timed_out: bool = False) -> SourceError:
    """Why an attach failed; `timed_out` says it used up its time, for the code does not tell mute from babble."""
    codes = gds_codes(error)
    text = str(error)
    if CONNECTION_REJECTED in codes:
        if timed_out:
            return MuteServer(f"El servidor {address} aceptó la conexión y no respondió.", tecnico=text)
        return NotADatabaseServer(f"Lo que responde en {address} no habla el protocolo de Firebird.", tecnico=text)
    if codes & {LOGIN}:
        return BadCredentials(f"El servidor {address} no aceptó el usuario o la contraseña.", tecnico=text)
    if codes & {LOGIN_ERROR, WIRE_CRYPT_MISMATCH, MISSING_PLUGIN_DATA}:
        return IncompatibleAuthentication(
            f"El servidor {address} y este programa no tienen un método de autenticación en común.", tecnico=text
        )
    if codes & {OPEN_FAILED, UNAVAILABLE} or (IO_ERROR in codes and not codes & _LOST):
        return DatabaseNotFound(f"El servidor {address} no encontró la base «{path}».", tecnico=text)
    if codes & {SHUTDOWN, BAD_DB_FORMAT, WRONG_ODS, CORRUPT}:
        return DatabaseUnavailable(f"La base «{path}» existe pero no se puede abrir.", tecnico=text)
    if CONNECT_FAILED in codes:
        return ServerUnreachable(f"No se pudo establecer la conexión con {address}.", tecnico=text)
    if codes & _LOST:
        return NotADatabaseServer(f"Lo que responde en {address} no habla el protocolo de Firebird.", tecnico=text)
    if NO_PRIVILEGE in codes:
        return PermissionMissing(f"El usuario no tiene permiso para abrir la base «{path}».", tecnico=text)
    return SourceError(f"No se pudo abrir la base «{path}» en {address}.", tecnico=text)


def reading(error: BaseException, *, address: str, timed_out: bool = False) -> SourceError:
    """Why a statement or a fetch failed."""
    codes = gds_codes(error)
    text = str(error)
    if codes & _LOST:
        said = "dejó de responder" if timed_out else "cortó la conexión"
        return ConnectionLost(f"El servidor {address} {said}.", tecnico=text)
    if timed_out:
        return QueryTimeout("La consulta superó el tiempo permitido y se interrumpió.", tecnico=text)
    if codes & {SHUTDOWN}:
        return DatabaseUnavailable("La base se está cerrando en el servidor.", tecnico=text)
    if NO_PRIVILEGE in codes:
        return PermissionMissing("El usuario no tiene permiso para leer los datos que pide la consulta.", tecnico=text)
    if TRANSLITERATION in codes:
        return QueryError(
            "La base tiene texto que no cabe en su propio juego de caracteres.",
            codigo="texto_no_convertible",
            tecnico=text,
        )
    if READ_ONLY_TRANSACTION in codes:
        return QueryError("La consulta intenta escribir en la base.", codigo="consulta_escribe", tecnico=text)
    if DSQL_ERROR in codes:
        return QueryError("La base no entiende la consulta.", tecnico=text)
    return SourceError("La base de datos no pudo terminar la consulta.", tecnico=text)
