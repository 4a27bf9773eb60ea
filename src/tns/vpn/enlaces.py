"""One-time links: a token that gives a configuration once, to whoever holds it, until it expires."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from tns.common.problemas import NoEncontrado
from tns.vpn import actos, selectors
from tns.vpn.actos import Acto
from tns.vpn.models import VpnConfig, VpnEnlace

MAXIMO = timedelta(days=7)


def crear_enlace(*, config: VpnConfig, usuario: Any, horas: float = 24) -> tuple[VpnEnlace, str]:
    """A link of at most a week, and its token, told this once. Raises Conflicto when there is no file to give yet."""
    selectors.conf_del_cliente(config)
    token = secrets.token_urlsafe(32)
    enlace = VpnEnlace.objects.create(
        config=config,
        token_sha256=_huella(token),
        creado_por=usuario,
        expira=timezone.now() + min(timedelta(hours=horas), MAXIMO),
    )
    actos.hecho(Acto.CREAR_ENLACE, config, expira=enlace.expira)
    return enlace, token


def vigente(token: str) -> VpnEnlace:
    """The link of a token, without spending it; raises NoEncontrado, the same for unknown, used and expired."""
    enlace = _consulta(token).first()
    if enlace is None:
        raise _inexistente()
    return enlace


def usar(token: str) -> tuple[VpnConfig, str]:
    """Spend the link: the configuration and its file's text. Of two at the same time, one gets it."""
    with transaction.atomic():
        enlace = _consulta(token).select_for_update(of=("self",)).first()
        if enlace is None:
            raise _inexistente()
        texto = selectors.conf_del_cliente(enlace.config)
        enlace.usado = timezone.now()
        enlace.save(update_fields=["usado"])
        actos.hecho(Acto.USAR_ENLACE, enlace.config, enlace=str(enlace.id))
    return enlace.config, texto


def _consulta(token: str) -> Any:
    return VpnEnlace.objects.select_related("config__servidor_wireguard").filter(
        token_sha256=_huella(token), usado=None, expira__gt=timezone.now(), config__eliminando=False
    )


def _huella(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _inexistente() -> NoEncontrado:
    return NoEncontrado(
        "Este enlace no existe, ya se usó o venció.",
        codigo="enlace_no_vigente",
        que_hacer="Pida uno nuevo a quien administra la VPN.",
    )
