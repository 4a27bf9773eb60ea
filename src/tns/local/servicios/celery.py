"""Celery workers and the beat of the program itself, as services."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from tns.local.servicios.base import Service

_CELERY = (sys.executable, "-m", "celery", "--app", "tns.config.celery")


class _CeleryProcess(Service):
    """Ready when its own log, from this start on, holds `ready_text`."""

    ready_text: ClassVar[bytes]
    ready_timeout = 60.0
    _log_offset = 0

    def spawn(self) -> None:
        if not self.running:
            self._log_offset = self.log_file.stat().st_size if self.log_file.exists() else 0
        super().spawn()

    def ready(self) -> bool:
        if not self.running:
            return False
        with self.log_file.open("rb") as log:
            log.seek(min(self._log_offset, self.log_file.stat().st_size))
            return self.ready_text in log.read(1_000_000)


class Worker(_CeleryProcess):
    """A prefork worker of some queues.

    It is stopped cold: what it was doing goes back to the queue and is taken up by the next worker.
    """

    ready_text = b" ready."
    stop_signal = signal.SIGQUIT
    stop_timeout = 15.0

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

    @property
    def command(self) -> Sequence[str | os.PathLike[str]]:
        return [
            *_CELERY, "worker",
            "--hostname", f"{self.name}@%h",
            "--queues", ",".join(self.queues),
            "--concurrency", str(self.concurrency),
            "--loglevel", "INFO",
            "--without-mingle", "--without-gossip",  # there is nobody to meet: ready a second earlier
        ]  # fmt: skip


class Beat(_CeleryProcess):
    """Sends what is scheduled in the database."""

    ready_text = b"beat: Starting"

    @property
    def command(self) -> Sequence[str | os.PathLike[str]]:
        return [*_CELERY, "beat", "--loglevel", "INFO", "--pidfile", ""]
