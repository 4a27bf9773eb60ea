"""The rounds of alarms that do not depend on what they watch.

The beat sends a round every five minutes, through the queue, to a worker. When the beat, the queue or the workers are
what is missing, nobody would say so: therefore every worker and the beat also keep a thread that asks for the round.
The row of RondaAvisos lets one of them all make it.
"""

from __future__ import annotations

import logging
import threading
from typing import Any

from celery.signals import beat_init, worker_ready
from django.db import DatabaseError, connection

logger = logging.getLogger(__name__)
CADA_S = 300.0


@worker_ready.connect
@beat_init.connect
def vigilar(**_: Any) -> None:
    """Begin the watch in this process; it ends with it."""
    threading.Thread(target=_rondas, name="vigia", daemon=True).start()


def _rondas() -> None:
    from tns.sistema.avisos import ronda

    espera = threading.Event()
    while not espera.wait(CADA_S):
        try:
            ronda()
        except DatabaseError as error:
            logger.warning("No se pudo hacer la ronda de avisos: %s", type(error).__name__)
        finally:
            connection.close()
