"""What the database says, beside what the running interface and its file say; each difference can be repaired."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from tns.engines.wireguard.conffile import FilePeer
from tns.engines.wireguard.dump import LivePeer
from tns.engines.wireguard.peer import PeerSpec
from tns.engines.wireguard.remote import Snapshot


class DriftKind(StrEnum):
    """Stable slugs, part of the API."""

    MISSING_LIVE = "falta_en_interfaz"
    MISSING_FILE = "falta_en_archivo"
    DIFFERENT_LIVE = "distinto_en_interfaz"
    DIFFERENT_FILE = "distinto_en_archivo"
    LEFTOVER_LIVE = "sobra_en_interfaz"
    LEFTOVER_FILE = "sobra_en_archivo"
    UNKNOWN_LIVE = "desconocido_en_interfaz"
    UNKNOWN_FILE = "desconocido_en_archivo"


@dataclass(frozen=True, slots=True)
class Drift:
    """One difference, told by the peer's public key; `detail` is Spanish and holds no secret."""

    kind: DriftKind
    public_key: str
    name: str
    detail: str


def compare(wanted: Iterable[PeerSpec], gone: Iterable[str], found: Snapshot) -> list[Drift]:
    """List every difference.

    Args:
        wanted: the peers that must be there.
        gone: public keys this program knows and that must not be there (disabled, deleted, rotated away).
        found: the server.
    """
    live = {peer.public_key: peer for peer in found.live.peers}
    file = {peer.public_key: peer for peer in found.conf().peers()[0]}
    drifts: list[Drift] = []
    known = set(gone)
    for spec in wanted:
        known.add(spec.public_key)
        drifts += _of_wanted(spec, live.get(spec.public_key), file.get(spec.public_key))
    for key in gone:
        if key in live:
            drifts.append(Drift(DriftKind.LEFTOVER_LIVE, key, "", "Debería estar fuera y sigue en la interfaz."))
        if key in file:
            drifts.append(
                Drift(DriftKind.LEFTOVER_FILE, key, file[key].name, "Debería estar fuera y sigue en el archivo.")
            )
    drifts += [
        Drift(
            DriftKind.UNKNOWN_LIVE, key, "", f"En la interfaz hay un peer que no está registrado aquí ({_ips(peer)})."
        )
        for key, peer in live.items()
        if key not in known
    ]
    drifts += [
        Drift(
            DriftKind.UNKNOWN_FILE,
            key,
            peer.name,
            f"En el archivo hay un peer que no está registrado aquí ({_ips(peer)}).",
        )
        for key, peer in file.items()
        if key not in known
    ]
    return drifts


def _of_wanted(spec: PeerSpec, live: LivePeer | None, file: FilePeer | None) -> list[Drift]:
    drifts: list[Drift] = []
    if live is None:
        drifts.append(Drift(DriftKind.MISSING_LIVE, spec.public_key, spec.name, "No está en la interfaz."))
    elif difference := _difference(spec, live):
        drifts.append(Drift(DriftKind.DIFFERENT_LIVE, spec.public_key, spec.name, f"En la interfaz, {difference}."))
    if file is None:
        drifts.append(Drift(DriftKind.MISSING_FILE, spec.public_key, spec.name, "No está en el archivo."))
    elif difference := _difference(spec, file):
        drifts.append(Drift(DriftKind.DIFFERENT_FILE, spec.public_key, spec.name, f"En el archivo, {difference}."))
    return drifts


def _difference(spec: PeerSpec, found: LivePeer | FilePeer) -> str:
    parts = []
    if set(found.allowed_ips) != set(spec.allowed_ips):
        parts.append(f"sus direcciones son {_ips(found)} y deberían ser {spec.allowed_text()}")
    if found.preshared_key != spec.preshared_key:
        parts.append("su llave compartida es otra")
    if (found.keepalive or None) != (spec.keepalive or None):
        parts.append(f"su keepalive es {found.keepalive or 'ninguno'} y debería ser {spec.keepalive or 'ninguno'}")
    return "; ".join(parts)


def _ips(peer: LivePeer | FilePeer) -> str:
    return ",".join(str(network) for network in peer.allowed_ips) or "sin direcciones"
