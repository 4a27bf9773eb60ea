"""Reading `wg show INTERFACE dump`: one line for the interface, one for each peer, fields separated by tabs.

Interface: private key, public key, listen port, fwmark. Peer: public key, preshared key, endpoint, allowed IPs
(commas), latest handshake (Unix seconds, 0 = never), bytes received, bytes sent, persistent keepalive in seconds or
`off`. Source: wg(8) of wireguard-tools.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tns.engines.wireguard import values
from tns.engines.wireguard.errors import InvalidValue, UnexpectedOutput

ONLINE_WITHIN = timedelta(seconds=180)
"""A live session rehandshakes every 120 s of traffic and is rejected at 180 s (REJECT_AFTER_TIME of the protocol)."""

_MAX_PEERS = 20_000
_MAX_COUNTER = 2**63 - 1
_MAX_EPOCH = 253_402_300_799  # the last second datetime can hold


@dataclass(frozen=True, slots=True)
class LivePeer:
    """One peer as the running interface knows it; counters are bytes as seen by the server."""

    public_key: str
    preshared_key: str = field(repr=False)
    endpoint: str
    allowed_ips: tuple[values.IPNetwork, ...]
    latest_handshake: datetime | None
    rx_bytes: int
    tx_bytes: int
    keepalive: int | None

    def online(self, now: datetime) -> bool:
        """Whether its session is alive at `now`."""
        return self.latest_handshake is not None and now - self.latest_handshake < ONLINE_WITHIN


@dataclass(frozen=True, slots=True)
class InterfaceDump:
    """The running interface; its own private key is never kept."""

    public_key: str
    listen_port: int
    peers: tuple[LivePeer, ...]

    def peer(self, public_key: str) -> LivePeer | None:
        """The peer with that key, if the interface has it."""
        return next((peer for peer in self.peers if peer.public_key == public_key), None)


def parse_dump(text: str) -> InterfaceDump:
    """Read the whole output.

    Raises:
        UnexpectedOutput: anything that is not what wg(8) promises; says the line number, never its content, which may
            hold keys.
    """
    lines = text.splitlines()
    if not lines or len(lines) > _MAX_PEERS + 1:
        raise UnexpectedOutput("El servidor no devolvió el estado de la interfaz WireGuard.")
    head = lines[0].split("\t")
    if len(head) != 4:
        raise _bad_line(1)
    try:
        public = "" if head[1] == "(none)" else values.key(head[1])
        return InterfaceDump(public, _number(head[2], 65535), tuple(_peers(lines[1:])))
    except (InvalidValue, ValueError):
        raise _bad_line(1) from None


def _peers(lines: list[str]) -> list[LivePeer]:
    peers: dict[str, LivePeer] = {}
    for number, line in enumerate(lines, start=2):
        try:
            peer = _peer(line.split("\t"))
        except (InvalidValue, ValueError):
            raise _bad_line(number) from None
        peers[peer.public_key] = peer
    return list(peers.values())


def _peer(fields: list[str]) -> LivePeer:
    public, preshared, endpoint, allowed, handshake, rx, tx, keepalive = fields
    seconds = _number(handshake, _MAX_EPOCH)
    return LivePeer(
        public_key=values.key(public),
        preshared_key="" if preshared in ("(none)", "(hidden)") else values.key(preshared),
        endpoint="" if endpoint == "(none)" else values.endpoint(endpoint),
        allowed_ips=() if allowed == "(none)" else values.networks(allowed.split(",")),
        latest_handshake=datetime.fromtimestamp(seconds, UTC) if seconds else None,
        rx_bytes=_number(rx, _MAX_COUNTER),
        tx_bytes=_number(tx, _MAX_COUNTER),
        keepalive=None if keepalive == "off" else _number(keepalive, 65535),
    )


def _number(text: str, maximum: int) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 20 or int(text) > maximum:
        raise ValueError("not a number in range")
    return int(text)


def _bad_line(number: int) -> UnexpectedOutput:
    return UnexpectedOutput(f"No se entiende la línea {number} de lo que respondió «wg show».", datos={"linea": number})
