"""From a row to what must be on the server: pure, so that applying and reconciling never disagree."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import datetime

from tns.engines.wireguard.peer import PeerSpec
from tns.vpn.models import VpnConfig


@dataclass(frozen=True, slots=True)
class Plan:
    """Peers that must be on the server, in the order to apply them, and public keys that must not.

    `reemplaza` is the old key that leaves in the same command as the last peer arrives, empty when none does.
    """

    peers: tuple[PeerSpec, ...]
    fuera: tuple[str, ...]
    reemplaza: str = ""


def direcciones(config: VpnConfig) -> list[str]:
    """The peer's own addresses with full prefix, then its further networks."""
    propias = [str(ipaddress.ip_network(ip)) for ip in (config.ip_address, config.ipv6_address) if ip]
    return [*propias, *config.redes_adicionales]


def planear(config: VpnConfig, ahora: datetime) -> Plan:
    """What the server must hold for this row.

    While a rotation overlaps, the old key keeps the address (two peers cannot share one) and the new key waits without
    any: it can shake hands, which is how the change is noticed, and then takes the address in a single command.
    """
    llaves = tuple(llave for llave in (config.anterior_public_key, config.public_key) if llave)
    if not config.debe_estar(ahora):
        return Plan((), llaves)
    if not config.anterior_public_key:
        return Plan((_peer(config, direcciones(config)),), ())
    if config.anterior_hasta is None or config.anterior_hasta <= ahora:
        return Plan((_peer(config, direcciones(config)),), (config.anterior_public_key,), config.anterior_public_key)
    anterior = PeerSpec.checked(
        public_key=config.anterior_public_key,
        allowed_ips=direcciones(config),
        preshared_key=config.anterior_preshared_key.revelar(),
        endpoint=config.endpoint_fijo,
        keepalive=config.keepalive_servidor,
        name=config.nombre,
    )
    return Plan((anterior, _peer(config, [])), ())


def _peer(config: VpnConfig, permitidas: list[str]) -> PeerSpec:
    return PeerSpec.checked(
        public_key=config.public_key,
        allowed_ips=permitidas,
        preshared_key=config.preshared_key.revelar(),
        endpoint=config.endpoint_fijo,
        keepalive=config.keepalive_servidor,
        name=config.nombre,
    )
