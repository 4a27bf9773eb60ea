"""Reading tunnels and their history."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_address

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from tns.common.problemas import Conflicto
from tns.engines.wireguard import pool
from tns.engines.wireguard.clientconf import ClientConf
from tns.engines.wireguard.values import network
from tns.vpn.models import ServidorWireGuard, VpnConfig, VpnMuestra
from tns.vpn.plan import direcciones


def configs() -> QuerySet[VpnConfig]:
    return VpnConfig.objects.select_related("servidor_wireguard", "servidor")


def servidores() -> QuerySet[ServidorWireGuard]:
    return ServidorWireGuard.objects.annotate(
        total_configs=Count("configs"), pendientes=Count("configs", filter=Q(configs__estado="PENDIENTE"))
    ).order_by("nombre")  # grouping drops the model's own order


def historial(config: VpnConfig, *, horas: int) -> QuerySet[VpnMuestra]:
    """Samples of the last `horas` hours, oldest first."""
    return config.muestras.filter(instante__gte=timezone.now() - timedelta(hours=horas)).order_by("instante")


def llaves_conocidas(servidor: ServidorWireGuard) -> set[str]:
    """Public keys of this server that a row answers for, the ones being rotated away included."""
    filas = VpnConfig.objects.filter(servidor_wireguard=servidor).values_list("public_key", "anterior_public_key")
    return {llave for fila in filas for llave in fila if llave}


def direcciones_dadas(servidor: ServidorWireGuard, version: str) -> list[str]:
    """Addresses of its configurations, `version` ipv4 or ipv6, inside the server's own network of that family."""
    columna = {"ipv4": "ip_address", "ipv6": "ipv6_address"}[version]
    propia = getattr(servidor, f"red_{version}")
    if not propia:
        return []
    dadas = servidor.configs.exclude(**{columna: None}).values_list(columna, flat=True)
    return [ip for ip in dadas if pool.is_assignable(network(propia), ip_address(ip))]


def conf_del_cliente(config: VpnConfig) -> str:
    """The text of the client's file, with its private key when it was made here.

    Raises Conflicto when the server has not been tested (its public key is unknown) or the peer was imported, whose
    private key only the client has.
    """
    servidor = config.servidor_wireguard
    if not servidor.public_key:
        raise Conflicto(
            "Todavía no se conoce la llave pública del servidor WireGuard.",
            codigo="servidor_sin_probar",
            que_hacer="Pruebe el servidor y vuelva a descargar la configuración.",
        )
    propias = [red for red in direcciones(config) if red not in config.redes_adicionales]
    return ClientConf.checked(
        name=config.nombre,
        private_key=config.private_key.revelar(),
        addresses=propias or direcciones(config),
        server_public_key=servidor.public_key,
        endpoint=servidor.endpoint,
        allowed_ips=servidor.redes_permitidas or [str(red) for red in servidor.redes],
        preshared_key=config.preshared_key.revelar(),
        dns=servidor.dns,
        mtu=servidor.mtu,
        keepalive=servidor.keepalive,
    ).render()
