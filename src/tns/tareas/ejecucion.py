"""How a Celery message becomes the run of a Tarea: the only place where its state changes while it runs."""

from __future__ import annotations

import dataclasses
import logging
import socket
import uuid
from collections.abc import Callable
from typing import Any

from celery import Task, shared_task
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from tns.common.contexto import de_tarea
from tns.engines.errors import TNSError
from tns.engines.progress import Cancelled
from tns.tareas import canal
from tns.tareas.contexto import ContextoTarea, TrabajoPerdido
from tns.tareas.fallos import MAX_INTENTOS, base_de_datos_perdida, columnas_de, como_fallo, trabajador_perdido
from tns.tareas.models import ESTADOS_VIVOS, EstadoTarea, Tarea
from tns.tareas.texto import jsonable

logger = logging.getLogger(__name__)
Funcion = Callable[..., Any]


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
        @shared_task(base=TareaCelery, name=f"{funcion.__module__}.{funcion.__name__}", tipo=tipo, cola=cola)
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
        with de_tarea(tarea_id, tarea.creada_por, tarea.id_peticion):
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
    cambiadas = Tarea.objects.filter(id=tarea.id, estado__in=ESTADOS_VIVOS).update(
        estado=EstadoTarea.EN_PROGRESO,
        intentos=tarea.intentos + 1,
        iniciada=tarea.iniciada or timezone.now(),
        trabajador=socket.gethostname()[:120],
    )
    if not cambiadas:  # cancelled since it was read
        return False
    tarea.refresh_from_db()
    canal.publicar_instantanea(tarea.instantanea())
    return True


def _correr(tarea: Tarea, contexto: ContextoTarea, funcion: Funcion) -> dict[str, Any] | None:
    """The changes that end the task; None when it must be taken up again by `recuperar_tareas`."""
    try:
        resultado = funcion(contexto, **tarea.argumentos)
        if dataclasses.is_dataclass(resultado) and not isinstance(resultado, type):
            resultado = dataclasses.asdict(resultado)
        return {"estado": EstadoTarea.EXITO, "resultado": jsonable(resultado)}
    except TrabajoPerdido:
        logger.warning("La tarea %s se interrumpió y se retomará", tarea.id)
        return None
    except Cancelled:
        return {"estado": EstadoTarea.CANCELADA}
    except TNSError as error:
        # Work that was interrupted from outside may end in an error of its own before it notices why.
        if (final := _por_cancelacion(contexto)) is not None:
            return final
        logger.warning("La tarea %s falló: %s %s", tarea.id, error.codigo_estable, error.detalle)
        return columnas_de(error)
    except Exception as error:
        if (final := _por_cancelacion(contexto)) is not None:
            return final
        if contexto.perdida or base_de_datos_perdida(error):
            logger.exception("La tarea %s perdió la base de datos y se retomará", tarea.id)
            return None
        logger.exception("La tarea %s falló sin que lo esperáramos", tarea.id)
        return columnas_de(como_fallo(error))


def _por_cancelacion(contexto: ContextoTarea) -> dict[str, Any] | None:
    return {"estado": EstadoTarea.CANCELADA} if contexto.cancelada and not contexto.perdida else None


def _terminar(tarea: Tarea, cambios: dict[str, Any]) -> None:
    cambios = cambios | {"terminada": timezone.now(), "segundos_restantes": None}
    try:
        Tarea.objects.filter(id=tarea.id).update(**cambios)
    except (OperationalError, InterfaceError):
        connection.close()  # it went bad while the work ran on connections of its own: once more on a new one
        Tarea.objects.filter(id=tarea.id).update(**cambios)
    tarea.refresh_from_db()
    canal.publicar_instantanea(tarea.instantanea())
