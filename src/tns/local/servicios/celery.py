"""Celery workers and the beat of the program itself, as services."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tns.local.servicios.base import Service


class Worker(Service):
    """A prefork worker of some queues; ready when its log says so.

    It is stopped cold: what it was doing goes back to the queue and is taken up by the next worker.
    """

    stop_signal = signal.SIGQUIT
    stop_timeout = 15.0
    ready_timeout = 60.0

    def __init__(
        self,
        name: str,
        directory: Path,
        *,
        queues: Sequence[str],
        concurrency: int,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        log_file: Path | None = None,
    ) -> None:
        super().__init__(name, directory, env=env, cwd=cwd, log_file=log_file)
        self.queues = tuple(queues)
        self.concurrency = concurrency
        self._log_offset = 0

    @property
    def command(self) -> Sequence[str | os.PathLike[str]]:
        return [
            sys.executable, "-m", "celery", "--app", "tns.config.celery", "worker",
            "--hostname", f"{self.name}@%h",
            "--queues", ",".join(self.queues),
            "--concurrency", str(self.concurrency),
            "--loglevel", "INFO",
        ]  # fmt: skip

    def spawn(self) -> None:
        if not self.running:
            self._log_offset = self.log_file.stat().st_size if self.log_file.exists() else 0
        super().spawn()

    def ready(self) -> bool:
        """Celery writes «… ready.» once it consumes from its queues."""
        if not self.running:
            return False
        with self.log_file.open("rb") as log:
            log.seek(min(self._log_offset, self.log_file.stat().st_size))
            return b" ready." in log.read(1_000_000)
