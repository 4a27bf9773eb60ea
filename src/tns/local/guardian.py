"""No server outlives whoever started it, not even after `kill -9`; see docs/decisiones/0011.

The stack marks its environment (`TNS_PILA=<mark>`), every process below inherits the mark, and a tiny guard process
holds the reading end of a pipe whose only writing end is in the supervisor. When the supervisor ends, in whatever way,
the guard reads end-of-file and ends every process of this machine that carries the mark.

Run as a script it is the guard: standard library only, so that it starts in milliseconds.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

MARK = "TNS_PILA"
#: The polite signal of a service, inherited from its `spawn()`.
SIGNAL = "TNS_PILA_SENAL"
_GRACE = 8.0


class Guard:
    """The guard of this process; whatever is started after its creation carries the mark.

    Args:
        mark: identifies the stack on this machine; its data directory.
        remove: directory the guard deletes at the end, for tests.
    """

    def __init__(self, mark: Path, *, remove: Path | None = None) -> None:
        self.mark = str(mark)
        self._outer = os.environ.get(MARK)
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", __file__, self.mark, str(remove or "")],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            cwd="/",
            # Below another stack (a process of the tests, the demo under test) that one's guard must not end this one.
            # Ours closed, what is started next is the outer one's again.
            env={name: value for name, value in os.environ.items() if name != MARK},
        )
        os.environ[MARK] = self.mark

    def close(self) -> None:
        """Let the guard end what is left; returns when nothing is."""
        if self._outer is None:
            os.environ.pop(MARK, None)
        else:
            os.environ[MARK] = self._outer
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait()


def marked(mark: str) -> Iterator[tuple[int, dict[bytes, bytes]]]:
    """Pid and environment of every process that carries the mark, but this one and its ancestors."""
    spared = _lineage()
    wanted = os.fsencode(mark)
    for entry in os.scandir("/proc"):
        if not entry.name.isdigit() or int(entry.name) in spared:
            continue
        with contextlib.suppress(OSError):
            raw = Path(entry.path, "environ").read_bytes()
            environment = dict(part.split(b"=", 1) for part in raw.split(b"\0") if b"=" in part)
            if environment.get(MARK.encode()) == wanted:
                yield int(entry.name), environment


def sweep(mark: str, grace: float = _GRACE) -> int:
    """End every marked process: each service with the signal it prefers, then all with SIGKILL after `grace` seconds.

    Only the head of each service (the leader of its session) is asked politely: it ends its own children in order.

    Returns:
        How many processes there were.
    """
    found = dict(marked(mark))
    for pid, environment in found.items():
        with contextlib.suppress(OSError):
            if os.getsid(pid) == pid or os.getsid(pid) not in found:
                os.kill(pid, int(environment.get(SIGNAL.encode(), signal.SIGTERM)))
    limit = time.monotonic() + (grace if found else 0)
    while left := [pid for pid, _ in marked(mark)]:
        if time.monotonic() > limit:
            for pid in left:
                with contextlib.suppress(OSError):
                    os.kill(pid, signal.SIGKILL)
        time.sleep(0.05)
    return len(found)


def _lineage() -> set[int]:
    lineage, pid = set(), os.getpid()
    while pid > 1:
        lineage.add(pid)
        with contextlib.suppress(OSError):
            pid = int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
            continue
        break
    return lineage


def _main(mark: str, remove: str) -> None:
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    while sys.stdin.buffer.read(1):
        pass
    sweep(mark)
    if remove:
        shutil.rmtree(remove, ignore_errors=True)


if __name__ == "__main__":
    _main(*sys.argv[1:])
