"""A WireGuard server as a customer has it: in a network namespace of its own, managed over its own sshd."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.engines.wireguard import netns
from tests.engines.wireguard.sshd import SSHD, SSHServer
from tns.engines.wireguard.remote import RemoteWireGuard
from tns.engines.wireguard.ssh import SSHSession


class World:
    """`ssh` is not started yet; `wg` runs."""

    def __init__(self, folder: Path) -> None:
        block = (os.getpid() * 4) % 60_000
        self.outside, self.inside = (f"10.213.{block // 256}.{block % 256 + host}" for host in (1, 2))
        self.namespace = netns.Namespace()
        try:
            self.namespace.wire(self.inside, None, self.outside)
            self.wg = netns.WireGuardServer(self.namespace, folder)
            self.ssh = SSHServer(folder / "sshd", host=self.inside, namespace=self.namespace.name)
        except BaseException:
            self.namespace.close()
            raise

    @contextmanager
    def remote(self, user: str = "root", *, sudo: bool = False, seconds: float = 20) -> Iterator[RemoteWireGuard]:
        with SSHSession(self.ssh.target(user), command_timeout=seconds) as session:
            yield RemoteWireGuard(session, self.wg.interface, str(self.wg.file), sudo)

    def cut_after_wg_set(self) -> Path:
        """Once: after the real `wg set`, kill the SSH session and the script it carries. The flag is gone when done."""
        flag = self.ssh.folder / "once"
        flag.touch()
        self.ssh.command(
            "wg",
            f'[ "$1" = set ] && [ -e {flag} ] || exec /usr/bin/wg "$@"\n/usr/bin/wg "$@"\n'
            'session=$PPID\nuntil [ "$(cat /proc/$session/comm)" = sshd ]; do\n'
            '  session=$(cut -d " " -f 4 /proc/$session/stat)\ndone\n'
            f"kill -9 $session $PPID\nrm {flag}\n",
        )
        return flag

    def close(self) -> None:
        self.ssh.stop()
        self.namespace.close()


@pytest.fixture
def world() -> Iterator[World]:
    """Namespace, interface, file and sshd, fresh for one test."""
    if reason := netns.missing() or ("" if SSHD else "openssh-server is not installed"):
        pytest.skip(reason)
    # pytest's own folders are closed to the other accounts of the test's sshd.
    with tempfile.TemporaryDirectory(prefix="tns-wg-") as folder:
        Path(folder).chmod(0o755)
        made = World(Path(folder))
        try:
            made.ssh.start()
            yield made
        finally:
            made.close()
