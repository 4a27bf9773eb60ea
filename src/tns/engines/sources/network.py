"""Talk TCP first: a database driver left alone with a black hole blocks for minutes."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import stat
import threading
from collections.abc import Callable
from typing import TypeVar

from tns.engines.sources.errors import ConnectionRefused, MuteServer, ServerUnreachable

T = TypeVar("T")


def check_reachable(host: str, port: int, timeout: float) -> None:
    """Open and close a TCP connection within `timeout` seconds; raises ServerUnreachable or ConnectionRefused."""
    address = f"{host}:{port}"
    try:
        with socket.create_connection((host, port), timeout=timeout):
            return
    except ConnectionRefusedError as error:
        raise ConnectionRefused(f"El servidor {address} rechazó la conexión.", tecnico=str(error)) from error
    except socket.gaierror as error:
        raise ServerUnreachable(f"No se encontró el nombre «{host}» en la red.", tecnico=str(error)) from error
    except TimeoutError as error:
        raise ServerUnreachable(
            f"El servidor {address} no respondió en {timeout:g} segundos.", tecnico=str(error)
        ) from error
    except (OSError, UnicodeError, OverflowError) as error:
        code = errno.errorcode.get(getattr(error, "errno", 0) or 0, "")
        raise ServerUnreachable(f"No hay camino hasta {address}.", tecnico=f"{code} {error}".strip()) from error


def notice_dead_lines(port: int, seconds: float) -> None:
    """Have the kernel probe this process's idle TCP connections to `port`, and end one dead for some `seconds`.

    Without it a cable pulled out while a long statement has yet to give its first rows looks like a slow statement. The
    database driver shows its socket to nobody, so it is looked for among the open files of the process (Linux only);
    a connection of somebody else to the same port is probed as well, which does it no harm.
    """
    idle, interval, probes = max(1, int(seconds / 2)), max(1, int(seconds / 6)), 3
    with contextlib.suppress(FileNotFoundError):
        for entry in os.scandir("/proc/self/fd"):
            with contextlib.suppress(OSError):  # closed since, or not connected
                if not stat.S_ISSOCK(os.fstat(int(entry.name)).st_mode):
                    continue
                with socket.socket(fileno=os.dup(int(entry.name))) as line:
                    if line.family not in (socket.AF_INET, socket.AF_INET6) or line.getpeername()[1] != port:
                        continue
                    line.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
                    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, idle)
                    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, interval)
                    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, probes)
                    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, (idle + interval * probes) * 1000)


def bounded(call: Callable[[], T], timeout: float, *, address: str, dispose: Callable[[T], None] | None = None) -> T:
    """Result of `call`, run in a thread of its own; MuteServer when it takes more than `timeout` seconds.

    The thread cannot be killed: it is left behind as a daemon and, should the call end after all, `dispose` gets
    its result, so a late connection is closed and not leaked.
    """
    results: list[T] = []
    failures: list[BaseException] = []
    lock = threading.Lock()
    abandoned = False

    def run() -> None:
        try:
            value = call()
        except BaseException as error:  # noqa: BLE001 - handed to the caller's thread
            failures.append(error)
            return
        with lock:
            results.append(value)
            late = abandoned
        if late and dispose is not None:
            dispose(value)

    thread = threading.Thread(target=run, name="tns-source-bounded", daemon=True)
    thread.start()
    thread.join(timeout)
    with lock:
        abandoned = not results and thread.is_alive()
    if abandoned:
        raise MuteServer(f"El servidor {address} aceptó la conexión y después guardó silencio.")
    if failures:
        raise failures[0]
    return results[0]
