"""What the beat sends by itself."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from tns.cuentas import auditoria
from tns.sistema import avisos, fallas, programacion
from tns.sistema.models import Programacion
from tns.tareas.services import purgar_tareas


@shared_task(ignore_result=True)
def correr_programacion_task(programacion_id: int) -> None:
    """Run one schedule; one that was deleted or paused meanwhile does nothing."""
    elegida = Programacion.objects.filter(id=programacion_id, activa=True).first()
    if elegida is not None:
        programacion.correr(programacion=elegida)


@shared_task(expires=240)
def avisar_fallas_task() -> None:
    """Every five minutes: tell whoever is to be told what failed by itself."""
    avisos.ronda()


@shared_task(expires=3600)
def depurar_task() -> None:
    """Every night: forget finished tasks, old acts and dead sessions, each after its time."""
    ahora = timezone.now()
    purgar_tareas(antes_de=ahora - timedelta(days=settings.TNS_RETENCION_TAREAS_DIAS))
    if settings.TNS_RETENCION_AUDITORIA_DIAS:
        auditoria.purgar(antes_de=ahora - timedelta(days=settings.TNS_RETENCION_AUDITORIA_DIAS))
    fallas.olvidar(ahora)
    call_command("clearsessions")
