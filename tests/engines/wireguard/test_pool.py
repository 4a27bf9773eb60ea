"""The pool gives the lowest free host address, whatever is taken."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tns.engines.wireguard import pool
from tns.engines.wireguard.errors import PoolExhausted
from tns.engines.wireguard.values import IPNetwork, network

_SMALL = st.integers(26, 32).flatmap(
    lambda prefix: st.integers(0, 255).map(lambda last: network(f"10.8.3.{last}/{prefix}"))
)
_TAKEN = st.lists(
    st.tuples(st.integers(0, 255), st.integers(25, 32)).map(lambda pair: network(f"10.8.3.{pair[0]}/{pair[1]}")),
    max_size=40,
)


@given(_SMALL, _TAKEN)
def test_gives_the_lowest_address_nobody_covers(mine: IPNetwork, taken: list[IPNetwork]) -> None:
    occupants = [net for net in taken if net.prefixlen > mine.prefixlen or mine.prefixlen == 32]
    free = [host for host in mine.hosts() if not any(host in net for net in occupants)]
    if free:
        assert pool.next_free(mine, taken) == free[0]
        assert pool.is_assignable(mine, free[0])
    else:
        with pytest.raises(PoolExhausted):
            pool.next_free(mine, taken)


@given(st.integers(1, 60))
def test_taking_one_after_another_never_repeats_and_ends_in_exhaustion(size: int) -> None:
    mine, taken = network("10.8.3.0/26"), []
    for _ in range(min(size, 62)):
        taken.append(pool.next_free(mine, taken))
    assert len(set(taken)) == len(taken)
    assert all(pool.is_assignable(mine, address) for address in taken)


def test_an_enormous_ipv6_network_costs_nothing() -> None:
    mine = network("fd00:8:3::/64")
    assert str(pool.next_free(mine, [ipaddress.ip_address("fd00:8:3::1")])) == "fd00:8:3::2"


def test_a_peer_that_is_the_way_out_of_everybody_does_not_exhaust_the_pool() -> None:
    assert str(pool.next_free(network("10.8.3.0/24"), [network("0.0.0.0/0"), network("::/0")])) == "10.8.3.1"


def test_a_full_network_is_named_in_the_error() -> None:
    with pytest.raises(PoolExhausted, match=r"10\.8\.3\.0/30"):
        pool.next_free(network("10.8.3.0/30"), [network("10.8.3.1/32"), network("10.8.3.2/32")])


@pytest.mark.parametrize(
    ("address", "good"), [("10.8.3.0", 0), ("10.8.3.255", 0), ("10.8.4.1", 0), ("10.8.3.254", 1), ("fd00::1", 0)]
)
def test_only_host_addresses_of_the_network_are_assignable(address: str, good: int) -> None:
    assert pool.is_assignable(network("10.8.3.0/24"), ipaddress.ip_address(address)) is bool(good)
