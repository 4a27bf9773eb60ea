"""Editing an interface's file (wg-quick(8)) one peer at a time: every byte that is not that peer's stays as it was.

A file is read as lines; a peer is its `[Peer]` line and the key lines up to the next section. Comments and blank lines
are nobody's and never change, but for the one comment this program writes above a peer it added (`# tns-core: name`)
and the blank line before it. Lines may end in LF or CRLF, the bytes need not be UTF-8.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tns.engines.wireguard import values
from tns.engines.wireguard.errors import InvalidValue, UnexpectedOutput
from tns.engines.wireguard.peer import PeerSpec

MARK = "# tns-core: "
MAX_BYTES = 4 * 1024 * 1024
_OWN_KEYS = frozenset({"publickey", "presharedkey", "allowedips", "endpoint", "persistentkeepalive"})
# The ways people and installers write a peer's name above it: «### Client ana», «# Name = ana», «# BEGIN_PEER ana»…
_COMMENT_NAME = re.compile(
    r"#+\s*(?:(?:begin_peer|begin|clientes?|clients?|name|nombre|friendly_name)\b\s*[:=]?\s*)?(?P<name>.*?)\s*#*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class FilePeer:
    """One `[Peer]` section that can be read; `name` is the comment above it or inside it, if any."""

    public_key: str
    allowed_ips: tuple[values.IPNetwork, ...]
    preshared_key: str = field(repr=False)
    endpoint: str
    keepalive: int | None
    name: str


@dataclass(slots=True)
class _Section:
    kind: str
    start: int
    keys: list[tuple[int, str, str]] = field(default_factory=list)  # line number, lower-case key, value

    def last(self, key: str) -> str:
        return next((value for _, name, value in reversed(self.keys) if name == key), "")

    def every(self, key: str) -> list[str]:
        joined = ",".join(value for _, name, value in self.keys if name == key)
        return [part.strip() for part in joined.split(",") if part.strip()]


@dataclass(frozen=True, slots=True)
class InterfaceSettings:
    """What the `[Interface]` section says that matters here."""

    addresses: tuple[str, ...]
    listen_port: int | None
    save_config: bool


class ConfFile:
    """An interface's file in memory; edits change this object, `bytes()` gives the result."""

    def __init__(self, content: bytes) -> None:
        """Raises UnexpectedOutput when it cannot be a WireGuard file (binary or enormous)."""
        if len(content) > MAX_BYTES or b"\0" in content:
            raise UnexpectedOutput("El archivo de la interfaz no parece una configuración de WireGuard.")
        text = content.decode("utf-8", "surrogateescape")
        self._lines = re.findall(r"[^\n]*\n|[^\n]+", text)
        self._newline = "\r\n" if self._lines and self._lines[0].endswith("\r\n") else "\n"

    def __bytes__(self) -> bytes:
        return "".join(self._lines).encode("utf-8", "surrogateescape")

    def interface(self) -> InterfaceSettings:
        """The interface's own settings; its private key is not looked at."""
        section = next((section for section in self._sections() if section.kind == "interface"), _Section("", 0))
        listen = section.last("listenport")
        return InterfaceSettings(
            addresses=tuple(section.every("address")),
            listen_port=int(listen) if listen.isascii() and listen.isdigit() and len(listen) <= 5 else None,
            save_config=section.last("saveconfig").lower() == "true",
        )

    def peers(self) -> tuple[tuple[FilePeer, ...], tuple[int, ...]]:
        """The peers that can be read, and the line numbers (from 1) of the `[Peer]` sections that cannot."""
        good: dict[str, FilePeer] = {}
        bad: list[int] = []
        for section in self._peer_sections():
            try:
                peer = self._file_peer(section)
                good[peer.public_key] = peer
            except InvalidValue:
                bad.append(section.start + 1)
        return tuple(good.values()), tuple(bad)

    def set_peer(self, spec: PeerSpec, *, replaces: str = "") -> None:
        """Write `spec`: in the place of the peer with its key (or with the key `replaces`), else at the end."""
        keys = {spec.public_key, replaces} - {""}
        sections = [section for section in self._peer_sections() if section.last("publickey") in keys]
        if not sections:
            self._append(spec)
            return
        keep = sections[0]
        for section in reversed(sections[1:]):
            self._drop(section)
        self._rewrite(keep, spec)

    def remove_peer(self, public_key: str) -> bool:
        """Take out every section with that key; False when there was none."""
        sections = [section for section in self._peer_sections() if section.last("publickey") == public_key]
        for section in reversed(sections):
            self._drop(section)
        return bool(sections)

    def _rewrite(self, section: _Section, spec: PeerSpec) -> None:
        own = [number for number, key, _ in section.keys if key in _OWN_KEYS]
        first, rest = own[0], own[1:]
        wanted = self._key_lines(spec)
        for number in reversed(rest):
            del self._lines[number]
        self._lines[first : first + 1] = wanted
        above = section.start - 1
        if spec.name and above >= 0 and self._lines[above].startswith(MARK):
            self._lines[above] = MARK + spec.name + self._newline

    def _drop(self, section: _Section) -> None:
        doomed = {section.start, *(number for number, _, _ in section.keys)}
        above = section.start - 1
        if above >= 0 and self._lines[above].startswith(MARK):
            doomed.add(above)
            if above >= 1 and not self._lines[above - 1].strip():
                doomed.add(above - 1)
        self._lines = [line for number, line in enumerate(self._lines) if number not in doomed]

    def _append(self, spec: PeerSpec) -> None:
        if self._lines and not self._lines[-1].endswith("\n"):
            self._lines[-1] += self._newline
        blank = [self._newline] if self._lines else []
        mark = MARK + (spec.name or spec.public_key[:8]) + self._newline
        self._lines += [*blank, mark, "[Peer]" + self._newline, *self._key_lines(spec)]

    def _key_lines(self, spec: PeerSpec) -> list[str]:
        pairs = [("PublicKey", spec.public_key)]
        if spec.preshared_key:
            pairs.append(("PresharedKey", spec.preshared_key))
        if spec.allowed_ips:
            pairs.append(("AllowedIPs", ", ".join(str(network) for network in spec.allowed_ips)))
        if spec.endpoint:
            pairs.append(("Endpoint", spec.endpoint))
        if spec.keepalive:
            pairs.append(("PersistentKeepalive", str(spec.keepalive)))
        return [f"{key} = {value}{self._newline}" for key, value in pairs]

    def _sections(self) -> list[_Section]:
        sections: list[_Section] = []
        for number, line in enumerate(self._lines):
            text = line.partition("#")[0].strip()
            if text.startswith("[") and text.endswith("]"):
                sections.append(_Section(text[1:-1].strip().lower(), number))
            elif "=" in text and sections:
                key, _, value = text.partition("=")
                sections[-1].keys.append((number, key.strip().lower(), value.strip()))
        return sections

    def _peer_sections(self) -> list[_Section]:
        return [section for section in self._sections() if section.kind == "peer"]

    def _file_peer(self, section: _Section) -> FilePeer:
        keepalive = section.last("persistentkeepalive")
        preshared, endpoint = section.last("presharedkey"), section.last("endpoint")
        return FilePeer(
            public_key=values.key(section.last("publickey")),
            allowed_ips=values.networks(section.every("allowedips")),
            preshared_key=values.key(preshared) if preshared else "",
            endpoint=values.endpoint(endpoint) if endpoint else "",
            keepalive=int(keepalive) if keepalive.isascii() and keepalive.isdigit() and len(keepalive) <= 5 else None,
            name=self._name_of(section),
        )

    def _name_of(self, section: _Section) -> str:
        """The comment right above the section, or the first one inside it."""
        last_key = max((number for number, _, _ in section.keys), default=section.start)
        for number in (section.start - 1, *range(section.start, last_key + 1)):
            line = self._lines[number] if number >= 0 else ""
            if line.startswith(MARK):
                return _clean_name(line[len(MARK) :])
            match = _COMMENT_NAME.fullmatch(line.strip())
            if match:
                return _clean_name(match["name"])
        return ""


def _clean_name(text: str) -> str:
    try:
        return values.peer_name("".join(char for char in text if char.isprintable())[:80])
    except InvalidValue:
        return ""
