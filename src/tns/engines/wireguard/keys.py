"""Keys of a peer: Curve25519 (RFC 7748) and the optional preshared key."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tns.engines.wireguard import values


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A private key and its public half, both as base64 of 32 bytes."""

    private: str = field(repr=False)
    public: str


def new_key_pair() -> KeyPair:
    """Make a pair; the private key is stored clamped, so that every tool prints the same text for it."""
    raw = bytearray(secrets.token_bytes(32))
    raw[0] &= 248
    raw[31] = (raw[31] & 127) | 64
    private = base64.b64encode(bytes(raw)).decode()
    return KeyPair(private, public_key(private))


def public_key(private: str) -> str:
    """The public key of a private one; raises InvalidValue when it is not a key."""
    raw = base64.b64decode(values.key(private))
    public = X25519PrivateKey.from_private_bytes(raw).public_key()
    return base64.b64encode(public.public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()


def new_preshared_key() -> str:
    """32 random bytes as base64."""
    return base64.b64encode(secrets.token_bytes(32)).decode()
