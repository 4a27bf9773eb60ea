"""Reading ahead gives every block once, in order, and leaves no thread behind."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable, Iterator

import pytest

from tests.espera import wait_until
from tns.engines.sources.read_ahead import DEPTH, ReadAhead


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


@pytest.fixture
def reads() -> Iterator[Callable[..., ReadAhead]]:
    """Read those counters ahead; nothing of it is left behind."""
    made: list[ReadAhead] = []

    def begin(*counters: Counter, stop: Callable[[], None] = lambda: None) -> ReadAhead:
        made.append(ReadAhead([lambda one=one: one for one in counters], 8, 10, stop))  # type: ignore[misc]
        return made[-1]

    yield begin
    for one in made:
        one.close()
    assert threads() == 0


def numbers(ahead: ReadAhead) -> list[int]:
    return [n for view, rows in ahead.blocks() for n in view[: rows * 8].cast("q")]


@pytest.mark.parametrize("total", [0, 1, 9, 10, 11, 1005])
def test_every_row_comes_once_in_order(reads: Callable[..., ReadAhead], total: int) -> None:
    counter = Counter(total)
    assert numbers(reads(counter)) == list(range(total))
    assert wait_until(lambda: counter.closed)


def test_the_next_read_begins_while_the_last_one_is_being_stored(reads: Callable[..., ReadAhead]) -> None:
    first, empty, second = Counter(25), Counter(0), Counter(10 * DEPTH * 2)
    ahead = reads(first, empty, second)
    assert numbers(ahead) == list(range(25))
    assert wait_until(lambda: second.next >= 10 * (DEPTH - 1))
    assert second.next <= 10 * DEPTH, "no more than the buffers hold"
    assert numbers(ahead) == []
    assert numbers(ahead) == list(range(second.total))
    assert first.closed
    assert empty.closed


def test_what_fails_while_reading_is_raised_to_the_caller(reads: Callable[..., ReadAhead]) -> None:
    counter = Counter(100, fails_at=35)
    ahead = reads(Counter(3), counter, Counter(3))
    assert numbers(ahead) == [0, 1, 2]
    with pytest.raises(OSError, match="cut"):
        numbers(ahead)
    assert counter.closed


def test_a_cursor_that_does_not_open_is_raised_to_the_caller() -> None:
    def refuse() -> Counter:
        raise OSError("no")

    ahead = ReadAhead([refuse], 8, 10, lambda: None)
    with pytest.raises(OSError, match="no"):
        numbers(ahead)
    ahead.close()
    assert threads() == 0


def test_leaving_early_breaks_a_fetch_under_way(reads: Callable[..., ReadAhead]) -> None:
    counter = Counter(1000)
    counter.held.clear()
    ahead = reads(counter, stop=counter.held.set)
    ahead.close()
    assert counter.closed
    assert threads() == 0
