from __future__ import annotations

import datetime as dt
from typing import Any

from tns.common.problemas import NoEncontrado
from tns.empresas.models import EmpresaServidor
from tns.extraccion import selectors
from tns.extraccion.extraer import extraer_empresa
from tns.extraccion.muchas import extraer_muchas
from tns.tareas.contexto import ContextoTarea
from tns.tareas.ejecucion import tarea_celery
from tns.tareas.models import Tarea


def extraer_datos(
    contexto: ContextoTarea,
    *,
    empresa_servidor_id: int,
    fecha_inicio: str,
    fecha_fin: str,
    forzar_reextraccion: bool = False,
    actualizar_cambiadas: bool = False,
) -> dict[str, Any]:
    """Extract a range of days of one company."""
    empresa = EmpresaServidor.objects.select_related("servidor").filter(id=empresa_servidor_id).first()
    if empresa is None:
        raise NoEncontrado("La empresa ya no existe.", codigo="empresa_no_encontrada")
    return extraer_empresa(
        empresa=empresa,
        desde=dt.date.fromisoformat(fecha_inicio),
        hasta=dt.date.fromisoformat(fecha_fin),
        forzar=forzar_reextraccion,
        actualizar_cambiadas=actualizar_cambiadas,
        progreso=contexto,
        tarea_id=contexto.tarea_id,
    )


@tarea_celery(tipo="extraccion", cola="extraccion")
def extraer_datos_task(contexto: ContextoTarea, **argumentos: Any) -> dict[str, Any]:
    """Extract a range of days of one company; see `extraer_datos`."""
    return extraer_datos(contexto, **argumentos)


@tarea_celery(tipo="extraccion_multiple", cola="extraccion")
def extraer_varias_task(contexto: ContextoTarea, *, empresas: list[int], extraccion: dict[str, Any]) -> dict[str, Any]:
    """Extract several companies, each as a child task."""
    return extraer_muchas(
        padre=Tarea.objects.get(id=contexto.tarea_id),
        empresas=selectors.empresas_por_id(empresas),
        tarea_hija=extraer_datos_task,
        funcion=extraer_datos,
        argumentos=extraccion,
        progreso=contexto,
    )
