"""Starts every part of the embedded stack, starts again the one that dies, and leaves nothing behind."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Literal

from tns.engines.errors import TNSError
from tns.local.estado import PartState, supervisor_lock, write_environment, write_state
from tns.local.firebird import FirebirdServer
from tns.local.guardian import Guard, sweep
from tns.local.pila import Part, Stack
from tns.local.servicios.base import Service

#: Receives what happens: the part's name, a Spanish sentence, and whether it is bad news.
Teller = Callable[[str, str, bool], None]
State = Literal["iniciando", "lista", "reiniciando", "caída", "detenida", "externa", "no disponible"]

_LONGEST_PAUSE = 30.0
_MOST_DEATHS = 6  # within _MEMORY seconds: after that the part stays down
_MEMORY = 300.0


@dataclass
class _Watched:
    part: Part
    service: Service
    state: State = "detenida"
    deaths: list[float] = field(default_factory=list)
    restarts: int = 0
    retry_at: float = 0.0
    unready_since: float = 0.0

    @property
    def row(self) -> PartState:
        alive = self.service.running
        return PartState(
            name=self.part.name,
            title=self.part.title,
            state=self.state,
            address=without_password(self.part.address),
            pid=self.service.pid if alive else None,
            since=self.service.started_at if alive else None,
            restarts=self.restarts,
        )


class Supervisor:
    """One per data directory: use it through `running()`."""

    def __init__(self, stack: Stack, tell: Teller) -> None:
        self.stack = stack
        self._tell = tell
        self._stopping = False
        self._writing = threading.Lock()
        self._watched = [_Watched(part, part.service) for part in stack.parts if part.service is not None]
        # Starting and stopping may overlap when somebody interrupts the start: a thread for each.
        self._pool = ThreadPoolExecutor(2 * len(self._watched) + 1)

    @contextlib.contextmanager
    def running(self, prepare_database: Callable[[], None]) -> Iterator[Supervisor]:
        """The whole stack, ready; stopped on the way out, whatever the way.

        Raises:
            AlreadyRunning: another supervisor owns the data directory.
            TNSError: a part that is not optional could not start.
        """
        directory = self.stack.directory
        with supervisor_lock(directory):
            if sweep(str(directory)):
                self._tell("supervisor", "Se terminaron procesos que había dejado una ejecución anterior.", False)
            guard = Guard(directory)
            try:
                self._start(prepare_database)
                yield self
            finally:
                self.stop()
                self._pool.shutdown()
                guard.close()

    def watch(self, stop: threading.Event) -> None:
        """Keep every part alive until `stop` is set."""
        while not stop.wait(0.25):
            for watched in self._watched:
                self._look_after(watched)

    def stop(self) -> None:
        """Programs first, then the servers they use (but a slow one, which nobody needs at once)."""
        self._stopping = True
        first = [watched for watched in self._watched if watched.part in self.stack.programs or watched.part.slow]
        for ours in (first, [watched for watched in self._watched if watched not in first]):
            self._all_at_once(lambda watched: watched.service.stop(), ours)
            for watched in ours:
                watched.state = "detenida"
        self._write()

    # -- start -------------------------------------------------------------------------------------------------

    def _start(self, prepare_database: Callable[[], None]) -> None:
        prompt = [watched for watched in self._watched if not watched.part.slow]
        for watched in self._watched:
            if watched.part.slow:
                self._launch(watched)
        self._all_at_once(self._start_one, [watched for watched in prompt if watched.part in self.stack.servers])
        self._add_client_environment()
        write_environment(self.stack.directory, self.stack.env)
        prepare_database()
        self._all_at_once(self._start_one, [watched for watched in prompt if watched.part in self.stack.programs])
        self._write()

    def _launch(self, watched: _Watched) -> None:
        """Spawn without waiting: `watch()` tells when it is ready."""
        watched.unready_since = time.monotonic()
        try:
            watched.service.prepare()
            self._spawn(watched)
        except TNSError as error:
            self._give_up(watched, error)
            return
        self._become(watched, "iniciando")

    def _start_one(self, watched: _Watched) -> None:
        self._become(watched, "iniciando")
        try:
            watched.service.prepare()
            self._spawn(watched)
            watched.service.wait_ready()
        except TNSError as error:
            if not watched.part.optional or self._stopping:
                raise
            self._give_up(watched, error)
            return
        self._become(watched, "lista")

    def _give_up(self, watched: _Watched, error: TNSError) -> None:
        self._become(watched, "no disponible")
        self._tell(watched.part.name, f"No está disponible: {error}", True)

    def _spawn(self, watched: _Watched) -> None:
        if not self._stopping:
            watched.service.spawn()

    def _add_client_environment(self) -> None:
        """Where the programs find Firebird's client library, when a Firebird server of ours is there."""
        for watched in self._watched:
            if isinstance(watched.service, FirebirdServer) and watched.state == "lista":
                self.stack.env.update(watched.service.client_env)

    # -- watch -------------------------------------------------------------------------------------------------

    def _look_after(self, watched: _Watched) -> None:
        now = time.monotonic()
        if watched.state == "lista" and not watched.service.running:
            self._mourn(watched, now)
        elif watched.state == "reiniciando" and now >= watched.retry_at:
            self._revive(watched, now)
        elif watched.state == "iniciando":
            self._await_ready(watched, now)

    def _mourn(self, watched: _Watched, now: float) -> None:
        code = watched.service.process.returncode if watched.service.process is not None else None
        watched.service.kill()  # whatever it left in its group
        watched.deaths = [death for death in watched.deaths if now - death < _MEMORY] + [now]
        if len(watched.deaths) > _MOST_DEATHS:
            self._become(watched, "caída")
            self._tell(
                watched.part.name,
                f"Terminó {len(watched.deaths)} veces en pocos minutos y no se reinicia más. "
                f"Revise {watched.service.log_file}.",
                True,
            )
            return
        pause = min(_LONGEST_PAUSE, 0.5 * 2 ** (len(watched.deaths) - 1))
        watched.retry_at = now + pause
        self._become(watched, "reiniciando")
        self._tell(
            watched.part.name, f"Terminó sin que se le pidiera (código {code}). Se reinicia en {pause:g} s.", True
        )

    def _revive(self, watched: _Watched, now: float) -> None:
        watched.restarts += 1
        watched.unready_since = now
        try:
            watched.service.prepare()
            self._spawn(watched)
        except TNSError as error:
            self._tell(watched.part.name, str(error), True)
            self._mourn(watched, now)
            return
        self._become(watched, "iniciando")

    def _await_ready(self, watched: _Watched, now: float) -> None:
        if not watched.service.running:
            self._mourn(watched, now)
        elif watched.service.ready():
            self._become(watched, "lista")
            self._tell(watched.part.name, "Está lista.", False)
        elif now - watched.unready_since > watched.service.ready_timeout:
            watched.service.stop()
            self._mourn(watched, now)

    def _all_at_once(self, action: Callable[[_Watched], None], parts: list[_Watched]) -> None:
        """Run `action` on every part in parallel; a failure is raised when it happens."""
        futures = {self._pool.submit(action, watched) for watched in parts}
        while futures:
            # Short waits: a signal that the kernel hands to another thread would not interrupt an endless one.
            done, futures = wait(futures, timeout=0.5, return_when=FIRST_COMPLETED)
            for future in done:
                future.result()

    # -- telling -----------------------------------------------------------------------------------------------

    def _become(self, watched: _Watched, state: State) -> None:
        watched.state = state
        self._write()

    def _write(self) -> None:
        watched_rows = {watched.part.name: watched.row for watched in self._watched}
        rows = [watched_rows.get(part.name) or _external_row(part) for part in self.stack.parts]
        ready = all(row.state in ("lista", "externa", "no disponible") for row in rows)
        with self._writing:
            write_state(self.stack.directory, ready=ready, parts=rows)


def without_password(address: str) -> str:
    """`postgresql://tns:secret@host/db` without the secret, for people."""
    scheme, separator, rest = address.partition("://")
    credentials, at, host = rest.rpartition("@")
    user = credentials.partition(":")[0]
    return f"{scheme}{separator}{user}{'@' if user else ''}{host}" if at else address


def _external_row(part: Part) -> PartState:
    return PartState(part.name, part.title, "externa", without_password(part.address), None, None, 0)
