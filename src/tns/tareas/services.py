"""What can happen to a task from outside: enqueue, cancel, recover."""

from __future__ import annotations

import logging
import uuid
from datetime import datetime, timedelta
from typing import Any

from celery import current_app
from django.db import IntegrityError, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerNoResponde

from tns.common import contexto
from tns.common.problemas import Conflicto, ServicioNoDisponible
from tns.common.valkey import cliente
from tns.cuentas.models import Usuario
from tns.tareas import canal
from tns.tareas.contexto import conexion_propia, llave_de
from tns.tareas.ejecucion import TareaCelery
from tns.tareas.fallos import MAX_INTENTOS, trabajador_perdido
from tns.tareas.models import ESTADOS_VIVOS, EstadoTarea, Tarea

logger = logging.getLogger(__name__)
REENVIAR_TRAS = timedelta(minutes=2)


class TareaEnCurso(Conflicto):
    """The same kind of work on the same object is under way; `datos.task_id` is its id."""

    codigo = "tarea_en_curso"
    titulo = "Ya hay una tarea en curso"
    que_hacer_por_defecto = "Espere a que termine o cancélela; su avance está en la bandeja de tareas."


def encolar(
    tarea_celery: TareaCelery,
    *,
    titulo: str,
    objeto: str = "",
    nit_base: str = "",
    argumentos: dict[str, Any] | None = None,
    usuario: Usuario | None = None,
    padre: Tarea | None = None,
) -> Tarea:
    """Create the row and send the message once the transaction commits.

    Raises TareaEnCurso when a live task of that kind on `objeto` exists, ServicioNoDisponible when the broker is down.
    """
    tarea = Tarea(
        tipo=tarea_celery.tipo,
        nombre_celery=tarea_celery.name,
        cola=tarea_celery.cola,
        titulo=titulo[:200],
        objeto=objeto,
        nit_base=nit_base,
        argumentos=argumentos or {},
        creada_por=usuario if isinstance(usuario, Usuario) else None,
        padre=padre,
        id_peticion=contexto.actual().id_peticion,
        enviada=timezone.now(),
    )
    try:
        with transaction.atomic():
            tarea.save(force_insert=True)
    except IntegrityError:
        otra = Tarea.objects.filter(tipo=tarea.tipo, objeto=objeto, estado__in=ESTADOS_VIVOS).first()
        datos = {"task_id": str(otra.id)} if otra else {}
        raise TareaEnCurso(f"Ya está en curso: {otra.titulo if otra else titulo}.", datos=datos) from None
    transaction.on_commit(lambda: _enviar_o_fallar(tarea))
    return tarea


def _enviar_o_fallar(tarea: Tarea) -> None:
    try:
        enviar(tarea)
    except BrokerNoResponde as error:
        error_broker = ServicioNoDisponible(
            "La cola de tareas no responde, así que no se pudo iniciar el trabajo.",
            codigo="broker_no_disponible",
            que_hacer="Revise que Valkey o Redis esté en marcha e intente de nuevo.",
        )
        Tarea.objects.filter(id=tarea.id).delete()
        logger.error("No se pudo enviar la tarea %s: %s", tarea.id, type(error).__name__)
        raise error_broker from error
    canal.publicar_instantanea(tarea.instantanea())


def enviar(tarea: Tarea) -> None:
    """Send the message of a task; sending it twice is harmless."""
    current_app.send_task(tarea.nombre_celery, args=[str(tarea.id)], queue=tarea.cola)


def cancelar(*, tarea: Tarea) -> Tarea:
    """Ask a task to stop: at once when nobody has begun it, within seconds when it runs; Conflicto when it is over."""
    ahora = timezone.now()
    pendientes = Tarea.objects.filter(id=tarea.id, estado=EstadoTarea.PENDIENTE)
    tocadas = pendientes.update(estado=EstadoTarea.CANCELADA, cancelacion_solicitada=True, terminada=ahora)
    corriendo = Tarea.objects.filter(id=tarea.id, estado=EstadoTarea.EN_PROGRESO)
    tocadas += corriendo.update(cancelacion_solicitada=True)
    Tarea.objects.filter(padre_id=tarea.id, estado=EstadoTarea.PENDIENTE).update(
        estado=EstadoTarea.CANCELADA, cancelacion_solicitada=True, terminada=ahora
    )
    Tarea.objects.filter(padre_id=tarea.id, estado=EstadoTarea.EN_PROGRESO).update(cancelacion_solicitada=True)
    tarea.refresh_from_db()
    if not tocadas:
        raise Conflicto(
            f"La tarea ya terminó ({tarea.get_estado_display().lower()}).", codigo="tarea_terminada", que_hacer=""
        )
    canal.publicar_instantanea(tarea.instantanea())
    return tarea


def purgar_tareas(*, antes_de: datetime) -> int:
    """Forget the tasks that ended before that moment; how many rows went."""
    borradas, _ = Tarea.objects.exclude(estado__in=ESTADOS_VIVOS).filter(terminada__lt=antes_de).delete()
    return borradas


def recuperar_tareas() -> int:
    """Take up again the tasks whose worker died and those whose message was lost; answers how many were sent.

    A task EN_PROGRESO whose lock is free has no worker. One PENDIENTE for long may have lost its message (a broker
    without persistence restarted): it is sent again, which is harmless if the first is still in the queue.
    """
    corriendo = Tarea.objects.filter(estado=EstadoTarea.EN_PROGRESO).values_list("id", flat=True)
    enviadas = 0
    for tarea_id in [*corriendo, *_sin_mensaje()]:
        if tarea := _liberar(tarea_id):
            enviar(tarea)
            enviadas += 1
    return enviadas


def _sin_mensaje() -> list[uuid.UUID]:
    """Tasks that have waited for long in queues that hold fewer messages than tasks wait for them, oldest first.

    In a queue that is merely long every task has its message, and sending more would only make it longer.
    """
    esperan: dict[str, list[Tarea]] = {}
    for tarea in Tarea.objects.filter(estado=EstadoTarea.PENDIENTE).only("id", "cola", "enviada").order_by("creada"):
        esperan.setdefault(tarea.cola, []).append(tarea)
    limite = timezone.now() - REENVIAR_TRAS
    perdidas: list[uuid.UUID] = []
    for cola, tareas in esperan.items():
        faltan = len(tareas) - int(cliente().llen(cola))  # type: ignore[arg-type]
        viejas = [tarea.id for tarea in tareas if tarea.enviada is None or tarea.enviada < limite]
        perdidas += viejas[: max(0, faltan)]
    return perdidas


def _liberar(tarea_id: uuid.UUID) -> Tarea | None:
    """Under the task's lock: put an orphan back in the queue or end it; the task when it must be sent."""
    with conexion_propia() as conexion:
        fila = conexion.execute("SELECT pg_try_advisory_lock(%s)", [llave_de(tarea_id)]).fetchone()
        if not (fila and fila[0]):
            return None
        tarea = Tarea.objects.filter(id=tarea_id, estado__in=ESTADOS_VIVOS).first()
        if tarea is None:
            return None
        final: dict[str, Any] | None = None
        if tarea.cancelacion_solicitada:
            final = {"estado": EstadoTarea.CANCELADA}
        elif tarea.intentos >= MAX_INTENTOS:
            final = trabajador_perdido()
        if final is not None:
            Tarea.objects.filter(id=tarea_id).update(**final, terminada=timezone.now())
            tarea.refresh_from_db()
            canal.publicar_instantanea(tarea.instantanea())
            return None
        Tarea.objects.filter(id=tarea_id).update(estado=EstadoTarea.PENDIENTE, enviada=timezone.now())
        tarea.refresh_from_db()
        return tarea
