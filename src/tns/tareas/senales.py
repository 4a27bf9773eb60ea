"""A worker that has just started takes up at once what the one before it left."""

from __future__ import annotations

import logging
from typing import Any

from celery.signals import worker_ready
from django.db import DatabaseError, connection
from kombu.exceptions import KombuError
from redis import RedisError

logger = logging.getLogger(__name__)


@worker_ready.connect
def retomar(sender: Any = None, **_: Any) -> None:
    from tns.tareas.services import recuperar_tareas

    try:
        recuperar_tareas()
    except (DatabaseError, RedisError, KombuError):
        logger.warning("No se pudieron retomar tareas al arrancar; lo hará la revisión periódica", exc_info=True)
    finally:
        connection.close()
