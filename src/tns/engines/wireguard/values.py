"""The gate for everything a person typed: what passes here may stand in a file or in a command.

Each function returns the canonical form or raises `InvalidValue`. But for the name of a peer, which only ever stands in
a comment, nothing that passes holds a space, a quote or any character with a meaning for a shell.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
import unicodedata
from collections.abc import Iterable

from tns.engines.wireguard.errors import InvalidValue

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
IPNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network

_INTERFACE = re.compile(r"[A-Za-z0-9_=+.-]{1,15}")
_USER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@-]{0,63}")
_HOST = re.compile(r"(?=.{1,253}\Z)[A-Za-z0-9_]([A-Za-z0-9_-]{0,62})(\.[A-Za-z0-9_][A-Za-z0-9_-]{0,62})*\.?")
_PATH = re.compile(r"(/[A-Za-z0-9_+.@-]{1,255})+")


def interface_name(value: str) -> str:
    """A Linux interface name (at most 15 characters), never one that could be read as an option or a directory."""
    if not _INTERFACE.fullmatch(value) or value[0] in "-.=+":
        raise InvalidValue(
            f"«{_shown(value)}» no es un nombre de interfaz válido.",
            que_hacer="Use hasta 15 letras, números, puntos o guiones, por ejemplo wg0.",
        )
    return value


def user_name(value: str) -> str:
    """The name of a Unix account."""
    if not _USER.fullmatch(value):
        raise InvalidValue(f"«{_shown(value)}» no es un usuario SSH válido.")
    return value


def host(value: str) -> str:
    """A host name or an IP address, without port or brackets."""
    try:
        return str(ipaddress.ip_address(value))
    except ValueError:
        if not _HOST.fullmatch(value):
            raise InvalidValue(
                f"«{_shown(value)}» no es un host válido.",
                que_hacer="Escriba un nombre (vpn.ejemplo.co) o una dirección IP, sin puerto.",
            ) from None
        return value


def port(value: int) -> int:
    """A TCP or UDP port, 1 to 65535."""
    if not 1 <= value <= 65535:
        raise InvalidValue(f"{value} no es un puerto válido.", que_hacer="Use un número entre 1 y 65535.")
    return value


def endpoint(value: str) -> str:
    """`host:port` (IPv6 in brackets), as WireGuard writes it."""
    name, separator, number = value.rpartition(":")
    if not separator or not number.isascii() or not number.isdigit() or len(number) > 5:
        raise InvalidValue(f"«{_shown(value)}» no es un endpoint válido.", que_hacer="Escríbalo como host:puerto.")
    if name.startswith("[") and name.endswith("]"):
        return f"[{ipv6(name[1:-1])}]:{port(int(number))}"
    return f"{host(name)}:{port(int(number))}"


def ipv6(value: str) -> str:
    """An IPv6 address without zone."""
    try:
        return str(ipaddress.IPv6Address(value.partition("%")[0]))
    except ValueError:
        raise InvalidValue(f"«{_shown(value)}» no es una dirección IPv6 válida.") from None


def conf_path(value: str) -> str:
    """An absolute path of plain characters that ends in .conf and climbs nowhere."""
    if len(value) > 255 or not _PATH.fullmatch(value) or ".." in value.split("/") or not value.endswith(".conf"):
        raise InvalidValue(
            f"«{_shown(value)}» no es una ruta válida para el archivo de la interfaz.",
            que_hacer="Use una ruta absoluta sin espacios que termine en .conf, por ejemplo /etc/wireguard/wg0.conf.",
        )
    return value


def key(value: str) -> str:
    """A Curve25519 or preshared key: 32 bytes in canonical base64."""
    try:
        raw = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != 32 or base64.b64encode(raw).decode() != value:
        raise InvalidValue(
            "La llave no es válida.", codigo="llave_no_valida", que_hacer="Debe tener 44 caracteres y terminar en «=»."
        )
    return value


def network(value: str) -> IPNetwork:
    """An address with its prefix; host bits are dropped, as WireGuard does."""
    try:
        return ipaddress.ip_network(value.strip(), strict=False)
    except ValueError:
        raise InvalidValue(
            f"«{_shown(value)}» no es una red válida.",
            que_hacer="Escríbala como dirección/prefijo, por ejemplo 10.8.3.0/24.",
        ) from None


def networks(values: Iterable[str]) -> tuple[IPNetwork, ...]:
    """Several networks, in the order given."""
    return tuple(network(value) for value in values)


def peer_name(value: str) -> str:
    """A name for people: one line of printable characters, at most 80."""
    name = unicodedata.normalize("NFC", value).strip()
    if not name or len(name) > 80 or not name.isprintable():
        raise InvalidValue("El nombre no es válido.", que_hacer="Use una sola línea de hasta 80 caracteres visibles.")
    return name


def _shown(value: str) -> str:
    return "".join(char if char.isprintable() else "·" for char in value[:60])
