"""Telling somebody, by e-mail and webhook, what failed while nobody watched: one message per round, never a storm."""

from __future__ import annotations

import json
import logging
import urllib.error
import urllib.request
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from tns.common.valkey import cliente
from tns.tareas.models import EstadoTarea, Tarea

logger = logging.getLogger(__name__)
_HASTA = "tns:avisos:hasta"
_SIN_MARCA = timedelta(minutes=15)
MAX_LINEAS = 20


def avisar_fallas() -> int:
    """Send one message about the unattended tasks that failed since the last one; how many it tells.

    Unattended are those that no person asked for (schedules). What could not be delivered is told in the next round.
    """
    if not (settings.TNS_AVISOS_CORREO or settings.TNS_AVISOS_WEBHOOK):
        return 0
    desde, hasta = _marca(), timezone.now()
    fallidas = list(
        Tarea.objects.filter(
            estado=EstadoTarea.FALLO, creada_por=None, terminada__gt=desde, terminada__lte=hasta
        ).order_by("terminada")
    )
    if fallidas and not _entregar(fallidas):
        return 0
    cliente().set(_HASTA, hasta.isoformat())
    return len(fallidas)


def _marca() -> datetime:
    guardada = cliente().get(_HASTA)
    leida = parse_datetime(guardada.decode()) if isinstance(guardada, bytes) else None
    return leida or timezone.now() - _SIN_MARCA


def _entregar(fallidas: list[Tarea]) -> bool:
    """Whether at least one way worked, so that a broken webhook does not repeat the e-mail for ever."""
    una = len(fallidas) == 1
    asunto = f"TNS Core: falló {fallidas[0].titulo}" if una else f"TNS Core: fallaron {len(fallidas)} tareas"
    lineas = [f"- {t.titulo}: {t.error_detalle} {t.error_que_hacer}".strip() for t in fallidas[:MAX_LINEAS]]
    if len(fallidas) > MAX_LINEAS:
        lineas.append(f"… y {len(fallidas) - MAX_LINEAS} más.")
    vias = []
    if settings.TNS_AVISOS_CORREO:
        vias.append(_por_correo(asunto, "\n".join(lineas)))
    if settings.TNS_AVISOS_WEBHOOK:
        vias.append(_por_webhook({"asunto": asunto, "tareas": [_resumida(t) for t in fallidas[:MAX_LINEAS]]}))
    return any(vias)


def _resumida(tarea: Tarea) -> dict[str, Any]:
    return {
        "task_id": str(tarea.id),
        "tipo": tarea.tipo,
        "titulo": tarea.titulo,
        "codigo": tarea.error_codigo,
        "detalle": tarea.error_detalle,
        "que_hacer": tarea.error_que_hacer,
    }


def _por_correo(asunto: str, texto: str) -> bool:
    try:
        send_mail(asunto[:200], texto, settings.DEFAULT_FROM_EMAIL, settings.TNS_AVISOS_CORREO)
    except OSError as error:  # smtplib's errors are OSErrors too
        logger.error("No se envió el aviso por correo: %s", type(error).__name__)
        return False
    return True


def _por_webhook(cuerpo: dict[str, Any]) -> bool:
    direccion = settings.TNS_AVISOS_WEBHOOK
    if not direccion.startswith(("http://", "https://")):
        logger.error("TNS_AVISOS_WEBHOOK debe empezar por https://")
        return False
    peticion = urllib.request.Request(  # noqa: S310  the scheme was checked
        direccion, data=json.dumps(cuerpo).encode(), headers={"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(peticion, timeout=5) as respuesta:  # noqa: S310
            respuesta.read(100)
    except (OSError, urllib.error.URLError, ValueError) as error:
        logger.error("No se envió el aviso al webhook: %s", type(error).__name__)
        return False
    return True
