"""A network namespace with a WireGuard interface inside: the kernel's, or wireguard-go's where the kernel has none."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
from pathlib import Path

from tests.espera import wait_until
from tns.engines.wireguard import keys

_PATH = "/usr/sbin:/sbin:/usr/local/sbin:" + os.environ.get("PATH", "")
_numbers = itertools.count()


def missing() -> str:
    """Why namespaces with WireGuard cannot be had here; empty when they can."""
    if reason := missing_namespaces("wg"):
        return reason
    if not Path("/dev/net/tun").exists():
        return "needs /dev/net/tun"
    if not shutil.which("wireguard-go", path=_PATH) and not Path("/sys/module/wireguard").exists():
        return "neither the kernel's WireGuard nor wireguard-go is here"
    return ""


def missing_namespaces(*tools: str) -> str:
    """Why network namespaces, or those programs, cannot be had here; empty when they can."""
    if os.geteuid() != 0:
        return "needs root"
    if absent := [tool for tool in ("ip", "unshare", *tools) if not shutil.which(tool, path=_PATH)]:
        return f"not installed: {', '.join(absent)}"
    probe = subprocess.run(["unshare", "--net", "true"], capture_output=True, check=False)
    return "" if probe.returncode == 0 else "network namespaces are not allowed here"


class Namespace:
    """A namespace and, optionally, a wire to the one of the tests (`link_root`) or to another (`link`)."""

    def __init__(self) -> None:
        self.number = next(_numbers)
        self.name = f"tns{os.getpid() % 100_000}n{self.number}"
        self.ip("netns", "add", self.name, outside=True)
        self.run("ip", "link", "set", "lo", "up")

    def ip(self, *arguments: str, outside: bool = False) -> None:
        """Run `ip` inside, or outside in the tests' own namespace."""
        subprocess.run(["ip", *arguments] if outside else ["ip", "-n", self.name, *arguments], check=True)

    def run(self, *argv: str, stdin: str = "") -> str:
        """Run a command inside and answer its output."""
        done = subprocess.run(
            ["ip", "netns", "exec", self.name, *argv], input=stdin, capture_output=True, text=True, check=True
        )
        return done.stdout

    def wire(self, mine: str, other: Namespace | None, theirs: str) -> None:
        """A cable between here (address `mine`/30) and another namespace, or the tests' own when None."""
        a, b = f"ta{os.getpid() % 10_000}x{self.number}", f"tb{os.getpid() % 10_000}x{self.number}"
        if other is not None:
            a, b = "c" + a[1:], "c" + b[1:]
        self.ip("link", "add", a, "type", "veth", "peer", "name", b, outside=True)
        self.ip("link", "set", a, "netns", self.name, outside=True)
        self.ip("address", "add", f"{mine}/30", "dev", a)
        self.ip("link", "set", a, "up")
        if other is None:
            self.ip("address", "add", f"{theirs}/30", "dev", b, outside=True)
            self.ip("link", "set", b, "up", outside=True)
        else:
            self.ip("link", "set", b, "netns", other.name, outside=True)
            other.ip("address", "add", f"{theirs}/30", "dev", b)
            other.ip("link", "set", b, "up")

    def add_wireguard(self, interface: str) -> None:
        """An interface without keys; its name must be unlike those of the other namespaces."""
        kernel = subprocess.run(
            ["ip", "-n", self.name, "link", "add", interface, "type", "wireguard"], capture_output=True, check=False
        )
        if kernel.returncode:
            self.run("wireguard-go", interface)
            assert wait_until(lambda: interface in self.run("wg", "show", "interfaces"))

    def close(self) -> None:
        """End what runs inside, then the namespace; the other ends of its cables go with it."""
        pids = subprocess.run(["ip", "netns", "pids", self.name], capture_output=True, text=True, check=False).stdout
        for pid in pids.split():
            subprocess.run(["kill", "-9", pid], capture_output=True, check=False)
        self.ip("netns", "delete", self.name, outside=True)


class WireGuardServer:
    """A WireGuard server as a customer would have it: interface, file with comments and a peer made by hand."""

    def __init__(self, namespace: Namespace, folder: Path, *, address: str = "10.8.3.1/24", port: int = 51820) -> None:
        self.namespace, self.port, self.address = namespace, port, address
        self.interface = f"w{os.getpid() % 100_000}s{namespace.number}"
        self.pair, self.hand_made = keys.new_key_pair(), keys.new_key_pair()
        self.file = folder / f"{self.interface}.conf"
        self.file.write_text(
            f"# Servidor de la oficina\n[Interface]\nAddress = {address}\nPrivateKey = {self.pair.private}\n"
            f"ListenPort = {port}\n\n### Client pedro\n[Peer]\nPublicKey = {self.hand_made.public}\n"
            f"# instalado en 2024\nAllowedIPs = 10.8.3.2/32\n"
        )
        self.file.chmod(0o600)
        namespace.add_wireguard(self.interface)
        namespace.run("wg", "setconf", self.interface, "/dev/stdin", stdin=self._stripped())
        namespace.ip("address", "add", address, "dev", self.interface)
        namespace.ip("link", "set", self.interface, "up")

    def show(self, what: str) -> list[list[str]]:
        """`wg show INTERFACE what`, split in fields."""
        text = self.namespace.run("wg", "show", self.interface, what)
        return [line.split("\t") for line in text.splitlines()]

    def peers(self) -> dict[str, str]:
        """Public key → allowed IPs of the running interface."""
        return dict(self.show("allowed-ips"))

    def _stripped(self) -> str:
        return "".join(line for line in self.file.read_text().splitlines(True) if not line.startswith("Address"))
