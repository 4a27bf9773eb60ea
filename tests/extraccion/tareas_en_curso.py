"""Begin extractions as the API does, and wait for what becomes of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from tests.espera import wait_until
from tns.empresas.models import EmpresaServidor
from tns.extraccion import services
from tns.tareas.models import EstadoTarea, Tarea
from tns.tareas.services import recuperar_tareas


def empezar(empresa: EmpresaServidor, *, forzar: bool = False) -> Tarea:
    """The year 2025 of the company."""
    return services.encolar_extraccion(
        empresa=empresa, desde=dt.date(2025, 1, 1), hasta=dt.date(2025, 12, 31), forzar=forzar
    )


def esperar(tarea: Tarea, condicion: Callable[[Tarea], bool], segundos: float = 60) -> None:
    def cumple() -> bool:
        tarea.refresh_from_db()
        return condicion(tarea)

    assert wait_until(cumple, segundos), (tarea.estado, tarea.etapa, tarea.mensaje, tarea.error_detalle)


def acabar(tarea: Tarea) -> None:
    """Wait for its end, doing as the beat does: taking up what was left."""

    def fin(tarea: Tarea) -> bool:
        if tarea.estado == EstadoTarea.EN_PROGRESO:
            recuperar_tareas()
        return not tarea.viva

    esperar(tarea, fin, 90)


def terminar(tarea: Tarea) -> None:
    """Wait for its success."""
    acabar(tarea)
    assert tarea.estado == EstadoTarea.EXITO, (tarea.error_codigo, tarea.error_detalle, tarea.error_tecnico)
