"""A clock over a blocking driver: interrupts what takes too long, cuts what does not even answer to that."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

_TICK = 0.25


class Interruptible(Protocol):
    """A connection whose work another thread may stop, kindly or by cutting the line."""

    def interrupt(self) -> None: ...

    def abort(self) -> None: ...


class Watch:
    """One thread per open source. `limit` bounds a section; `expired` says the last limit was overrun."""

    def __init__(self, connection: Interruptible, *, grace: float = 5.0) -> None:
        self._connection = connection
        self._grace = grace
        self._deadline: float | None = None
        self._stop = threading.Event()
        self.expired = False
        self.cut = False
        self._thread = threading.Thread(target=self._run, name="tns-source-watch", daemon=True)
        self._thread.start()

    @contextmanager
    def limit(self, seconds: float) -> Iterator[None]:
        """Interrupt the block when it lasts longer than `seconds`."""
        self.expired = False
        self._deadline = time.monotonic() + seconds
        try:
            yield
        finally:
            self._deadline = None

    def close(self) -> None:
        """End the thread."""
        self._stop.set()
        self._thread.join(timeout=self._grace)

    def _run(self) -> None:
        while not self._stop.wait(_TICK):
            deadline = self._deadline
            if deadline is None or time.monotonic() < deadline:
                continue
            if not self.expired:
                self.expired = True
                self._connection.interrupt()
            elif time.monotonic() > deadline + self._grace and not self.cut:
                self.cut = True
                self._connection.abort()
