"""What can happen to a schedule: written, run, taken away. The beat's own rows follow."""

from __future__ import annotations

import logging
import zoneinfo
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django_celery_beat.models import CrontabSchedule, PeriodicTask

from tns.common.nit import NitInvalido, interpretar
from tns.common.problemas import DatosInvalidos
from tns.cuentas.alcance import Alcance
from tns.cuentas.models import Usuario
from tns.empresas.models import EmpresaServidor
from tns.empresas.services import encolar_descubrimiento
from tns.engines.errors import TNSError
from tns.extraccion.services import encolar_extracciones
from tns.ml.services import encolar_entrenamiento
from tns.servidores.models import Servidor
from tns.sistema import horario
from tns.sistema.models import Accion, Frecuencia, Programacion
from tns.tareas.models import Tarea
from tns.tareas.services import TareaEnCurso

logger = logging.getLogger(__name__)
TAREA = "tns.sistema.tasks.correr_programacion_task"


def programaciones_visibles(alcance: Alcance) -> QuerySet[Programacion]:
    """Schedules about what the caller may see; those about everything or a whole server only for who sees all."""
    todas = Programacion.objects.select_related("servidor", "empresa_servidor", "periodica", "creada_por")
    if alcance.todo:
        return todas
    return todas.filter(Q(nit_base__in=alcance.nits_base) | Q(empresa_servidor__nit_base__in=alcance.nits_base))


def guardar_programacion(*, programacion: Programacion) -> Programacion:
    """Save a schedule and its row of the beat; raises DatosInvalidos for what cannot be scheduled."""
    if programacion.nit_base:
        try:
            programacion.nit_base = interpretar(programacion.nit_base).base
        except NitInvalido as error:
            raise DatosInvalidos({"nit_base": [str(error)]}) from error
    objetos = [programacion.servidor_id, programacion.empresa_servidor_id, programacion.nit_base]
    if sum(bool(objeto) for objeto in objetos) > 1:
        raise DatosInvalidos({"general": ["Elija un servidor, una empresa o un NIT, solo uno."]})
    if programacion.accion == Accion.DESCUBRIR and (programacion.empresa_servidor_id or programacion.nit_base):
        raise DatosInvalidos({"servidor": ["Descubrir se programa por servidor o para todos."]})
    with transaction.atomic():
        programacion.vigente_desde = timezone.now()
        programacion.save()
        periodica, _ = PeriodicTask.objects.update_or_create(
            name=f"programacion:{programacion.id}",
            defaults={
                "task": TAREA,
                "crontab": _crontab(programacion),
                "interval": None,
                "args": f"[{programacion.id}]",
                "enabled": programacion.activa,
                # A run that no worker took in an hour is over: the next one is better than two in a row.
                "expire_seconds": 3600,
                "description": f"{programacion.get_accion_display()}: {programacion.en_palabras}",
            },
        )
        if programacion.periodica_id != periodica.id:
            programacion.periodica = periodica
            programacion.save(update_fields=["periodica"])
    return programacion


def _crontab(programacion: Programacion) -> CrontabSchedule:
    campos = {"minute": str(programacion.hora.minute), "hour": str(programacion.hora.hour)}
    if programacion.frecuencia == Frecuencia.HORAS:
        campos["hour"] = f"*/{programacion.cada_horas or 1}"
    elif programacion.frecuencia == Frecuencia.SEMANAL:
        campos["day_of_week"] = str(((programacion.dia_semana or 0) + 1) % 7)  # cron's week begins on Sunday
    elif programacion.frecuencia == Frecuencia.MENSUAL:
        campos["day_of_month"] = str(programacion.dia_mes or 1)
    zona = zoneinfo.ZoneInfo(settings.TIME_ZONE)
    # Equal rows may have been made by hand in the admin: the first one serves.
    existente = CrontabSchedule.objects.filter(
        **({"day_of_week": "*", "day_of_month": "*", "month_of_year": "*"} | campos), timezone=zona
    ).first()
    return existente or CrontabSchedule.objects.create(**campos, timezone=zona)


def eliminar_programacion(*, programacion: Programacion) -> None:
    """Delete a schedule and its row of the beat."""
    with transaction.atomic():
        PeriodicTask.objects.filter(name=f"programacion:{programacion.id}").delete()
        programacion.delete()


def proxima(programacion: Programacion) -> datetime | None:
    """When it runs next; None while it is paused."""
    if not (programacion.activa and programacion.periodica and programacion.periodica.crontab):
        return None
    cuando = programacion.periodica.crontab.schedule
    ahora = timezone.localtime(timezone.now(), zoneinfo.ZoneInfo(settings.TIME_ZONE))
    inicio, falta, _ = cuando.remaining_delta(ahora)
    return inicio + falta


def correr(*, programacion: Programacion, usuario: Usuario | None = None) -> list[Tarea]:
    """Enqueue what the schedule says; what is already under way for an object is left to go on, never doubled."""
    tareas: list[Tarea] = []
    frases: list[str] = []
    ahora, fallo = timezone.now(), None
    for encolar in _trabajos(programacion, usuario):
        try:
            tareas.append(encolar())
        except TareaEnCurso as error:
            frases.append(error.detalle)
        except TNSError as error:
            frases.append(error.detalle)
            fallo = {"codigo": error.codigo_estable, "detalle": error.detalle, "que_hacer": error.que_hacer}
            logger.warning("Programación %s: %s", programacion.id, error.detalle)
    programacion.ultima_perdida = horario.perdida(programacion, ahora) or programacion.ultima_perdida
    programacion.ultima_corrida = ahora
    programacion.ultimo_error = fallo
    programacion.ultimas_tareas = [str(tarea.id) for tarea in tareas]
    programacion.ultimo_mensaje = " ".join([f"{len(tareas)} tareas iniciadas.", *frases])[:300]
    programacion.save(
        update_fields=["ultima_corrida", "ultimas_tareas", "ultimo_mensaje", "ultimo_error", "ultima_perdida"]
    )
    return tareas


def _trabajos(programacion: Programacion, usuario: Usuario | None) -> Iterable[Callable[[], Tarea]]:
    if programacion.accion == Accion.DESCUBRIR:
        servidores = [programacion.servidor] if programacion.servidor else Servidor.objects.order_by("id")
        return [_descubrir(servidor, usuario) for servidor in servidores if servidor is not None]
    empresas = _empresas(programacion)
    if programacion.accion == Accion.ENTRENAR:
        por_nit = {empresa.nit_base: empresa for empresa in empresas.order_by("anio_fiscal", "id")}
        return [_entrenar(empresa, usuario) for _, empresa in sorted(por_nit.items())]
    return [
        lambda: encolar_extracciones(
            empresas=empresas,
            titulo=f"Programada: {programacion.nombre}",
            objeto=f"programacion:{programacion.id}",
            actualizar_cambiadas=True,
            usuario=usuario,
        )
    ]


def _empresas(programacion: Programacion) -> QuerySet[EmpresaServidor]:
    filtros: dict[str, Any] = {"estado": "ACTIVO"}
    if programacion.servidor_id:
        filtros["servidor"] = programacion.servidor_id
    if programacion.empresa_servidor_id:
        filtros = {"id": programacion.empresa_servidor_id}
    if programacion.nit_base:
        filtros["nit_base"] = programacion.nit_base
    return EmpresaServidor.objects.filter(**filtros)


def _descubrir(servidor: Servidor, usuario: Usuario | None) -> Callable[[], Tarea]:
    return lambda: encolar_descubrimiento(servidor=servidor, usuario=usuario)


def _entrenar(empresa: EmpresaServidor, usuario: Usuario | None) -> Callable[[], Tarea]:
    return lambda: encolar_entrenamiento(empresa=empresa, usuario=usuario)
