"""What an unexpected end of the work means: try again, or an answer for people."""

from __future__ import annotations

from typing import Any

import django.db
import psycopg

from tns.engines.errors import TNSError
from tns.tareas.models import EstadoTarea
from tns.tareas.texto import jsonable, limpio

MAX_INTENTOS = 5
_DE_BASE_DE_DATOS = (
    django.db.OperationalError,
    django.db.InterfaceError,
    psycopg.OperationalError,
    psycopg.InterfaceError,
)
# SQLSTATE classes and codes: https://www.postgresql.org/docs/current/errcodes-appendix.html
_CONEXION, _RECURSOS = "08", "53"
_APAGANDO = {"57P01", "57P02", "57P03", "57P05"}
_VOLVER_A_INTENTAR = {"40001", "40P01", "55P03"}


def base_de_datos_perdida(error: BaseException) -> bool:
    """Whether trying again later makes sense: the connection is gone, the server restarts, or somebody else won a lock.

    A server that answered "disk full" is there: doing the same again would fill nothing but the log.
    """
    if not isinstance(error, _DE_BASE_DE_DATOS):
        return False
    estado = _sqlstate(error)
    if estado is None:
        return True
    return estado.startswith(_CONEXION) or estado in _APAGANDO or estado in _VOLVER_A_INTENTAR


def como_fallo(error: BaseException) -> TNSError:
    """What is told of an error that nobody expected; its own words stay in the log."""
    estado = _sqlstate(error)
    if estado is not None and estado.startswith(_RECURSOS):
        return TNSError(
            "La base de datos se quedó sin espacio o sin memoria.",
            codigo="base_de_datos_sin_recursos",
            que_hacer="Libere espacio en el disco de PostgreSQL y vuelva a intentarlo; lo ya guardado se conserva.",
            tecnico=estado,
        )
    return TNSError("Ocurrió un error que no esperábamos.", que_hacer="Avise al soporte con el número de la tarea.")


def _sqlstate(error: BaseException) -> str | None:
    causa = error.__cause__ if isinstance(error, django.db.Error) else error
    return causa.sqlstate if isinstance(causa, psycopg.Error) else None


def columnas_de(error: TNSError) -> dict[str, Any]:
    """The columns of a task that say why it failed."""
    return {
        "estado": EstadoTarea.FALLO,
        "error_codigo": error.codigo_estable[:60],
        "error_detalle": limpio(error.detalle),
        "error_que_hacer": limpio(error.que_hacer),
        "error_tecnico": limpio(error.tecnico or ""),
        "error_datos": jsonable(error.datos) or None,
    }


def trabajador_perdido() -> dict[str, Any]:
    """The columns of a task that was interrupted too often to be tried once more."""
    return columnas_de(
        TNSError(
            f"La tarea se interrumpió {MAX_INTENTOS} veces sin terminar.",
            codigo="trabajador_perdido",
            que_hacer="Revise la memoria y los registros del trabajador antes de intentarlo de nuevo.",
        )
    )
