"""When a database server does not answer: is it the tunnel, or what stands behind it?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.timesince import timesince

from tns.engines.errors import TNSError
from tns.servidores.models import Servidor
from tns.vpn import muestreo
from tns.vpn.models import VpnConfig

FRESCO = timedelta(seconds=75)
LIMITE_S = 5.0


def estado_del_tunel(servidor: Servidor) -> dict[str, Any] | None:
    """State of the tunnel through which `servidor` is reached and a verdict; None when it uses none.

    A reading younger than a sampling interval is used as it is; an older one is made anew, within seconds.
    """
    config = servidor.vpn_configs.select_related("servidor_wireguard").order_by("-activo", "id").first()
    if config is None:
        return None
    error = _refrescar(config)
    return {
        "config_id": config.pk,
        "nombre": config.nombre,
        "en_linea": config.en_linea,
        "ultimo_handshake": config.ultimo_handshake.isoformat() if config.ultimo_handshake else None,
        "leido": config.leido.isoformat() if config.leido else None,
        "culpable": _culpable(config, error),
        "veredicto": _veredicto(servidor, config, error),
    }


def _refrescar(config: VpnConfig) -> TNSError | None:
    if config.leido is not None and timezone.now() - config.leido < FRESCO:
        return None
    try:
        muestreo.leer_ahora(config, limite_s=LIMITE_S)
    except TNSError as error:
        return error
    return None


def _culpable(config: VpnConfig, error: TNSError | None) -> str:
    if not config.debe_estar(timezone.now()):
        return "tunel"
    if error is not None:
        return "desconocido"
    return "servidor" if config.en_linea else "tunel"


def _veredicto(servidor: Servidor, config: VpnConfig, error: TNSError | None) -> str:
    nombre = f"El túnel «{config.nombre}»"
    if not config.debe_estar(timezone.now()):
        return f"{nombre} está deshabilitado o vencido: habilítelo para llegar a este servidor."
    if error is not None:
        return f"No se pudo leer el estado del túnel «{config.nombre}»: {error.detalle}"
    if config.en_linea:
        return (
            f"{nombre} está en línea: revise en el equipo del cliente que {servidor.get_tipo_servidor_display()} esté "
            f"en marcha, que escuche en el puerto {servidor.puerto} y que el cortafuegos lo permita."
        )
    if config.ultimo_handshake is None:
        return f"{nombre} nunca se ha conectado: active la configuración en el equipo del cliente."
    hace = timesince(config.ultimo_handshake)
    return f"{nombre} está caído desde hace {hace}: revise Internet y WireGuard en el equipo del cliente."
