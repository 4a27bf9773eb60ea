"""Fetch the next blocks in a thread while the last one is being encoded and sent, over the ends of reads too.

Worth it only when fetching leaves the interpreter's lock alone, that is, with the compiled part.
"""

from __future__ import annotations

import ctypes
import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

# Enough to keep the server busy while PostgreSQL commits a window.
DEPTH = 16


class Fillable(Protocol):
    """An open cursor (see MessageReader)."""

    def fill(self, address: int, rows: int) -> int: ...

    def close(self) -> None: ...


Item = tuple[int, int] | BaseException | None


class ReadAhead:
    """Reads, one after another, whose blocks of up to `rows` messages of at most `stride` bytes are fetched ahead.

    `stop_reading` breaks a fetch under way, for `close`.
    """

    def __init__(
        self, reads: Sequence[Callable[[], Fillable]], stride: int, rows: int, stop_reading: Callable[[], None]
    ) -> None:
        buffers = [ctypes.create_string_buffer(stride * rows) for _ in range(DEPTH)]
        self._views = [memoryview(buffer).cast("B") for buffer in buffers]
        self._free: queue.Queue[int | None] = queue.Queue()
        self._ready: queue.Queue[Item] = queue.Queue()
        self._stop_reading = stop_reading
        self._stopping = False
        for slot in range(DEPTH):
            self._free.put(slot)
        addresses = [ctypes.addressof(buffer) for buffer in buffers]
        self._thread = threading.Thread(
            target=self._fetch, args=(reads, addresses, rows), name="tns-source-reader", daemon=True
        )
        self._thread.start()

    def blocks(self) -> Iterator[tuple[memoryview, int]]:
        """The blocks of the next read, each valid until the following is asked for; raises what fetching raised."""
        while (item := self._ready.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            slot, count = item
            yield self._views[slot], count
            self._free.put(slot)

    def close(self) -> None:
        """Stop and wait for the thread: nobody touches the cursors afterwards."""
        self._stopping = True
        self._free.put(None)
        self._thread.join(0.05)
        for _ in range(30):
            if not self._thread.is_alive():
                return
            self._stop_reading()  # again and again: what comes between two statements stops nothing
            self._thread.join(1)

    def _fetch(self, reads: Sequence[Callable[[], Fillable]], addresses: list[int], rows: int) -> None:
        """The thread. After an exception nothing more comes."""
        try:
            for open_reader in reads:
                if self._stopping or not self._one(open_reader, addresses, rows):
                    return
                self._ready.put(None)
        except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
            self._ready.put(error)

    def _one(self, open_reader: Callable[[], Fillable], addresses: list[int], rows: int) -> bool:
        """Fetch a read to its end; False when told to stop before."""
        reader = open_reader()
        try:
            while (slot := self._free.get()) is not None:
                count = reader.fill(addresses[slot], rows)
                if count:
                    self._ready.put((slot, count))
                else:
                    self._free.put(slot)
                if count < rows:
                    return True
            return False
        finally:
            reader.close()
