"""What can be asked of a WireGuard server, besides what its tunnels ask."""

from __future__ import annotations

from typing import Any

from django.db.models import ProtectedError

from tns.common.problemas import Conflicto
from tns.tareas import services as tareas
from tns.tareas.ejecucion import TareaCelery
from tns.tareas.models import Tarea
from tns.vpn.models import ServidorWireGuard


def exigir_listo(servidor: ServidorWireGuard) -> None:
    """Raise Conflicto unless the server is approved, tested and not in alarm."""
    if not servidor.listo:
        raise Conflicto(
            f"El servidor «{servidor.nombre}» todavía no está listo.",
            codigo="servidor_sin_probar",
            que_hacer="Pruébelo, apruebe la huella que presenta y vuelva a probarlo hasta que diga que está listo.",
        )


def encolar_prueba(*, servidor: ServidorWireGuard, usuario: Any) -> Tarea:
    """The task that tests a server; raises TareaEnCurso when one is under way."""
    from tns.vpn.tasks import probar_servidor_wireguard_task

    return _encolar_de_servidor(probar_servidor_wireguard_task, "Probar", servidor, usuario)


def encolar_importacion(*, servidor: ServidorWireGuard, usuario: Any) -> Tarea:
    """The task that registers the peers living there; raises TareaEnCurso when one is under way."""
    from tns.vpn.tasks import importar_peers_task

    exigir_listo(servidor)
    return _encolar_de_servidor(importar_peers_task, "Importar los túneles de", servidor, usuario)


def encolar_reconciliacion(
    *, servidor: ServidorWireGuard, usuario: Any, reparar: list[str], quitar: list[str]
) -> Tarea:
    """The task that compares and repairs; raises TareaEnCurso when one is under way."""
    from tns.vpn.tasks import reconciliar_servidor_task

    exigir_listo(servidor)
    return _encolar_de_servidor(
        reconciliar_servidor_task, "Reconciliar", servidor, usuario, reparar=reparar, quitar=quitar
    )


def _encolar_de_servidor(
    tarea: TareaCelery, verbo: str, servidor: ServidorWireGuard, usuario: Any, **argumentos: Any
) -> Tarea:
    return tareas.encolar(
        tarea,
        titulo=f"{verbo} {servidor.nombre}",
        objeto=f"servidor_wireguard:{servidor.pk}",
        argumentos={"servidor_id": servidor.pk, **argumentos},
        usuario=usuario,
    )


def eliminar_servidor(*, servidor: ServidorWireGuard) -> None:
    """Delete a server without configurations; raises Conflicto naming them."""
    try:
        servidor.delete()
    except ProtectedError as error:
        raise Conflicto(
            f"El servidor «{servidor.nombre}» tiene {len(error.protected_objects)} configuraciones.",
            codigo="servidor_con_configuraciones",
            que_hacer="Elimine primero sus configuraciones.",
            datos={"dependientes": sorted(str(objeto) for objeto in error.protected_objects)[:20]},
        ) from error
