"""A peer as it ought to be: what the database wants, before any file or command."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from tns.engines.wireguard import values


@dataclass(frozen=True, slots=True)
class PeerSpec:
    """Build it with `PeerSpec.checked`, which validates; the fields then may stand in files and commands."""

    public_key: str
    allowed_ips: tuple[values.IPNetwork, ...]
    preshared_key: str = field(default="", repr=False)
    endpoint: str = ""
    keepalive: int | None = None
    name: str = ""

    @classmethod
    def checked(
        cls,
        *,
        public_key: str,
        allowed_ips: Iterable[str],
        preshared_key: str = "",
        endpoint: str = "",
        keepalive: int | None = None,
        name: str = "",
    ) -> PeerSpec:
        """Validate every part; raises InvalidValue."""
        return cls(
            public_key=values.key(public_key),
            allowed_ips=values.networks(allowed_ips),
            preshared_key=values.key(preshared_key) if preshared_key else "",
            endpoint=values.endpoint(endpoint) if endpoint else "",
            keepalive=values.port(keepalive) if keepalive else None,
            name=values.peer_name(name) if name else "",
        )

    def allowed_text(self) -> str:
        """Allowed IPs as `wg` takes them."""
        return ",".join(str(network) for network in self.allowed_ips)
