"""How a Celery message becomes the run of a Tarea: the only place where its state changes while it runs."""

from __future__ import annotations

import dataclasses
import logging
import socket
import uuid
from collections.abc import Callable
from typing import Any

import psycopg
from celery import Task, shared_task
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from tns.common.contexto import de_tarea
from tns.engines.errors import TNSError
from tns.engines.progress import Cancelled
from tns.tareas import canal
from tns.tareas.contexto import ContextoTarea, TrabajoPerdido
from tns.tareas.models import EstadoTarea, Tarea

logger = logging.getLogger(__name__)
MAX_INTENTOS = 5
Funcion = Callable[..., Any]
_BASE_DE_DATOS_PERDIDA = (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError)


class TareaCelery(Task):
    """A Celery task that knows its kind and its queue; made by `tarea_celery`."""

    abstract = True
    tipo: str
    cola: str


def tarea_celery(*, tipo: str, cola: str) -> Callable[[Funcion], TareaCelery]:
    """Make `funcion(contexto, **argumentos)` a Celery task run through its Tarea row.

    The message carries the id alone; arguments are read from the row, the returned mapping or dataclass becomes the
    result. `cola` is one of rapidas, extraccion, ml.
    """

    def decorar(funcion: Funcion) -> TareaCelery:
        @shared_task(
            base=TareaCelery, name=f"{funcion.__module__}.{funcion.__name__}", queue=cola, tipo=tipo, cola=cola
        )
        def correr(tarea_id: str) -> None:
            ejecutar(uuid.UUID(tarea_id), funcion)

        correr.__doc__ = funcion.__doc__
        return correr

    return decorar


def ejecutar(tarea_id: uuid.UUID, funcion: Funcion) -> None:
    """Run one task to its end, unless it is over, runs elsewhere, or was tried too often."""
    with ContextoTarea(tarea_id) as contexto:
        if not contexto.obtenida:
            logger.info("La tarea %s ya se está ejecutando en otro proceso", tarea_id)
            return
        tarea = Tarea.objects.select_related("creada_por").filter(id=tarea_id).first()
        if tarea is None or not tarea.viva or not _comenzar(tarea):
            return
        contexto.iniciar_avance()
        with de_tarea(tarea_id, tarea.creada_por):
            cambios = _correr(tarea, contexto, funcion)
        contexto.detener_avance()
        if cambios is not None:
            _terminar(tarea, cambios)


def _comenzar(tarea: Tarea) -> bool:
    if tarea.cancelacion_solicitada:
        _terminar(tarea, {"estado": EstadoTarea.CANCELADA})
        return False
    if tarea.intentos >= MAX_INTENTOS:
        _terminar(tarea, trabajador_perdido())
        return False
    tarea.estado, tarea.intentos = EstadoTarea.EN_PROGRESO, tarea.intentos + 1
    tarea.iniciada = tarea.iniciada or timezone.now()
    tarea.trabajador = socket.gethostname()[:120]
    tarea.save(update_fields=["estado", "intentos", "iniciada", "trabajador"])
    canal.publicar_instantanea(tarea.instantanea())
    return True


def _correr(tarea: Tarea, contexto: ContextoTarea, funcion: Funcion) -> dict[str, Any] | None:
    """The changes that end the task; None when it must be taken up again by `recuperar_tareas`."""
    try:
        resultado = funcion(contexto, **tarea.argumentos)
    except TrabajoPerdido:
        logger.warning("La tarea %s se interrumpió y se retomará", tarea.id)
        return None
    except Cancelled:
        return {"estado": EstadoTarea.CANCELADA}
    except TNSError as error:
        logger.warning("La tarea %s falló: %s %s", tarea.id, error.codigo_estable, error.detalle)
        return fallo(error)
    except _BASE_DE_DATOS_PERDIDA:
        logger.exception("La tarea %s perdió la base de datos y se retomará", tarea.id)
        return None
    except Exception:
        logger.exception("La tarea %s falló sin que lo esperáramos", tarea.id)
        return fallo(
            TNSError("Ocurrió un error que no esperábamos.", que_hacer="Avise al soporte con el número de la tarea.")
        )
    if dataclasses.is_dataclass(resultado) and not isinstance(resultado, type):
        resultado = dataclasses.asdict(resultado)
    return {"estado": EstadoTarea.EXITO, "resultado": resultado}


def fallo(error: TNSError) -> dict[str, Any]:
    """The columns that say why a task failed."""
    return {
        "estado": EstadoTarea.FALLO,
        "error_codigo": error.codigo_estable,
        "error_detalle": error.detalle,
        "error_que_hacer": error.que_hacer,
        "error_tecnico": error.tecnico or "",
        "error_datos": error.datos or None,
    }


def trabajador_perdido() -> dict[str, Any]:
    return fallo(
        TNSError(
            f"La tarea se interrumpió {MAX_INTENTOS} veces sin terminar.",
            codigo="trabajador_perdido",
            que_hacer="Revise la memoria y los registros del trabajador antes de intentarlo de nuevo.",
        )
    )


def _terminar(tarea: Tarea, cambios: dict[str, Any]) -> None:
    cambios = cambios | {"terminada": timezone.now(), "segundos_restantes": None}
    Tarea.objects.filter(id=tarea.id).update(**cambios)
    tarea.refresh_from_db()
    canal.publicar_instantanea(tarea.instantanea())
