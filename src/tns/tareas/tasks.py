"""Housekeeping of the tasks themselves."""

from __future__ import annotations

import logging
import time

import redis
from celery import shared_task

from tns.common.valkey import cliente
from tns.tareas import services

logger = logging.getLogger(__name__)
LATIDO = "tns:latido"
_LATIDO_S = 120


@shared_task(expires=60)
def recuperar_tareas_task() -> None:
    """Every few seconds: take up again what a dead worker left; its passing shows that beat and worker live."""
    try:
        cliente().set(LATIDO, time.time(), ex=_LATIDO_S)
    except redis.RedisError as error:
        logger.warning("No se dejó el latido: %s", type(error).__name__)
    services.recuperar_tareas()
