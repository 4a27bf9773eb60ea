from __future__ import annotations

import datetime as dt

from celery import shared_task

from tns.dian import envio, lote, services
from tns.dian.envio import ResultadoEnvio
from tns.dian.lote import ResultadoLote
from tns.empresas.models import EmpresaServidor
from tns.tareas.contexto import ContextoTarea
from tns.tareas.ejecucion import tarea_celery


@tarea_celery(tipo="dian_factura", cola="rapidas")
def procesar_factura_dian_task(contexto: ContextoTarea, *, empresa_servidor_id: int, kardex_id: int) -> ResultadoEnvio:
    """Send one document of KARDEX, or take it up where it was left."""
    empresa = EmpresaServidor.objects.select_related("servidor").get(id=empresa_servidor_id)
    return envio.procesar(empresa=empresa, kardex_id=kardex_id, progreso=contexto)


@tarea_celery(tipo="dian_lote", cola="rapidas")
def procesar_lote_dian_task(
    contexto: ContextoTarea,
    *,
    empresa_servidor_id: int,
    fecha_inicio: str,
    fecha_fin: str,
    codcomps: list[str],
    reintentar_rechazados: bool,
) -> ResultadoLote:
    """Send the documents of a range of dates."""
    return lote.procesar_lote(
        empresa=EmpresaServidor.objects.select_related("servidor").get(id=empresa_servidor_id),
        desde=dt.date.fromisoformat(fecha_inicio),
        hasta=dt.date.fromisoformat(fecha_fin),
        codcomps=codcomps,
        reintentar_rechazados=reintentar_rechazados,
        progreso=contexto,
    )


@shared_task(queue="rapidas", expires=120)
def retomar_pendientes_dian_task() -> None:
    """Every two minutes: ask for the documents in doubt, write into TNS what is not written."""
    services.retomar_pendientes()
