from __future__ import annotations

from celery import shared_task

from tns.comercio import medios


@shared_task(expires=3600)
def purgar_medios_task() -> None:
    """Every night: remove the uploaded files that no shop nor kiosk shows, should a dead process have left any."""
    medios.purgar()
