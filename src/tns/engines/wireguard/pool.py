"""Addresses of a server's network: the next free one, among millions if need be, without listing them."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator

from tns.engines.wireguard.errors import PoolExhausted
from tns.engines.wireguard.values import IPAddress, IPNetwork


def next_free(pool: IPNetwork, occupied: Iterable[IPNetwork | IPAddress]) -> IPAddress:
    """The lowest host address of `pool` that no element of `occupied` covers.

    The network and broadcast addresses (IPv4) and the subnet-router anycast (IPv6) are never given. A network in
    `occupied` that covers the whole pool (a default route, say) is not an occupant: it is somebody's way out.

    Raises:
        PoolExhausted: every address is covered.
    """
    candidate, last = _host_range(pool)
    for first_taken, last_taken in sorted(occupied_ranges(pool, occupied)):
        if first_taken > candidate:
            break
        candidate = max(candidate, last_taken + 1)
    if candidate > last:
        raise PoolExhausted(
            f"La red {pool} no tiene direcciones libres.", datos={"red": str(pool), "direcciones": pool.num_addresses}
        )
    return pool.network_address + (candidate - int(pool.network_address))


def is_assignable(pool: IPNetwork, address: IPAddress) -> bool:
    """Whether `address` is one of the host addresses of `pool`."""
    if address.version != pool.version:
        return False
    first, last = _host_range(pool)
    return first <= int(address) <= last


def used(pool: IPNetwork, occupied: Iterable[IPNetwork | IPAddress]) -> tuple[int, int]:
    """How many host addresses of `pool` are covered, and how many there are."""
    first, last = _host_range(pool)
    count, reached = 0, first - 1
    for start, end in sorted(occupied_ranges(pool, occupied)):
        start, end = max(start, reached + 1), min(end, last)
        if start <= end:
            count, reached = count + end - start + 1, end
    return count, last - first + 1


def occupied_ranges(pool: IPNetwork, occupied: Iterable[IPNetwork | IPAddress]) -> Iterator[tuple[int, int]]:
    """The parts of `pool` that `occupied` covers, as inclusive integer ranges in no order."""
    for item in occupied:
        network = ipaddress.ip_network(item)
        if (
            network.version != pool.version
            or not network.overlaps(pool)
            or network.prefixlen <= pool.prefixlen < pool.max_prefixlen
        ):
            continue
        yield int(network.network_address), int(network.broadcast_address)


def _host_range(pool: IPNetwork) -> tuple[int, int]:
    first, last = int(pool.network_address), int(pool.broadcast_address)
    spare = pool.max_prefixlen - pool.prefixlen
    if spare >= 2:
        return first + 1, last - 1 if pool.version == 4 else last
    return first, last
