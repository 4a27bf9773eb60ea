"""What can be asked of the extraction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from tns.common.problemas import DatosInvalidos, Problema
from tns.cuentas.models import Usuario
from tns.empresas.models import EmpresaServidor
from tns.tareas import services as tareas
from tns.tareas.models import Tarea

ANIOS_MAXIMOS = 15


class SinEmpresas(Problema):
    """Nothing to extract."""

    codigo = "sin_empresas"
    que_hacer_por_defecto = "Descubra primero las empresas del servidor."


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


def encolar_extracciones(
    *,
    empresas: Iterable[EmpresaServidor],
    titulo: str,
    objeto: str,
    desde: dt.date | None = None,
    hasta: dt.date | None = None,
    forzar: bool = False,
    actualizar_cambiadas: bool = False,
    usuario: Usuario | None = None,
) -> Tarea:
    """Begin the extraction of several companies as one task; without dates, the fiscal year of each.

    Raises RangoInvalido, SinEmpresas, TareaEnCurso when the same group is under way.
    """
    from tns.extraccion.tasks import extraer_varias_task

    if (desde is None) != (hasta is None):
        raise RangoInvalido({"fecha_fin": ["Escriba las dos fechas o ninguna."]})
    if desde is not None and hasta is not None:
        validar_rango(desde, hasta)
    elegidas = list(empresas)
    if not elegidas:
        raise SinEmpresas("No hay empresas que extraer.")
    return tareas.encolar(
        extraer_varias_task,
        titulo=titulo,
        objeto=objeto,
        nit_base=elegidas[0].nit_base if len({empresa.nit_base for empresa in elegidas}) == 1 else "",
        argumentos={
            "empresas": [empresa.id for empresa in elegidas],
            "extraccion": {
                "fecha_inicio": desde.isoformat() if desde else None,
                "fecha_fin": hasta.isoformat() if hasta else None,
                "forzar_reextraccion": forzar,
                "actualizar_cambiadas": actualizar_cambiadas,
            },
        },
        usuario=usuario,
    )


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
