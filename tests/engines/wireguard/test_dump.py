"""`wg show dump` is read to the letter, and anything else is refused without being shown."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tns.engines.wireguard.dump import parse_dump
from tns.engines.wireguard.errors import UnexpectedOutput


def key(number: int) -> str:
    return base64.b64encode(number.to_bytes(32, "big")).decode()


HEAD = f"(hidden)\t{key(1)}\t51820\toff"
PEER = f"{key(2)}\t{key(3)}\t198.51.100.7:40000\t10.8.3.2/32,fd00::2/128\t1700000000\t148\t92\t25"
NEVER = f"{key(4)}\t(none)\t(none)\t(none)\t0\t0\t0\toff"


def test_reads_interface_and_peers() -> None:
    dump = parse_dump("\n".join([HEAD, PEER, NEVER]) + "\n")
    first, second = dump.peers
    assert (dump.public_key, dump.listen_port) == (key(1), 51820)
    assert (first.endpoint, first.rx_bytes, first.tx_bytes, first.keepalive) == ("198.51.100.7:40000", 148, 92, 25)
    assert [str(ip) for ip in first.allowed_ips] == ["10.8.3.2/32", "fd00::2/128"]
    assert first.latest_handshake == datetime.fromtimestamp(1700000000, UTC)
    assert (second.latest_handshake, second.endpoint, second.allowed_ips) == (None, "", ())


def test_a_peer_is_online_for_three_minutes_after_its_handshake() -> None:
    peer = parse_dump(f"{HEAD}\n{PEER}").peers[0]
    then = datetime.fromtimestamp(1700000000, UTC)
    assert peer.online(then + timedelta(seconds=179))
    assert not peer.online(then + timedelta(seconds=180))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Unable to access interface: No such device",
        HEAD.replace("51820", "70000"),
        f"{HEAD}\n{PEER}\textra",
        f"{HEAD}\n{PEER.replace(key(2), 'llave')}",
        f"{HEAD}\n{PEER.replace('1700000000', '-1')}",
        f"{HEAD}\n{PEER.replace('1700000000', '9' * 30)}",
        f"{HEAD}\n{PEER.replace('148', '١٤٨')}",
        f"{HEAD}\n{PEER.replace('10.8.3.2/32', '10.8.3.2/33')}",
        f"{HEAD}\n\n",
    ],
)
def test_malformed_output_is_refused_without_showing_it(text: str) -> None:
    with pytest.raises(UnexpectedOutput) as caught:
        parse_dump(text)
    assert key(3) not in str(caught.value)


@given(
    st.text(max_size=200) | st.lists(st.text(max_size=12), max_size=9).map(lambda parts: HEAD + "\n" + "\t".join(parts))
)
def test_no_output_whatever_raises_anything_else(text: str) -> None:
    try:
        parse_dump(text)
    except UnexpectedOutput:
        return
