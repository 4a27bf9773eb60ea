"""What can be asked of the extraction."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tns.common.problemas import DatosInvalidos
from tns.cuentas.models import Usuario
from tns.empresas.models import EmpresaServidor
from tns.tareas import services as tareas
from tns.tareas.models import Tarea

ANIOS_MAXIMOS = 15


class RangoInvalido(DatosInvalidos):
    """A range of days that cannot be extracted."""

    codigo = "rango_invalido"


def validar_rango(desde: dt.date, hasta: dt.date) -> None:
    """Raises RangoInvalido."""
    if desde > hasta:
        raise RangoInvalido({"fecha_fin": ["La fecha final no puede ser anterior a la inicial."]})
    if desde.year < 1980 or hasta.year > 2100:
        raise RangoInvalido({"fecha_inicio": ["Las fechas deben estar entre 1980 y 2100."]})
    if (hasta - desde).days > 366 * ANIOS_MAXIMOS:
        raise RangoInvalido({"fecha_fin": [f"El rango no puede pasar de {ANIOS_MAXIMOS} años."]})


def encolar_extraccion(
    *,
    empresa: EmpresaServidor,
    desde: dt.date,
    hasta: dt.date,
    forzar: bool = False,
    actualizar_cambiadas: bool = False,
    usuario: Usuario | None = None,
    padre: Tarea | None = None,
) -> Tarea:
    """Begin the extraction of a range; raises RangoInvalido, TareaEnCurso when the company has one under way."""
    from tns.extraccion.tasks import extraer_datos_task

    validar_rango(desde, hasta)
    argumentos: dict[str, Any] = {
        "empresa_servidor_id": empresa.id,
        "fecha_inicio": desde.isoformat(),
        "fecha_fin": hasta.isoformat(),
        "forzar_reextraccion": forzar,
        "actualizar_cambiadas": actualizar_cambiadas,
    }
    return tareas.encolar(
        extraer_datos_task,
        titulo=f"Extraer datos de {empresa}",
        objeto=f"empresa:{empresa.id}",
        nit_base=empresa.nit_base,
        argumentos=argumentos,
        usuario=usuario,
        padre=padre,
    )
