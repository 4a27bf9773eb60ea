"""The two ways out of an alarm: e-mail and webhook. Neither raises; what failed is logged and answered."""

from __future__ import annotations

import json
import logging
import urllib.error
import urllib.request
from typing import Any

from django.conf import settings
from django.core.mail import send_mail

logger = logging.getLogger(__name__)


def hay_a_quien() -> bool:
    """Whether anybody is to be told anything."""
    return bool(settings.TNS_AVISOS_CORREO or settings.TNS_AVISOS_WEBHOOK)


def entregar(asunto: str, texto: str, cuerpo: dict[str, Any]) -> bool:
    """Whether at least one way worked, so that a broken webhook does not repeat the e-mail for ever."""
    vias = []
    if settings.TNS_AVISOS_CORREO:
        vias.append(_por_correo(asunto, texto))
    if settings.TNS_AVISOS_WEBHOOK:
        vias.append(_por_webhook({"asunto": asunto} | cuerpo))
    return any(vias)


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
