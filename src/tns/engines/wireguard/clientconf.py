"""The customer's side: the `.conf` that wg-quick and the WireGuard apps import, and its QR."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from tns.engines.wireguard import values
from tns.engines.wireguard.errors import InvalidValue

KEY_PLACEHOLDER = "PEGUE_AQUI_SU_LLAVE_PRIVADA"
"""Stands in the file of a customer who keeps the private key."""


@dataclass(frozen=True, slots=True)
class ClientConf:
    """All a client needs. Build it with `ClientConf.checked`."""

    name: str
    private_key: str = field(repr=False)
    addresses: tuple[str, ...]
    server_public_key: str
    endpoint: str
    allowed_ips: tuple[values.IPNetwork, ...]
    preshared_key: str = field(repr=False)
    dns: tuple[str, ...]
    mtu: int | None
    keepalive: int | None

    @classmethod
    def checked(
        cls,
        *,
        name: str,
        private_key: str,
        addresses: Iterable[str],
        server_public_key: str,
        endpoint: str,
        allowed_ips: Iterable[str],
        preshared_key: str = "",
        dns: Iterable[str] = (),
        mtu: int | None = None,
        keepalive: int | None = None,
    ) -> ClientConf:
        """Validate every part; an empty `private_key` is the client's own affair.

        Raises:
            InvalidValue: a part that may not stand in the file, or no address, network or endpoint at all.
        """
        own, allowed = tuple(str(values.network(address)) for address in addresses), values.networks(allowed_ips)
        if not own or not allowed:
            raise InvalidValue("La configuración no tiene dirección o no tiene redes permitidas.")
        if mtu is not None and not 576 <= mtu <= 9000:
            raise InvalidValue(
                f"{mtu} no es un MTU válido.", que_hacer="Use un valor entre 576 y 9000; 1420 es el habitual."
            )
        return cls(
            name=values.peer_name(name),
            private_key=values.key(private_key) if private_key else "",
            addresses=own,
            server_public_key=values.key(server_public_key),
            endpoint=values.endpoint(endpoint),
            allowed_ips=allowed,
            preshared_key=values.key(preshared_key) if preshared_key else "",
            dns=tuple(values.host(server) for server in dns),
            mtu=mtu,
            keepalive=values.port(keepalive) if keepalive else None,
        )

    def render(self) -> str:
        """The file's text, LF line ends."""
        lines = [f"# {self.name}", "[Interface]", f"PrivateKey = {self.private_key or KEY_PLACEHOLDER}"]
        lines.append(f"Address = {', '.join(self.addresses)}")
        if self.dns:
            lines.append(f"DNS = {', '.join(self.dns)}")
        if self.mtu:
            lines.append(f"MTU = {self.mtu}")
        lines += ["", "[Peer]", f"PublicKey = {self.server_public_key}"]
        if self.preshared_key:
            lines.append(f"PresharedKey = {self.preshared_key}")
        lines.append(f"Endpoint = {self.endpoint}")
        lines.append(f"AllowedIPs = {', '.join(str(network) for network in self.allowed_ips)}")
        if self.keepalive:
            lines.append(f"PersistentKeepalive = {self.keepalive}")
        return "\n".join(lines) + "\n"


def file_name(name: str) -> str:
    """A file name for `name` that wg-quick accepts: its stem is an interface name of at most 15 characters."""
    ascii_text = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    stem = re.sub(r"[^A-Za-z0-9]+", "-", ascii_text).strip("-").lower()[:15].strip("-")
    return f"{stem or 'tunel'}.conf"


def qr_svg(text: str) -> bytes:
    """The QR of a file as an SVG that scales, black on white with its quiet zone."""
    return _qr(text, "svg", scale=4, dark="#000", light="#fff", xmldecl=False)


def qr_png(text: str, *, scale: int = 6) -> bytes:
    """The QR of a file as PNG, `scale` pixels a module."""
    return _qr(text, "png", scale=scale)


def _qr(text: str, kind: str, **options: object) -> bytes:
    import segno

    out = io.BytesIO()
    segno.make_qr(text, error="m").save(out, kind=kind, **options)
    return out.getvalue()
