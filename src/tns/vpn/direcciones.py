"""Which address a new tunnel gets."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from tns.common.problemas import Conflicto, DatosInvalidos
from tns.engines.wireguard import pool
from tns.engines.wireguard.values import IPAddress, IPNetwork, network
from tns.vpn.models import ServidorWireGuard, VpnConfig


class DireccionOcupada(Conflicto):
    codigo = "direccion_ocupada"
    que_hacer_por_defecto = "Elija otra dirección o deje el campo vacío para recibir la siguiente libre."


def tomadas(servidor: ServidorWireGuard, *, menos: VpnConfig | None = None) -> list[IPNetwork]:
    """Everything in use: by the server itself, by peers found there, and by our own rows (`menos` does not count)."""
    filas = VpnConfig.objects.filter(servidor_wireguard=servidor)
    if menos is not None:
        filas = filas.exclude(pk=menos.pk)
    return [*map(network, servidor.ocupadas), *_de_filas(servidor, filas.values_list(*_COLUMNAS))]


_COLUMNAS = ("ip_address", "ipv6_address", "redes_adicionales")


def _de_filas(servidor: ServidorWireGuard, filas: object) -> Iterator[IPNetwork]:
    for propia in (servidor.direccion_ipv4, servidor.direccion_ipv6):
        if propia:
            yield ipaddress.ip_network(propia)
    for ipv4, ipv6, otras in filas:  # type: ignore[attr-defined]
        yield from (ipaddress.ip_network(ip) for ip in (ipv4, ipv6) if ip)
        yield from (network(otra) for otra in otras)


def siguiente(red: str, ocupadas: list[IPNetwork]) -> str:
    """The next free address of `red`; raises PoolExhausted."""
    return str(pool.next_free(network(red), ocupadas))


def exigir_libre(red: str, direccion: str, ocupadas: list[IPNetwork], *, campo: str) -> str:
    """`direccion` when it may be given; raises DatosInvalidos for one outside the network, DireccionOcupada."""
    ip: IPAddress = ipaddress.ip_address(direccion)
    propia = network(red) if red else None
    if propia is None or not pool.is_assignable(propia, ip):
        raise DatosInvalidos({campo: [f"No es una dirección asignable de la red {red or '(sin red)'}."]})
    if any(ip in ocupada for ocupada in ocupadas if ocupada.prefixlen > propia.prefixlen):
        raise DireccionOcupada(f"La dirección {ip} ya está en uso en este servidor.", datos={"direccion": str(ip)})
    return str(ip)
