"""The Celery application: queues and settings come from Django's settings, tasks from every app's `tasks.py`."""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tns.config.settings")

app = Celery("tns")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
