"""One server process: its command, its readiness, its log, and a stop that always ends.

A part of the stack subclasses `Service` and says `command`, `env`, `prepare()` and `ready()`; whoever runs it
(the supervisor of `tns up`, the test plugin) calls `start()` and `stop()`.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tns.engines.errors import TNSError
from tns.local.guardian import SIGNAL

LOOPBACK = "127.0.0.1"
_LOG_KEPT_BYTES = 10 * 1024 * 1024


class ServiceError(TNSError):
    """A part of the embedded stack could not be prepared, started or reached."""

    codigo = "servicio_local_fallido"


@dataclass(frozen=True)
class RunAs:
    """The unprivileged account a server runs under when the program itself is root."""

    uid: int
    gid: int

    @classmethod
    def nobody(cls) -> RunAs:
        account = pwd.getpwnam("nobody")
        return cls(uid=account.pw_uid, gid=account.pw_gid)


def free_port(*preferred: int | None) -> int:
    """First of `preferred` that is free on the loopback address, else any free one.

    The port is released before it is returned: whoever asked should use it soon.
    """
    for candidate in (*[port for port in preferred if port], 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind((LOOPBACK, candidate))
                return int(probe.getsockname()[1])
    raise ServiceError("No hay puertos libres en la dirección local de este equipo.")


def port_answers(port: int, timeout: float = 0.5) -> bool:
    """Whether somebody accepts connections on that loopback port."""
    try:
        socket.create_connection((LOOPBACK, port), timeout).close()
    except OSError:
        return False
    return True


class Service:
    """A server process with a log file; subclass it or give `command` and `port`.

    The process gets a session of its own, so a Ctrl-C typed in the terminal reaches only whoever supervises it,
    and `stop()` can kill the whole group when the polite signal is not obeyed. Nothing here uses `preexec_fn`, so
    it is safe to start services from threads. What happens when the supervisor itself dies is `guardian`'s matter.

    Args:
        name: short slug; names the log file and is shown in `tns estado`.
        directory: where the service keeps its data; created by `prepare()`.
        env: variables added to the environment; read at each start, so its owner may still change it.
        cwd: working directory of the process; `directory` by default.
        log_file: where stdout and stderr go; `directory/name.log` by default.
    """

    #: Asked politely with this signal, and killed `stop_timeout` seconds later.
    stop_signal: signal.Signals = signal.SIGTERM
    stop_timeout: float = 10.0
    #: Longest wait, in seconds, between the start of the process and `ready()`.
    ready_timeout: float = 30.0
    #: Account for the process; None runs it as whoever runs the program.
    run_as: RunAs | None = None

    def __init__(
        self,
        name: str,
        directory: Path,
        *,
        port: int | None = None,
        command: Sequence[str | os.PathLike[str]] | None = None,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        log_file: Path | None = None,
    ) -> None:
        self.name = name
        self.directory = directory
        self.cwd = cwd or directory
        self.port = port
        self.log_file = log_file or directory / f"{name}.log"
        self.process: subprocess.Popen[bytes] | None = None
        self.started_at: float | None = None
        self._command = command
        self._env: Mapping[str, str] = {} if env is None else env

    # -- what a part says about itself -------------------------------------------------------------------------

    @property
    def command(self) -> Sequence[str | os.PathLike[str]]:
        """The argument list; the first one is the program."""
        if self._command is None:
            raise NotImplementedError
        return self._command

    @property
    def env(self) -> Mapping[str, str]:
        """Variables added to the environment of whoever starts the service."""
        return self._env

    def prepare(self) -> None:
        """Make everything the first start needs; idempotent and quick when there is nothing to do."""
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)

    def ready(self) -> bool:
        """One cheap probe that never raises: can clients use it now?"""
        return self.running and (self.port is None or port_answers(self.port))

    # -- life of the process -----------------------------------------------------------------------------------

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def pid(self) -> int | None:
        return self.process.pid if self.process is not None else None

    def start(self) -> None:
        """Prepare, spawn and wait until ready.

        Raises:
            ServiceError: it ended before it was ready, or was not ready in `ready_timeout` seconds (and was stopped).
        """
        self.prepare()
        self.spawn()
        self.wait_ready()

    def spawn(self) -> None:
        """Launch the process without waiting for it to be ready."""
        if self.running:
            return
        self.log_file.parent.mkdir(parents=True, exist_ok=True)
        _rotate(self.log_file)
        account: dict[str, object] = {}
        if self.run_as is not None:
            account = {"user": self.run_as.uid, "group": self.run_as.gid, "extra_groups": []}
        with self.log_file.open("ab") as log:
            try:
                self.process = subprocess.Popen(
                    [os.fspath(part) for part in self.command],
                    env={**os.environ, SIGNAL: str(int(self.stop_signal)), **self.env},
                    cwd=self.cwd,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                    **account,  # type: ignore[call-overload]
                )
            except OSError as error:
                raise ServiceError(f"No se pudo lanzar {self.name}.", tecnico=str(error)) from error
        self.started_at = time.time()

    def wait_ready(self) -> None:
        """Block until `ready()`; see `start()` for what it raises."""
        limit = time.monotonic() + self.ready_timeout
        pause = 0.01
        while not self.ready():
            if not self.running:
                raise self.failure("terminó antes de estar listo")
            if time.monotonic() > limit:
                self.stop()
                raise self.failure(f"no estuvo listo en {self.ready_timeout:.0f} segundos")
            time.sleep(pause)
            pause = min(pause * 1.5, 0.25)

    def stop(self) -> None:
        """Ask politely, wait `stop_timeout` seconds, kill the whole group; harmless when it is not running."""
        if self.process is None:
            return
        if self.running:
            self.process.send_signal(self.stop_signal)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(self.stop_timeout)
        self.kill()

    def kill(self) -> None:
        """End the process and whatever it left in its group, at once."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def failure(self, what: str) -> ServiceError:
        """The error that tells `what` happened, with the last lines of the log as technical detail."""
        return ServiceError(
            f"El servicio {self.name} {what}.",
            que_hacer=f"Revise el registro {self.log_file}.",
            tecnico=tail(self.log_file, 20),
        )


def tail(path: Path, lines: int) -> str:
    """The last lines of a log, empty when there is no log."""
    try:
        with path.open("rb") as log:
            log.seek(0, os.SEEK_END)
            log.seek(max(0, log.tell() - 64 * 1024))
            text = log.read().decode("utf-8", "replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-lines:])


def _rotate(log_file: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        if log_file.stat().st_size > _LOG_KEPT_BYTES:
            log_file.replace(log_file.with_suffix(".anterior.log"))
