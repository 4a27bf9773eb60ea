from __future__ import annotations

from typing import Any

from celery import shared_task

from tns.tareas.contexto import ContextoTarea
from tns.tareas.ejecucion import tarea_celery
from tns.vpn import aplicacion, muestreo, reconciliacion, sondeo


@tarea_celery(tipo="vpn_aplicar", cola="rapidas")
def aplicar_vpn_task(contexto: ContextoTarea, *, config_id: int, acto: str) -> aplicacion.ResultadoAplicar:
    """Make a WireGuard server agree with one configuration."""
    return aplicacion.aplicar(config_id=config_id, acto=acto, progreso=contexto)


@tarea_celery(tipo="vpn_probar", cola="rapidas")
def probar_servidor_wireguard_task(contexto: ContextoTarea, *, servidor_id: int) -> dict[str, Any]:
    """Say what is found on a WireGuard server."""
    return sondeo.probar(servidor_id=servidor_id, progreso=contexto)


@tarea_celery(tipo="vpn_importar", cola="rapidas")
def importar_peers_task(contexto: ContextoTarea, *, servidor_id: int) -> dict[str, Any]:
    """Register the peers that already live on a WireGuard server."""
    return reconciliacion.importar(servidor_id=servidor_id, progreso=contexto)


@tarea_celery(tipo="vpn_reconciliar", cola="rapidas")
def reconciliar_servidor_task(
    contexto: ContextoTarea, *, servidor_id: int, reparar: list[str], quitar: list[str]
) -> dict[str, Any]:
    """Compare rows, interface and file of a WireGuard server, and repair what was chosen."""
    return reconciliacion.reconciliar(servidor_id=servidor_id, reparar=reparar, quitar=quitar, progreso=contexto)


@shared_task(queue="rapidas", expires=50)
def vigilar_vpn_task() -> None:
    """Every minute: one sampling for each server in use."""
    for servidor_id in muestreo.servidores_por_muestrear():
        muestrear_servidor_task.delay(servidor_id)


@shared_task(queue="rapidas", expires=50)
def muestrear_servidor_task(servidor_id: int) -> None:
    """State of the tunnels of one server, and what falls due: expiries, rotations, pending applies."""
    muestreo.muestrear(servidor_id=servidor_id)


@shared_task(queue="rapidas", expires=600)
def purgar_muestras_task() -> None:
    """Daily: forget old samples and spent links."""
    muestreo.purgar()
