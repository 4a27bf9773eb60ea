"""Reading ahead gives every block once, in order, and leaves no thread behind."""

from __future__ import annotations

import ctypes
import threading

import pytest

from tns.engines.sources.read_ahead import read_ahead


class Counter:
    """A cursor of `total` messages of 8 bytes that hold their own number; fails at `fails_at`."""

    def __init__(self, total: int, fails_at: int = -1) -> None:
        self.next, self.total, self.fails_at, self.closed = 0, total, fails_at, False
        self.held = threading.Event()
        self.held.set()

    def fill(self, address: int, rows: int) -> int:
        self.held.wait(10)
        count = min(rows, self.total - self.next)
        if self.next <= self.fails_at < self.next + count:
            raise OSError("the line was cut")
        (ctypes.c_int64 * count).from_address(address)[:] = range(self.next, self.next + count)
        self.next += count
        return count

    def close(self) -> None:
        self.closed = True


def threads() -> int:
    return sum(thread.name == "tns-source-reader" for thread in threading.enumerate())


@pytest.mark.parametrize("total", [0, 1, 9, 10, 11, 1005])
def test_every_row_comes_once_in_order(total: int) -> None:
    counter = Counter(total)
    seen = [n for view, rows in read_ahead(lambda: counter, 8, 10, lambda: None) for n in view[: rows * 8].cast("q")]
    assert seen == list(range(total))
    assert counter.closed
    assert threads() == 0


def test_what_fails_while_reading_is_raised_to_the_caller() -> None:
    counter = Counter(100, fails_at=35)
    with pytest.raises(OSError, match="cut"):
        list(read_ahead(lambda: counter, 8, 10, lambda: None))
    assert counter.closed
    assert threads() == 0


def test_a_cursor_that_does_not_open_is_raised_to_the_caller() -> None:
    def refuse() -> Counter:
        raise OSError("no")

    with pytest.raises(OSError, match="no"):
        list(read_ahead(refuse, 8, 10, lambda: None))


def test_leaving_early_breaks_a_fetch_under_way() -> None:
    counter = Counter(1000)
    blocks = read_ahead(lambda: counter, 8, 10, counter.held.set)
    next(blocks)
    counter.held.clear()
    blocks.close()  # type: ignore[attr-defined]
    assert counter.closed
    assert threads() == 0
