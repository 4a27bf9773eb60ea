"""What is done to a WireGuard server over an open SSH session: probe it, read it, change one peer of it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from tns.engines.wireguard import scripts, values
from tns.engines.wireguard.conffile import ConfFile, FilePeer
from tns.engines.wireguard.dump import InterfaceDump, LivePeer, parse_dump
from tns.engines.wireguard.errors import (
    AddressTaken,
    FileChanged,
    InvalidValue,
    RemoteFailure,
    SudoRefused,
    UnexpectedOutput,
    printable,
)
from tns.engines.wireguard.peer import PeerSpec
from tns.engines.wireguard.ssh import CommandResult, SSHSession

_COMMIT_ATTEMPTS = 4
_KILLED = 128  # a shell adds the signal's number to it


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The running interface and its file at one moment."""

    live: InterfaceDump
    content: bytes = field(repr=False)

    @property
    def sha256(self) -> str:
        """Of the file's bytes, hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()

    def conf(self) -> ConfFile:
        """The file, ready to be read or edited."""
        return ConfFile(self.content)


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """What was found on a server. `problems` are Spanish sentences for the administrator; empty means ready."""

    system: str
    wg_version: str
    tools: tuple[str, ...]
    is_root: bool
    interface_up: bool
    file_found: bool
    file_writable: bool
    addresses: tuple[str, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Edit:
    """The file as it shall be, the arguments of `wg set` and the preshared key it reads."""

    content: bytes = field(repr=False)
    arguments: list[str]
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class RemoteWireGuard:
    """One interface of one server. `sudo` runs the scripts by `sudo -n`."""

    session: SSHSession
    interface: str
    conf_path: str
    sudo: bool

    def probe(self) -> ProbeResult:
        """Look without changing anything.

        Raises:
            SudoRefused, SSHError, UnexpectedOutput.
        """
        answer = self._script(scripts.PROBE, self._interface(), self._path())
        return _probe_result(answer.stdout, self.interface, self.conf_path, needs_root=not self.sudo)

    def state(self) -> InterfaceDump:
        """The running interface, without secrets."""
        return parse_dump(_text(self._script(scripts.STATE, self._interface()).stdout))

    def read(self) -> Snapshot:
        """The running interface with the preshared keys, and the file's bytes."""
        answer = self._script(scripts.READ, self._interface(), self._path()).stdout
        dump, separator, content = answer.partition(b"\0")
        if not separator:
            raise UnexpectedOutput("El servidor respondió incompleto al leer la interfaz.")
        return Snapshot(parse_dump(_text(dump)), content)

    def apply(self, peer: PeerSpec, *, replaces: str = "") -> Snapshot:
        """Make `peer` true in the interface and in the file; the peer with key `replaces`, if any, leaves with it.

        Doing it twice changes nothing the second time. Answers what was found before.

        Raises:
            AddressTaken: another peer owns one of its addresses: WireGuard would silently take it away from that one.
            FileChanged: somebody else keeps writing the file. RemoteFailure, SSHError, UnexpectedOutput.
        """

        def plan(found: Snapshot) -> _Edit:
            _refuse_conflict(found, peer, allowed={peer.public_key, replaces})
            conf = found.conf()
            conf.set_peer(peer, replaces=replaces)
            return _Edit(bytes(conf), _set_arguments(found, peer, replaces), peer.preshared_key)

        return self._edit(plan)

    def remove(self, public_key: str) -> Snapshot:
        """Take a peer out of the interface and of the file, if it is there. Raises as `apply` does."""
        key = values.key(public_key)

        def plan(found: Snapshot) -> _Edit:
            conf = found.conf()
            conf.remove_peer(key)
            return _Edit(bytes(conf), ["peer", key, "remove"] if found.live.peer(key) else [], "")

        return self._edit(plan)

    def _edit(self, plan: Callable[[Snapshot], _Edit]) -> Snapshot:
        """Read, plan, commit; again from the reading while somebody else writes the file."""
        for left in reversed(range(_COMMIT_ATTEMPTS)):
            found = self.read()
            try:
                self._commit(found, plan(found))
                break
            except FileChanged:
                if not left:
                    raise
        return found

    def _commit(self, found: Snapshot, edit: _Edit) -> None:
        same = edit.content == found.content
        if same and not edit.arguments:
            return
        new = "-" if same else hashlib.sha256(edit.content).hexdigest()
        stdin = edit.secret.encode("ascii") + b"\n" + (b"" if same else edit.content)
        self._script(scripts.COMMIT, self._interface(), self._path(), found.sha256, new, *edit.arguments, stdin=stdin)

    def _script(self, script: str, *arguments: str, stdin: bytes = b"") -> CommandResult:
        argv = ["sh", "-c", script, "tns-core", *arguments]
        if self.sudo:
            argv = ["sudo", "-n", "--", *argv]
        answer = self.session.run(argv, stdin=stdin)
        if answer.status:
            raise _failure(answer, self)
        return answer

    def _interface(self) -> str:
        return values.interface_name(self.interface)

    def _path(self) -> str:
        return values.conf_path(self.conf_path)


def _set_arguments(found: Snapshot, peer: PeerSpec, replaces: str) -> list[str]:
    """Arguments of `wg set` after the interface; empty when the running interface already says the same."""
    arguments: list[str] = []
    if replaces and replaces != peer.public_key and found.live.peer(replaces):
        arguments += ["peer", values.key(replaces), "remove"]
    live = found.live.peer(peer.public_key)
    same = (
        live is not None
        and set(live.allowed_ips) == set(peer.allowed_ips)
        and live.preshared_key == peer.preshared_key
        and (not peer.endpoint or live.endpoint == peer.endpoint)
        and (live.keepalive or None) == (peer.keepalive or None)
    )
    if not same:
        arguments += ["peer", peer.public_key]
        arguments += ["preshared-key", "/dev/stdin" if peer.preshared_key else "/dev/null"]
        if peer.endpoint:
            arguments += ["endpoint", peer.endpoint]
        arguments += ["persistent-keepalive", str(peer.keepalive or 0), "allowed-ips", peer.allowed_text()]
    return arguments


def _refuse_conflict(found: Snapshot, peer: PeerSpec, *, allowed: set[str]) -> None:
    wanted = set(peer.allowed_ips)
    others: list[LivePeer | FilePeer] = [*found.live.peers, *found.conf().peers()[0]]
    for other in others:
        if other.public_key not in allowed and (both := wanted & set(other.allowed_ips)):
            address = str(sorted(both, key=str)[0])
            raise AddressTaken(
                f"La dirección {address} ya es de otro peer del servidor ({other.public_key[:8]}…).",
                datos={"direccion": address, "public_key": other.public_key},
            )


def _failure(answer: CommandResult, server: RemoteWireGuard) -> RemoteFailure | FileChanged:
    interface, path = server.interface, server.conf_path
    if server.sudo and (answer.stderr.lstrip().startswith("sudo:") or answer.status == 127):
        return SudoRefused("El servidor no permite usar sudo sin contraseña.", tecnico=answer.stderr)
    if answer.status == scripts.FILE_CHANGED:
        return FileChanged(f"El archivo {path} cambió mientras se editaba.")
    if answer.status > _KILLED:
        return RemoteFailure(
            "La orden se interrumpió en el servidor.",
            codigo="ssh_cortado",
            que_hacer="Lo que falte quedará pendiente y la reconciliación lo terminará.",
        )
    detail, code, advice = {
        scripts.NO_WG: ("El servidor no tiene la orden «wg».", "sin_wireguard", "Instale el paquete wireguard-tools."),
        scripts.NO_INTERFACE: (
            f"No se puede leer la interfaz {interface}: no existe, está abajo o faltan permisos.",
            "interfaz_no_disponible",
            f"Actívela con «wg-quick up {interface}» o revise los permisos del usuario SSH.",
        ),
        scripts.NO_FILE: (
            f"No existe o no se puede leer el archivo {path}.",
            "archivo_no_disponible",
            "Revise la ruta del archivo de la interfaz y los permisos del usuario SSH.",
        ),
        scripts.TRUNCATED: ("La orden llegó incompleta al servidor y no se cambió nada.", "ssh_cortado", ""),
        scripts.NOT_WRITABLE: (
            f"No se puede escribir en la carpeta de {path}.",
            "archivo_sin_permiso",
            "Revise los permisos del usuario SSH y el espacio en disco.",
        ),
        scripts.WG_SET_FAILED: ("El servidor rechazó el cambio en la interfaz.", "wg_set_rechazado", ""),
        scripts.WRITE_FAILED: (
            f"La interfaz cambió, pero no se pudo reemplazar {path}.",
            "archivo_sin_permiso",
            "Revise los permisos y el espacio en disco; la reconciliación terminará el cambio.",
        ),
    }.get(answer.status, (f"El servidor terminó la orden con el estado {answer.status}.", None, ""))
    return RemoteFailure(detail, codigo=code, que_hacer=advice, tecnico=answer.stderr)


def _probe_result(stdout: bytes, interface: str, path: str, *, needs_root: bool) -> ProbeResult:
    found: dict[str, list[str]] = {}
    for line in _text(stdout).splitlines():
        name, tab, value = line.partition("\t")
        if tab:
            found.setdefault(name, []).append(printable(value).strip()[:200])

    def one(name: str) -> str:
        return found.get(name, [""])[0]

    tools, root = tuple(found.get("tool", [])), one("uid") == "0"
    problems: list[str] = []
    missing = sorted({"wg", "awk", "sha256sum", "mktemp", "readlink", "cut"} - set(tools))
    if missing:
        problems.append(f"Faltan herramientas en el servidor: {', '.join(missing)}.")
    if needs_root and not root:
        problems.append("El usuario SSH no es administrador: active «usar sudo» o conéctese como root.")
    if one("interface") != "up" and "wg" in tools:
        problems.append(f"La interfaz {interface} no responde: {one('interface') or 'sin detalle'}.")
    if not found.get("file"):
        problems.append(f"No se encuentra el archivo {path}.")
    elif not found.get("writable"):
        problems.append(f"No hay permiso para escribir {path}.")
    return ProbeResult(
        system=one("system"),
        wg_version=one("wg_version"),
        tools=tools,
        is_root=root,
        interface_up=one("interface") == "up",
        file_found=bool(found.get("file")),
        file_writable=bool(found.get("writable")),
        addresses=_addresses(found.get("address", [])),
        problems=tuple(problems),
    )


def _addresses(texts: Sequence[str]) -> tuple[str, ...]:
    good = []
    for text in texts:
        with suppress(InvalidValue):
            if not values.network(text).is_link_local:
                good.append(text)
    return tuple(good)


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")
