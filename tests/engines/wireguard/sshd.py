"""A real OpenSSH server for one test: its own port, host key, accounts and commands.

As an ordinary user it lets that user in by key. As root it runs in a mount namespace of its own, where /etc/passwd,
/etc/shadow and sudo's rules are the test's: `root`, `operador` (sudo without password) and `cliente` (sudo refused).
"""

from __future__ import annotations

import contextlib
import getpass
import os
import re
import shutil
import socket
import subprocess
from pathlib import Path

from tests.espera import wait_until
from tns.engines.wireguard.ssh import HostKey, SSHTarget
from tns.local.servicios.base import free_port

_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
SSHD = shutil.which("sshd", path=_PATH)
SUDO = shutil.which("sudo")
IS_ROOT = os.geteuid() == 0
ME = getpass.getuser()
PASSWORD = "clave-de-prueba"


class SSHServer:
    """One sshd; `bin` is a folder that comes first in the PATH of whatever runs over it."""

    def __init__(self, folder: Path, *, host: str = "127.0.0.1", namespace: str = "") -> None:
        self.folder, self.host, self.namespace = folder, host, namespace
        self.port = free_port()
        self.bin = folder / "bin"
        self.process: subprocess.Popen[bytes] | None = None
        self.extra: list[str] = []  # further lines of its configuration
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)
        self.bin.mkdir(exist_ok=True)
        self.client_key = self._new_key("cliente")
        self.new_host_key()
        (folder / "authorized_keys").write_text((folder / "cliente.pub").read_text())

    def new_host_key(self, kind: str = "ed25519") -> None:
        """Give the server another identity; counts from its next start."""
        self._new_key("host", kind)
        self.host_key = HostKey.parse((self.folder / "host.pub").read_text())

    def target(self, user: str = ME, *, password: str = "", host_key: str | None = None) -> SSHTarget:
        """How to log in: by the client's key, or by password when one is given."""
        return SSHTarget(
            self.host,
            self.port,
            user,
            self.host_key.line if host_key is None else host_key,
            password=password,
            private_key="" if password else self.client_key,
        )

    def command(self, name: str, script: str) -> None:
        """Put a command before the system's own."""
        path = self.bin / name
        path.write_text("#!/bin/sh\n" + script)
        path.chmod(0o755)

    def start(self) -> SSHServer:
        (self.folder / "sshd_config").write_text(self._configuration())
        argv = [str(SSHD), "-D", "-e", "-f", str(self.folder / "sshd_config")]
        if IS_ROOT:
            Path("/run/sshd").mkdir(exist_ok=True)
            argv = ["unshare", "--mount", "--propagation", "private", "sh", "-ec", self._accounts(), "sh", *argv]
        if self.namespace:
            argv = ["ip", "netns", "exec", self.namespace, *argv]
        with (self.folder / "sshd.log").open("ab") as log:
            self.process = subprocess.Popen(argv, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        assert wait_until(self._answers), (self.folder / "sshd.log").read_text()
        return self

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(10)
            self.process = None

    def log(self) -> str:
        return (self.folder / "sshd.log").read_text(errors="replace")

    def __enter__(self) -> SSHServer:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _answers(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection((self.host, self.port), 1) as probe:
            return probe.recv(4) == b"SSH-"
        assert self.process is not None
        assert self.process.poll() is None, self.log()
        return False

    def _configuration(self) -> str:
        lines = [
            f"Port {self.port}",
            f"ListenAddress {self.host}",
            f"HostKey {self.folder / 'host'}",
            f"AuthorizedKeysFile {self.folder / 'authorized_keys'}",
            f"PidFile {self.folder / 'sshd.pid'}",
            "StrictModes no",
            "UsePAM no",
            "LogLevel VERBOSE",
            "PermitRootLogin yes",
            "MaxStartups 200:30:300",
            f"PasswordAuthentication {'yes' if IS_ROOT else 'no'}",
            f'SetEnv PATH="{self.bin}:{_PATH}"',
            *self.extra,
        ]
        return "\n".join(lines) + "\n"

    def _accounts(self) -> str:
        """Shell commands that put the test's accounts in place, inside the mount namespace, and then run "$@"."""
        files = {
            "passwd": re.sub("^(root:.*:).*$", r"\1/bin/sh", Path("/etc/passwd").read_text(), flags=re.MULTILINE)
            + f"cliente:x:4001:4001::{self.folder}:/bin/sh\noperador:x:4002:4002::{self.folder}:/bin/sh\n",
            "shadow": _with_password(Path("/etc/shadow").read_text(), _hash()),
            "sudoers": "root ALL=(ALL:ALL) ALL\noperador ALL=(root) NOPASSWD: /bin/sh, /usr/bin/sh\n",
        }
        commands = []
        for name, text in files.items():
            path = self.folder / name
            path.write_text(text)
            path.chmod(0o644 if name == "passwd" else 0o440)
            if Path("/etc", name).exists():
                commands.append(f"mount --bind '{path}' /etc/{name}")
        return "\n".join([*commands, 'exec "$@"'])

    def _new_key(self, name: str, kind: str = "ed25519") -> str:
        path = self.folder / name
        path.unlink(missing_ok=True)
        subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", "", "-f", str(path)], check=True)
        return path.read_text()


def _hash() -> str:
    return subprocess.run(
        ["openssl", "passwd", "-6", PASSWORD], capture_output=True, text=True, check=True
    ).stdout.strip()


def _with_password(shadow: str, hashed: str) -> str:
    kept = [line for line in shadow.splitlines() if not line.startswith("root:")]
    return (
        "\n".join([*kept, *(f"{name}:{hashed}:19000:0:99999:7:::" for name in ("root", "cliente", "operador"))]) + "\n"
    )
