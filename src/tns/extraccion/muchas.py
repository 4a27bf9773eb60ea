"""All the companies of a server, or of a NIT, as one task with a child per company.

The parent runs its children itself, a few at a time; each has its own row, progress and end. A child whose parent died
is taken up by itself, and a parent taken up again goes on with the children that are left. How many extractions one
server bears is bounded elsewhere (`turnos`), for parents and single extractions alike.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connections, transaction

from tns.empresas.models import EmpresaServidor
from tns.engines.progress import Progress
from tns.tareas.ejecucion import TareaCelery, ejecutar
from tns.tareas.models import EstadoTarea, Tarea

Rango = tuple[dt.date | None, dt.date | None]


def extraer_muchas(
    *,
    padre: Tarea,
    empresas: Sequence[EmpresaServidor],
    tarea_hija: TareaCelery,
    funcion: Callable[..., Any],
    argumentos: dict[str, Any],
    progreso: Progress,
) -> dict[str, Any]:
    """Run one extraction per company; answers what became of each. Raises Cancelled, and then so do the children."""
    progreso.stage("Preparando las extracciones", len(empresas))
    hijas, en_curso = _hijas(padre, empresas, tarea_hija, argumentos)
    progreso.stage("Extrayendo empresas", len(hijas))
    a_la_vez = max(1, settings.TNS_EXTRACCIONES_POR_SERVIDOR)
    with ThreadPoolExecutor(a_la_vez, thread_name_prefix="extraccion") as hilos:
        pendientes: set[Future[Tarea]] = {hilos.submit(_correr, hija, funcion) for hija in hijas}
        try:
            while pendientes:
                hechas, pendientes = wait(pendientes, timeout=0.5, return_when=FIRST_COMPLETED)
                for hecha in hechas:
                    progreso.advance(1, hecha.result().titulo)
                progreso.check()
        except BaseException:
            for pendiente in pendientes:
                pendiente.cancel()
            raise
    return _resumen(padre, en_curso)


def _hijas(
    padre: Tarea, empresas: Sequence[EmpresaServidor], tarea_hija: TareaCelery, argumentos: dict[str, Any]
) -> tuple[list[Tarea], list[EmpresaServidor]]:
    """The children that are not over, made the first time; and the companies that somebody else is extracting."""
    existentes = {hija.objeto: hija for hija in Tarea.objects.filter(padre=padre)}
    en_curso = []
    for empresa in empresas:
        objeto = f"empresa:{empresa.id}"
        if objeto in existentes:
            continue
        hija = Tarea(
            tipo=tarea_hija.tipo, nombre_celery=tarea_hija.name, cola=tarea_hija.cola, padre=padre, objeto=objeto,
            titulo=f"Extraer datos de {empresa}"[:200], nit_base=empresa.nit_base, creada_por_id=padre.creada_por_id,
            argumentos={"empresa_servidor_id": empresa.id, **_fechas(empresa, argumentos)},
        )  # fmt: skip
        try:
            with transaction.atomic():
                hija.save(force_insert=True)
            existentes[objeto] = hija
        except IntegrityError:
            en_curso.append(empresa)
    return [hija for hija in existentes.values() if hija.viva], en_curso


def _fechas(empresa: EmpresaServidor, argumentos: dict[str, Any]) -> dict[str, Any]:
    """The range asked for, or the company's fiscal year."""
    return {
        **argumentos,
        "fecha_inicio": argumentos.get("fecha_inicio") or f"{empresa.anio_fiscal}-01-01",
        "fecha_fin": argumentos.get("fecha_fin") or f"{empresa.anio_fiscal}-12-31",
    }


def _correr(hija: Tarea, funcion: Callable[..., Any]) -> Tarea:
    """Run a child here; one that runs elsewhere (its first parent died) is waited for."""
    try:
        ejecutar(hija.id, funcion)
        hija.refresh_from_db()
        while hija.viva:
            time.sleep(1)
            if Tarea.objects.filter(id=hija.padre_id, cancelacion_solicitada=True).exists():
                break
            ejecutar(hija.id, funcion)
            hija.refresh_from_db()
        return hija
    finally:
        connections.close_all()  # this thread's own


def _resumen(padre: Tarea, en_curso: Sequence[EmpresaServidor]) -> dict[str, Any]:
    empresas: list[dict[str, Any]] = []
    for hija in Tarea.objects.filter(padre=padre).order_by("creada"):
        resultado = hija.resultado or {}
        empresas.append(
            {
                "empresa_servidor_id": hija.argumentos["empresa_servidor_id"],
                "titulo": hija.titulo,
                "task_id": str(hija.id),
                "estado": hija.estado,
                "filas_cargadas": resultado.get("filas_cargadas", 0),
                "diferencias": resultado.get("diferencias", 0),
                "error_codigo": hija.error_codigo,
                "error": hija.error_detalle,
            }
        )
    estados = [fila["estado"] for fila in empresas]
    return {
        "empresas": empresas,
        "extraidas": estados.count(EstadoTarea.EXITO),
        "fallidas": estados.count(EstadoTarea.FALLO),
        "ya_en_curso": [empresa.id for empresa in en_curso],
        "filas_cargadas": sum(fila["filas_cargadas"] for fila in empresas),
        "diferencias": sum(fila["diferencias"] for fila in empresas),
    }
