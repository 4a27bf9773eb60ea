"""What can happen to a server."""

from __future__ import annotations

import dataclasses
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import ProtectedError

from tns.common.problemas import Conflicto
from tns.engines import sources
from tns.servidores import diagnostico
from tns.servidores.models import Servidor


def probar_conexion(*, servidor: Servidor) -> dict[str, Any]:
    """Reach ADMIN.gdb and say what answers there: version, charset, latency.

    Raises sources.SourceError with the precise cause, and with what is known of the way there when nothing answered;
    bounded by TNS_TIEMPO_LIMITE_CONEXION seconds and the diagnosis's own limits.
    """
    try:
        resultado = sources.probe(servidor.conexion(), timeout=settings.TNS_TIEMPO_LIMITE_CONEXION)
    except diagnostico.SIN_RESPUESTA as error:
        raise diagnostico.explicado(error, servidor) from None
    return {"ok": True, **dataclasses.asdict(resultado)}


def eliminar_servidor(*, servidor: Servidor) -> None:
    """Delete a server without companies; raises Conflicto naming how many depend on it."""
    try:
        with transaction.atomic():
            servidor.delete()
    except ProtectedError as error:
        raise Conflicto(
            f"El servidor «{servidor.nombre}» tiene {len(error.protected_objects)} empresas con sus movimientos.",
            codigo="servidor_con_empresas",
            que_hacer="Elimine primero sus empresas o déjelo registrado.",
            datos={"dependientes": sorted(str(o) for o in error.protected_objects)[:20]},
        ) from error
