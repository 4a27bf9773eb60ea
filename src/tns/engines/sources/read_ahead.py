"""Fetch the next blocks in a thread while the last one is being encoded and sent.

Worth it only when fetching leaves the interpreter's lock alone, that is, with the compiled part.
"""

from __future__ import annotations

import ctypes
import queue
import threading
from collections.abc import Callable, Iterator
from typing import Protocol

DEPTH = 4


class Fillable(Protocol):
    """An open cursor (see MessageReader)."""

    def fill(self, address: int, rows: int) -> int: ...

    def close(self) -> None: ...


Item = tuple[int, int] | BaseException | None


def read_ahead(
    open_reader: Callable[[], Fillable], stride: int, rows: int, stop_reading: Callable[[], None]
) -> Iterator[tuple[memoryview, int]]:
    """Blocks of up to `rows` messages, each valid until the next is asked for.

    What `open_reader` and `fill` raise is raised here. When the caller leaves early, `stop_reading` is called to break
    a fetch under way, and the thread is waited for: nobody touches the cursor afterwards.
    """
    buffers = [ctypes.create_string_buffer(stride * rows) for _ in range(DEPTH)]
    views = [memoryview(buffer).cast("B") for buffer in buffers]
    free: queue.Queue[int | None] = queue.Queue()
    ready: queue.Queue[Item] = queue.Queue()
    for slot in range(DEPTH):
        free.put(slot)
    addresses = [ctypes.addressof(buffer) for buffer in buffers]
    thread = threading.Thread(
        target=_fetch, args=(open_reader, addresses, rows, free, ready), name="tns-source-reader", daemon=True
    )
    thread.start()
    try:
        while (item := ready.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            slot, count = item
            yield views[slot], count
            free.put(slot)
    finally:
        free.put(None)
        thread.join(0.05)
        if thread.is_alive():
            stop_reading()
            thread.join(30)


def _fetch(
    open_reader: Callable[[], Fillable],
    addresses: list[int],
    rows: int,
    free: queue.Queue[int | None],
    ready: queue.Queue[Item],
) -> None:
    """The thread: fill the free buffers in turn until the cursor or the caller is done."""
    reader = None
    last: Item = None
    try:
        reader = open_reader()
        while (slot := free.get()) is not None:
            count = reader.fill(addresses[slot], rows)
            if count:
                ready.put((slot, count))
            if count < rows:
                break
    except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
        last = error
    finally:
        if reader is not None:
            reader.close()
        ready.put(last)
