"""Lines with the keys of their names become rows with the names: what the source's LEFT JOINs would answer.

Lines, names and rows are messages (see layout.py), and naming a line is copying pieces of messages into another. Which
pieces is worked out here; copying them is the work of naming_compiled.py and of its twin, naming_python.py.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from tns.engines.sources.layout import Column, Layout, WireType, size_of

KEY, COUNTS = "CLAVE", "CUENTA"
INTEGERS = {WireType.INT16: "h", WireType.INT32: "i", WireType.INT64: "q"}
Moves = list[tuple[int, int, int]]  # from, to, size
_NULL = struct.pack("<h", -1)


class Unfit(Exception):
    """These names cannot be put beside lines as the source's join would: it has to join them itself."""


class NameTable:
    """The rows of one table of names: messages one after another, with their key and whether their lines count.

    `absent` is the message of a line without a row: it counts, and all its names are NULL. Raises Unfit.
    """

    def __init__(self, layout: Layout, messages: bytearray) -> None:
        self.layout, self.messages = layout, messages
        self.key, self.counts = _integer(layout, KEY), _integer(layout, COUNTS)
        absent = bytearray(layout.stride)
        for column in layout.columns:
            absent[column.null_offset : column.null_offset + 2] = _NULL
        struct.pack_into(f"<{INTEGERS[self.counts.type]}", absent, self.counts.offset, 1)
        self.absent = bytes(absent)


class Index(Protocol):
    """A table of names whose rows are found by key. Making it raises Unfit when two have the same one."""

    @property
    def table(self) -> NameTable: ...


@dataclass(frozen=True, slots=True)
class Place:
    """An indexed table, the column of the line that has its key, and the way of its names into the row."""

    index: Any
    line_key: Column
    moves: Moves


@dataclass(frozen=True, slots=True)
class Shape:
    """How a line becomes a row."""

    row: Layout
    line: Layout
    moves: Moves
    places: tuple[Place, ...]


def make_shape(row: Layout, line: Layout, indexes: Sequence[Index]) -> Shape:
    """The shape of rows whose line has the key of table number i in its column CLAVE_i.

    Every other column of the row comes from the line or from a table, by its name. Raises Unfit when a column comes
    from nowhere or is of another type there.
    """
    origins = [line, *(index.table.layout for index in indexes)]
    moves: list[Moves] = [[] for _ in origins]
    for column in row.columns:
        number, origin = _origin(column, origins)
        moves[number] += _moves(origin, column)
    places = tuple(
        Place(index, _integer(line, f"CLAVE_{number}"), moves[number + 1]) for number, index in enumerate(indexes)
    )
    return Shape(row, line, moves[0], places)


def _integer(layout: Layout, name: str) -> Column:
    column = layout.column(name)
    if column is None or column.type not in INTEGERS or column.scale:
        raise Unfit
    return column


def _origin(column: Column, origins: Sequence[Layout]) -> tuple[int, Column]:
    """Which layout the column comes from, and as which of its columns."""
    for number, layout in enumerate(origins):
        found = layout.column(column.name)
        if found is not None:
            if (found.type, found.length, found.scale) != (column.type, column.length, column.scale):
                raise Unfit
            return number, found
    raise Unfit


def _moves(origin: Column, target: Column) -> Moves:
    """What to copy for one column: value and NULL flag, at once where they lie alike."""
    size = size_of(target)
    if size is None:
        raise Unfit
    gap = target.null_offset - target.offset
    if gap - size in (0, 1) and origin.null_offset - origin.offset == gap:
        return [(origin.offset, target.offset, gap + 2)]
    return [(origin.offset, target.offset, size), (origin.null_offset, target.null_offset, 2)]
