"""How long work tells how far it is, and learns that nobody wants it any more."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol


class Cancelled(Exception):
    """Raised inside the work, at the next tick, after somebody asked it to stop."""


class Progress(Protocol):
    """Receives the advance of one piece of work; every method is cheap enough for an inner loop."""

    def stage(self, name: str, total: int | None = None) -> None:
        """Begin a stage called `name` (Spanish, shown to people) of `total` units, None when unknown."""

    def advance(self, amount: int = 1, message: str | None = None) -> None:
        """Count `amount` more units done; raises Cancelled when the work must stop."""

    def check(self) -> None:
        """Raise Cancelled when the work must stop."""

    def on_cancel(self, callback: Callable[[], None]) -> AbstractContextManager[None]:
        """While open, `callback` is called once, from another thread, if cancellation is asked for."""


class NullProgress:
    """Progress for callers who do not watch."""

    def stage(self, name: str, total: int | None = None) -> None:
        return None

    def advance(self, amount: int = 1, message: str | None = None) -> None:
        return None

    def check(self) -> None:
        return None

    def on_cancel(self, callback: Callable[[], None]) -> AbstractContextManager[None]:
        return nullcontext()
