"""Housekeeping of the tasks themselves."""

from __future__ import annotations

from celery import shared_task

from tns.tareas import services


@shared_task(queue="rapidas", expires=60)
def recuperar_tareas_task() -> None:
    """Every few seconds: take up again what a dead worker left."""
    services.recuperar_tareas()
