"""The Celery application: queues and settings come from Django's settings, tasks from every app's `tasks.py`."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery
from celery.signals import beat_init, celeryd_init

from tns.config import kombu_redis

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tns.config.settings")
kombu_redis.aplicar()

app = Celery("tns")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@celeryd_init.connect
@beat_init.connect
def revisar_configuracion(**_: Any) -> None:
    """Workers and beat refuse unsafe settings, as the web does."""
    from tns.config.arranque import exigir

    exigir()
