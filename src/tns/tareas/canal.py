"""The live channel of progress: Valkey publish/subscribe. Losing it loses nothing, the row has the truth."""

from __future__ import annotations

import json
import logging
import uuid
from typing import Any

import redis
from django.core.serializers.json import DjangoJSONEncoder

from tns.common.valkey import cliente

logger = logging.getLogger(__name__)
TODAS = "tns:tareas"


def canal_de(tarea_id: uuid.UUID | str) -> str:
    return f"tns:tarea:{tarea_id}"


def publicar_instantanea(instantanea: dict[str, Any]) -> None:
    """Tell every listener the whole state of a task."""
    _publicar(instantanea["task_id"], {"clase": "tarea", "tarea": instantanea})


def publicar_avance(tarea_id: uuid.UUID, avance: dict[str, Any]) -> None:
    """Tell every listener how far a task is."""
    _publicar(str(tarea_id), {"clase": "avance", "task_id": str(tarea_id), "avance": avance})


def _publicar(tarea_id: str, mensaje: dict[str, Any]) -> None:
    texto = json.dumps(mensaje, cls=DjangoJSONEncoder)
    try:
        tuberia = cliente().pipeline(transaction=False)
        tuberia.publish(canal_de(tarea_id), texto)
        tuberia.publish(TODAS, texto)
        tuberia.execute()
    except redis.RedisError as error:
        logger.debug("No se publicó el avance de %s: %s", tarea_id, type(error).__name__)
