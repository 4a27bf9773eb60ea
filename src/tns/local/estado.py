"""What the supervisor writes for other shells: who runs, where, since when; and the lock that says it is alive."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tns.local.secretos import write_private
from tns.local.servicios.base import ServiceError

_STATE, _LOCK, _ENVIRONMENT = "estado.json", "supervisor.pid", "entorno.json"


class AlreadyRunning(ServiceError):
    """Another supervisor owns the data directory."""

    codigo = "pila_en_marcha"


@dataclass
class PartState:
    """One row of `tns estado`; `since` in seconds of the epoch."""

    name: str
    title: str
    state: str
    address: str
    pid: int | None
    since: float | None
    restarts: int


@contextlib.contextmanager
def supervisor_lock(directory: Path) -> Iterator[None]:
    """Held for the life of the supervisor; the kernel lets it go when the process ends, however it ends.

    Raises:
        AlreadyRunning: somebody holds it.
    """
    descriptor = os.open(directory / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyRunning(
                "La pila local ya está en marcha.", que_hacer="Use «tns estado» para verla o «tns stop» para detenerla."
            ) from error
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(descriptor)


def supervisor_pid(directory: Path) -> int | None:
    """Who holds the lock now, None when nobody does."""
    try:
        descriptor = os.open(directory / _LOCK, os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return int(os.pread(descriptor, 32, 0) or 0) or None
    finally:
        os.close(descriptor)
    return None


def write_state(directory: Path, *, ready: bool, parts: list[PartState]) -> None:
    document = {"lista": ready, "partes": [asdict(part) for part in parts]}
    draft = directory / f"{_STATE}.nuevo"
    draft.write_text(json.dumps(document, ensure_ascii=False, indent=2), encoding="utf-8")
    draft.replace(directory / _STATE)


def read_state(directory: Path) -> tuple[bool, list[PartState]]:
    """Whether everything was ready, and each part, as last written; see `supervisor_pid` for whether it is still so."""
    try:
        document: dict[str, Any] = json.loads((directory / _STATE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return False, []
    return bool(document["lista"]), [PartState(**part) for part in document["partes"]]


def write_environment(directory: Path, environment: Mapping[str, str]) -> None:
    write_private(directory / _ENVIRONMENT, json.dumps(dict(environment), indent=2))


def read_environment(directory: Path) -> dict[str, str]:
    """The environment of the stack's programs, empty before its first start."""
    try:
        return dict(json.loads((directory / _ENVIRONMENT).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return {}
