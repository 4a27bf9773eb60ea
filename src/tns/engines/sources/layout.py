"""The shape of a row as the wire brings it: what both the pure-Python and the compiled encoder are generated from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

# Days between Firebird's day zero (1858-11-17, the modified Julian day) and PostgreSQL's (2000-01-01).
MJD_TO_POSTGRES = 51544
MJD_TO_ORDINAL = 678576


class WireType(IntEnum):
    """How a column lies in the message. The numbers are shared with the compiled part."""

    TEXT = 1  # fixed length, blank padded
    VARYING = 2  # uint16 length, then bytes
    INT16 = 3
    INT32 = 4
    INT64 = 5
    FLOAT = 6
    DOUBLE = 7
    DATE = 8  # int32, modified Julian day
    TIMESTAMP = 9  # date, then uint32 of 1/10,000 s
    TIME = 10
    BOOLEAN = 11
    BLOB = 12
    OTHER = 13  # INT128, DECFLOAT, time zones, arrays: not read


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a message. `scale` is the number of decimals of a scaled integer; offsets are in bytes."""

    name: str
    type: WireType
    offset: int
    null_offset: int
    length: int
    scale: int
    source_type: str

    @property
    def is_text(self) -> bool:
        return self.type in (WireType.TEXT, WireType.VARYING)

    @property
    def is_integer(self) -> bool:
        return self.type in (WireType.INT16, WireType.INT32, WireType.INT64)

    @property
    def is_number(self) -> bool:
        return self.is_integer or self.type in (WireType.FLOAT, WireType.DOUBLE)

    @property
    def is_date(self) -> bool:
        return self.type in (WireType.DATE, WireType.TIMESTAMP)


@dataclass(frozen=True, slots=True)
class Layout:
    """A message of `stride` bytes whose text is in `codec`."""

    columns: tuple[Column, ...]
    stride: int
    codec: str

    def column(self, name: str) -> Column | None:
        """The column of that name, or None."""
        return next((column for column in self.columns if column.name == name), None)


_FORMATS = {
    WireType.INT16: ("h", 2),
    WireType.INT32: ("i", 4),
    WireType.INT64: ("q", 8),
    WireType.FLOAT: ("f", 4),
    WireType.DOUBLE: ("d", 8),
    WireType.DATE: ("i", 4),
    WireType.TIMESTAMP: ("i4x", 8),
    WireType.TIME: ("I", 4),
    WireType.BOOLEAN: ("?", 1),
    WireType.BLOB: ("8s", 8),
}


def size_of(column: Column) -> int | None:
    """Bytes of the value in a message; None when it is no more than a reference into the database."""
    if column.type is WireType.VARYING:
        return 2 + column.length
    if column.type is WireType.TEXT:
        return column.length
    if column.type in (WireType.BLOB, WireType.OTHER):
        return None
    return _FORMATS[column.type][1]


def struct_format(layout: Layout, wanted: frozenset[str]) -> tuple[str, list[str]]:
    """A struct format over one message, and the variable each of its values is for.

    Variables are n{i} (NULL flag, non-zero is NULL), v{i} (value) and, for VARYING, l{i} (length); columns outside
    `wanted` are skipped over.
    """
    pieces: list[tuple[int, int, str, list[str]]] = []
    for i, column in enumerate(layout.columns):
        if column.name not in wanted:
            continue
        pieces.append((column.null_offset, 2, "h", [f"n{i}"]))
        if column.type is WireType.VARYING:
            pieces.append((column.offset, 2 + column.length, f"H{column.length}s", [f"l{i}", f"v{i}"]))
        elif column.type in _FORMATS:
            code, size = _FORMATS[column.type]
            pieces.append((column.offset, size, code, [f"v{i}"]))
        else:
            pieces.append((column.offset, column.length, f"{column.length}s", [f"v{i}"]))
    position, text, names = 0, "<", []
    for offset, size, code, variables in sorted(pieces):
        if offset > position:
            text += f"{offset - position}x"
        text += code
        position = offset + size
        names += variables
    if layout.stride > position:
        text += f"{layout.stride - position}x"
    return text, names
