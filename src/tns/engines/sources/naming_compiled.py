"""Naming lines with the compiled part, which fetches them too (tns_names.c)."""

from __future__ import annotations

import ctypes
from typing import Any, ClassVar

from tns.engines.loading.native import building as native
from tns.engines.sources.firebird_rows import MessageReader
from tns.engines.sources.naming import Moves, NameTable, Shape, Unfit


class _Move(ctypes.Structure):
    _fields_: ClassVar = [(name, ctypes.c_int32) for name in ("origin", "target", "size")]


class _Names(ctypes.Structure):
    _fields_: ClassVar = [
        ("messages", ctypes.c_void_p),
        ("absent", ctypes.c_char_p),
        ("slots", ctypes.c_void_p),
        ("moves", ctypes.POINTER(_Move)),
        ("mask", ctypes.c_int64),
        *((name, ctypes.c_int32) for name in (
            "stride", "move_count", "key", "key_null", "key_type", "counts", "counts_type",
            "line", "line_null", "line_type",
        )),
    ]  # fmt: skip


class _Naming(ctypes.Structure):
    _fields_: ClassVar = [
        ("names", ctypes.POINTER(_Names)),
        ("moves", ctypes.POINTER(_Move)),
        *((name, ctypes.c_int32) for name in ("name_count", "move_count", "stride")),
    ]


class CompiledIndex:
    """See Index."""

    def __init__(self, table: NameTable) -> None:
        self.table = table
        count = len(table.messages) // table.layout.stride
        self._slots = (ctypes.c_int32 * (1 << max(4, (2 * count).bit_length())))()
        ctypes.memset(self._slots, 0xFF, ctypes.sizeof(self._slots))
        self._messages = (ctypes.c_char * len(table.messages)).from_buffer(table.messages)
        if not _prepared().tns_names_index(ctypes.byref(self.structure()), count, self._slots):
            raise Unfit

    def structure(self) -> _Names:
        """The table for the compiled part, not yet in its place; valid as long as the index lives."""
        table = self.table
        return _Names(
            messages=ctypes.addressof(self._messages), absent=table.absent, slots=ctypes.addressof(self._slots),
            mask=len(self._slots) - 1, stride=table.layout.stride,
            key=table.key.offset, key_null=table.key.null_offset, key_type=table.key.type,
            counts=table.counts.offset, counts_type=table.counts.type,
        )  # fmt: skip


class CompiledNaming:
    """Fills buffers with rows of a shape, without the interpreter's lock."""

    def __init__(self, shape: Shape) -> None:
        self._library = _prepared()
        arrays = [_array(place.moves) for place in shape.places]
        names, moves = (_Names * len(arrays))(), _array(shape.moves)
        for number, (place, array) in enumerate(zip(shape.places, arrays, strict=True)):
            one, key = place.index.structure(), place.line_key
            one.moves, one.move_count = array, len(array)
            one.line, one.line_null, one.line_type = key.offset, key.null_offset, key.type
            names[number] = one
        self._structure = _Naming(
            names=names, moves=moves, name_count=len(names), move_count=len(moves), stride=shape.row.stride
        )
        self._line = ctypes.create_string_buffer(shape.line.stride)
        self._alive = (shape, arrays, names, moves)

    def fill(self, reader: MessageReader, address: int, rows: int) -> int:
        """Put up to `rows` rows together at `address`; fewer than `rows` means the end."""
        return reader.fill_compiled(
            lambda handles, outcome: self._library.tns_fetch_named(
                *handles, ctypes.byref(self._structure), self._line, address, rows, outcome
            )
        )


def _prepared() -> Any:
    library = native.load().library
    if library is None:
        raise RuntimeError("the compiled part is not there")
    pointer, length = ctypes.c_void_p, ctypes.c_int64
    library.tns_names_index.argtypes = [pointer, length, pointer]
    library.tns_fetch_named.argtypes = [pointer, pointer, pointer, pointer, pointer, pointer, length, pointer]
    library.tns_fetch_named.restype = length
    if (library.tns_names_sizes(0), library.tns_names_sizes(1)) != (ctypes.sizeof(_Names), ctypes.sizeof(_Naming)):
        raise RuntimeError("the compiled part has other structures")
    return library


def _array(moves: Moves) -> Any:
    return (_Move * len(moves))(*(_Move(*move) for move in moves))
