"""When a schedule should have run: the same hours the beat is given, looked at backwards."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterator
from datetime import datetime, time, timedelta

from django.conf import settings

from tns.sistema.models import Frecuencia, Programacion

GRACIA = timedelta(minutes=15)  # a run that has not begun by then is told as missed
_DIFERENCIA_DE_RELOJES = timedelta(minutes=1)
_MES = 32


def perdida(programacion: Programacion, ahora: datetime) -> datetime | None:
    """The latest hour at which it should have run and did not, GRACIA ago or more; None when none is owed."""
    if not programacion.activa:
        return None
    debida = ultima_debida(programacion, ahora - GRACIA)
    desde = programacion.vigente_desde or programacion.creada
    if programacion.ultima_corrida is not None:
        desde = max(desde, programacion.ultima_corrida)
    # The beat and the worker may live on machines whose clocks differ a little.
    return debida if debida is not None and debida > desde + _DIFERENCIA_DE_RELOJES else None


def ultima_debida(programacion: Programacion, hasta: datetime) -> datetime | None:
    """The latest moment, not after `hasta`, at which the schedule says to run."""
    local = hasta.astimezone(zoneinfo.ZoneInfo(settings.TIME_ZONE))
    for dias in range(_MES):
        dia = local.date() - timedelta(days=dias)
        if programacion.frecuencia == Frecuencia.SEMANAL and dia.weekday() != (programacion.dia_semana or 0):
            continue
        if programacion.frecuencia == Frecuencia.MENSUAL and dia.day != (programacion.dia_mes or 1):
            continue
        for hora in _horas(programacion):
            debida = datetime.combine(dia, hora, local.tzinfo)
            if debida <= local:
                return debida
    return None


def _horas(programacion: Programacion) -> Iterator[time]:
    """The hours of a day on which it runs, the latest first."""
    minuto = programacion.hora.minute
    if programacion.frecuencia != Frecuencia.HORAS:
        yield time(programacion.hora.hour, minuto)
        return
    for hora in reversed(range(0, 24, programacion.cada_horas or 1)):
        yield time(hora, minuto)
