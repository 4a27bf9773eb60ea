"""Naming lines in pure Python: a function generated for the shape, with the names of each key cut to size once."""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Callable, Iterator
from typing import Any

from tns.engines.sources.firebird_rows import MessageReader
from tns.engines.sources.layout import struct_format
from tns.engines.sources.naming import INTEGERS, Moves, NameTable, Shape, Unfit

# Keys of a table whose names are kept cut to size; then all of them are forgotten.
_CACHE_LIMIT = 20_000
_DROPPED = ("dropped",)
Pieces = tuple[Any, ...]


class PythonIndex:
    """See Index; `at` says where the message of a key begins."""

    def __init__(self, table: NameTable) -> None:
        self.table = table
        self.at: dict[int, int] = {}
        key, stride = table.key, table.layout.stride
        for start in range(0, len(table.messages), stride):
            if struct.unpack_from("<h", table.messages, start + key.null_offset)[0]:
                continue  # NULL equals nothing
            value = struct.unpack_from(f"<{INTEGERS[key.type]}", table.messages, start + key.offset)[0]
            if value in self.at:
                raise Unfit
            self.at[value] = start


class PythonNaming:
    """See CompiledNaming."""

    def __init__(self, shape: Shape) -> None:
        self._shape = shape
        self._lines = ctypes.create_string_buffer(0)
        self._run = _generate(shape)

    def fill(self, reader: MessageReader, address: int, rows: int) -> int:
        """Put up to `rows` rows together at `address`; fewer than `rows` means the end."""
        line, row = self._shape.line.stride, self._shape.row.stride
        if len(self._lines) < rows * line:
            self._lines = ctypes.create_string_buffer(rows * line)
        done, more = 0, True
        while done < rows and more:
            wanted = rows - done
            count = reader.fill(ctypes.addressof(self._lines), wanted)
            named = self.rows(memoryview(self._lines).cast("B")[: count * line])
            ctypes.memmove(address + done * row, named, len(named))
            done += len(named) // row
            more = count == wanted
        return done

    def rows(self, lines: memoryview) -> bytes:
        """The rows of those lines that count."""
        out: list[bytes] = []
        self._run(bytes(lines), out)
        return b"".join(out)


def _generate(shape: Shape) -> Callable[[bytes, list[bytes]], None]:
    """A function that appends the pieces of every row that counts."""
    text, variables = struct_format(shape.line, frozenset(place.line_key.name for place in shape.places))
    scope: dict[str, Any] = {"unpack": struct.Struct(text).iter_unpack, "DROPPED": _DROPPED}
    results: list[str] = []
    cuts: list[list[tuple[Moves, int, int]]] = [[] for _ in shape.places]
    for origin, moves, start, end in _segments(shape):
        if origin < 0:
            results += _line_pieces(moves, start, end, scope)
        else:
            results.append(f"p{origin}[{len(cuts[origin])}]")
            cuts[origin].append((moves, start, end))
    numbers = range(len(shape.places))
    for number in numbers:
        scope[f"g{number}"], scope[f"m{number}"], scope[f"A{number}"] = _cutter(shape, number, cuts[number])
    columns = [shape.line.columns.index(place.line_key) for place in shape.places]
    chosen = "".join(f"        p{i} = A{i} if n{c} else g{i}(v{c}) or m{i}(v{c})\n" for i, c in enumerate(columns))
    source = (
        "def run(lines, out):\n"
        "    s = 0\n"
        f"    for {', '.join(variables)} in unpack(lines):\n{chosen}"
        f"        if {' and '.join(f'p{i} is not DROPPED' for i in numbers)}:\n"
        f"            out += ({', '.join(results)},)\n"
        f"        s += {shape.line.stride}\n"
    )
    exec(compile(source, "<naming>", "exec"), scope)  # noqa: S102 - built from our own templates, never from input
    run: Callable[[bytes, list[bytes]], None] = scope["run"]
    return run


def _segments(shape: Shape) -> Iterator[tuple[int, Moves, int, int]]:
    """The row cut where its origin changes (-1 is the line): its moves, and from where to where it goes."""
    every = sorted(
        (move[1], origin, move)
        for origin, moves in ((-1, shape.moves), *((i, place.moves) for i, place in enumerate(shape.places)))
        for move in moves
    )
    start = 0
    while every:
        origin = every[0][1]
        length = next((i for i, one in enumerate(every) if one[1] != origin), len(every))
        end = every[length][0] if length < len(every) else shape.row.stride
        yield origin, [one[2] for one in every[:length]], start, end
        start, every = end, every[length:]


def _line_pieces(moves: Moves, start: int, end: int, scope: dict[str, Any]) -> list[str]:
    """Expressions that give the bytes from `start` to `end` of the row out of the line that begins at `s`."""
    pieces: list[str] = []
    at = start
    while moves:
        origin, target, _ = moves[0]
        if target > at:
            pieces.append(_zeros(target - at, scope))
        length = next((i for i, one in enumerate(moves) if one[1] - one[0] != target - origin), len(moves))
        last = moves[length - 1]
        at = last[1] + last[2]
        pieces.append(f"lines[s + {origin} : s + {last[0] + last[2]}]")
        moves = moves[length:]
    if end > at:
        pieces.append(_zeros(end - at, scope))
    return pieces


def _zeros(size: int, scope: dict[str, Any]) -> str:
    scope[f"Z{size}"] = bytes(size)
    return f"Z{size}"


def _cutter(
    shape: Shape, number: int, cuts: list[tuple[Moves, int, int]]
) -> tuple[Callable[[int], Pieces | None], Callable[[int], Pieces], Pieces]:
    """What gives a key's pieces if they are kept, what cuts them, and those of no row."""
    index: PythonIndex = shape.places[number].index
    table, cache = index.table, dict[int, Pieces]()
    counts = struct.Struct(f"<{INTEGERS[table.counts.type]}")

    def cut(message: bytes) -> Pieces:
        pieces = []
        for moves, start, end in cuts:
            piece = bytearray(end - start)
            for origin, target, size in moves:
                piece[target - start : target - start + size] = message[origin : origin + size]
            pieces.append(bytes(piece))
        return tuple(pieces) or ((),)

    absent = cut(table.absent)

    def missed(key: int) -> Pieces:
        at = index.at.get(key)
        if at is None:
            return absent
        message = bytes(table.messages[at : at + table.layout.stride])
        if len(cache) >= _CACHE_LIMIT:
            cache.clear()
        found = cache[key] = cut(message) if counts.unpack_from(message, table.counts.offset)[0] else _DROPPED
        return found

    return cache.get, missed, absent
