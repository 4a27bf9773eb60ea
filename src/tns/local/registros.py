"""The logs of all parts in one readable view."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

#: Receives the part's name and one line of its log.
LineSink = Callable[[str, str], None]


class LogFollower:
    """Hands over each new line of `*.log` in a directory, also of files that appear or start anew later.

    Args:
        names: parts to follow; all when empty.
        from_start: begin with what the files hold instead of with what comes.
    """

    def __init__(self, directory: Path, sink: LineSink, *, names: Sequence[str] = (), from_start: bool = False) -> None:
        self._directory = directory
        self._sink = sink
        self._names = set(names)
        self._offsets: dict[Path, int] = {}
        self._pending: dict[Path, bytes] = {}
        if not from_start:
            self._offsets = {path: path.stat().st_size for path in self._files()}

    def follow(self, stop: threading.Event) -> None:
        """Until `stop` is set; a look every quarter of a second."""
        while not stop.wait(0.25):
            self.poll()

    def poll(self) -> None:
        for path in self._files():
            for line in self._new_lines(path):
                self._sink(path.stem, line)

    def _files(self) -> list[Path]:
        found = sorted(self._directory.glob("*.log"))
        return [path for path in found if not self._names or path.stem in self._names]

    def _new_lines(self, path: Path) -> Iterator[str]:
        offset = self._offsets.get(path, 0)
        try:
            size = path.stat().st_size
            if size < offset:  # rotated
                offset, self._pending[path] = 0, b""
            with path.open("rb") as log:
                log.seek(offset)
                block = log.read(1_000_000)
        except FileNotFoundError:
            return
        self._offsets[path] = offset + len(block)
        *whole, self._pending[path] = (self._pending.get(path, b"") + block).split(b"\n")
        for line in whole:
            yield line.decode("utf-8", "replace").rstrip("\r")
