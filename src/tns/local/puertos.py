"""Loopback ports, remembered between starts so that addresses and bookmarks keep working."""

from __future__ import annotations

import json
from pathlib import Path

from tns.local.servicios.base import free_port

_FILE = "puertos.json"


class Ports:
    """The port of each part; `take` gives the remembered one while it is free."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / _FILE
        self._ports: dict[str, int] = json.loads(self._path.read_text(encoding="utf-8")) if self._path.exists() else {}

    def remembered(self, part: str) -> int | None:
        return self._ports.get(part)

    def take(self, part: str, *preferred: int) -> int:
        """A free port for `part`: the remembered one, else one of `preferred`, else any; remembered from now on."""
        taken = set(self._ports.values()) - {self._ports.get(part, 0)}
        while (port := free_port(self._ports.get(part), *[p for p in preferred if p not in taken])) in taken:
            continue
        self._ports[part] = port
        self._path.write_text(json.dumps(self._ports, indent=2), encoding="utf-8")
        return port
