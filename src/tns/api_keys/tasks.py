from __future__ import annotations

from celery import shared_task

from tns.api_keys import services, usos


@shared_task(expires=60)
def volcar_usos_de_llaves_task() -> None:
    """Every minute: write the uses counted in Valkey to the table."""
    usos.volcar()


@shared_task(expires=3600)
def actualizar_empresas_asociadas_task() -> None:
    """Every night: mend the lists of companies of the keys, should anything have changed them behind our back."""
    services.actualizar_empresas_asociadas()
