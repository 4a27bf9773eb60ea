"""Rows out of Firebird as blocks of raw messages.

The driver decodes value by value, which costs more than all the rest together. Here its own prepared statement is
executed, and IResultSet.fetchNext writes each message straight into a block; what the bytes mean is in the Layout.
Relies on the driver's private `_out_desc`, `_out_meta` and `Cursor._result`, hence the pinned version.
"""

from __future__ import annotations

import contextlib
import ctypes
import datetime as dt
import struct
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from tns.engines.loading.native import building as native
from tns.engines.sources import firebird_errors
from tns.engines.sources.charsets import PADDING, decode
from tns.engines.sources.firebird import FirebirdConnection
from tns.engines.sources.layout import MJD_TO_ORDINAL, Column, Layout, WireType, struct_format

BLOCK_ROWS = 1000
_NO_DATA = 1  # IStatus::RESULT_NO_DATA

_WIRE_TYPES = {
    452: WireType.TEXT,
    448: WireType.VARYING,
    500: WireType.INT16,
    496: WireType.INT32,
    580: WireType.INT64,
    482: WireType.FLOAT,
    480: WireType.DOUBLE,
    530: WireType.DOUBLE,
    570: WireType.DATE,
    510: WireType.TIMESTAMP,
    560: WireType.TIME,
    32764: WireType.BOOLEAN,
    520: WireType.BLOB,
}


def layout_of(statement: Any, codec: str) -> Layout:
    """The layout of a prepared statement's output message; names are the aliases, upper case."""
    columns = tuple(
        Column(
            name=str(item.alias or item.field).strip().upper(),
            type=_WIRE_TYPES.get(int(item.datatype), WireType.OTHER),
            offset=item.offset,
            null_offset=item.null_offset,
            length=item.length,
            scale=-int(item.scale),
            source_type=getattr(item.datatype, "name", str(item.datatype)),
        )
        for item in statement._out_desc
    )
    return Layout(columns, len(statement._out_buffer), codec)


class MessageReader:
    """An open cursor. `fill(buffer, rows)` writes up to `rows` messages one after another and says how many."""

    def __init__(
        self, connection: FirebirdConnection, transaction: Any, statement: Any, params: tuple[Any, ...]
    ) -> None:
        self._connection = connection
        self._cursor = transaction.cursor()
        self.layout = layout_of(statement, connection.reading.codec)
        self._done = False
        self._cursor.execute(statement, params)
        result_set = self._cursor._result
        self._pointer = result_set._as_parameter_
        self._fetch = result_set.vtable.fetchNext
        self._result_set = result_set

    def _handles(self) -> tuple[int | None, int | None, int | None]:
        """Addresses of fetchNext, the result set and this thread's status: what a compiled fetch loop needs."""
        status = self._result_set.status._as_parameter_
        return (
            ctypes.cast(self._fetch, ctypes.c_void_p).value,
            ctypes.cast(self._pointer, ctypes.c_void_p).value,
            ctypes.cast(status, ctypes.c_void_p).value,
        )

    def fill(self, address: int, rows: int) -> int:
        """Fetch up to `rows` messages to memory at `address`; fewer than `rows` means the end."""
        if self._done:
            return 0
        if native.load().library is not None:
            return self._fill_native(address, rows)
        fetch, pointer, stride = self._fetch, self._pointer, self.layout.stride
        status = self._result_set.status
        for row in range(rows):
            outcome = fetch(pointer, status, address)
            if outcome:
                if outcome == _NO_DATA:
                    self._done = True
                    return row
                self._result_set._check()
            address += stride
        return rows

    def _fill_native(self, address: int, rows: int) -> int:
        """The same loop in C, without the interpreter's lock."""
        fetch, stride = _native_fetch(), self.layout.stride
        return self.fill_compiled(lambda handles, outcome: fetch(*handles, address, stride, rows, outcome))

    def fill_compiled(self, fetch: Callable[[tuple[int | None, ...], Any], int]) -> int:
        """What a compiled loop does with fetchNext, the result set and this thread's status; nothing after the end."""
        if self._done:
            return 0
        outcome = ctypes.c_int32(0)
        count = fetch(self._handles(), ctypes.byref(outcome))
        if outcome.value:
            self._done = True
            if outcome.value != _NO_DATA:
                self._result_set._check()
        return count

    def close(self) -> None:
        from firebird.driver import Error

        with contextlib.suppress(Error):
            self._cursor.close()


def _native_fetch() -> Any:
    library: Any = native.load().library
    library.tns_fetch.argtypes = [
        ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64,
        ctypes.c_void_p,
    ]  # fmt: skip
    library.tns_fetch.restype = ctypes.c_int64
    return library.tns_fetch


def fetch_rows(connection: FirebirdConnection, sql: str, params: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Rows of a query as Python values, decoding text leniently; for small results and previews. Raises SourceError."""
    from firebird.driver import DatabaseError

    transaction = connection.read_only()
    statement = None
    reader = None
    try:
        cursor = transaction.cursor()
        statement = cursor.prepare(sql)
        reader = MessageReader(connection, transaction, statement, params)
        decoder = RowDecoder(reader.layout)
        buffer = ctypes.create_string_buffer(reader.layout.stride * 100)
        while count := reader.fill(ctypes.addressof(buffer), 100):
            yield from decoder.rows(memoryview(buffer)[: count * reader.layout.stride])
    except DatabaseError as error:
        raise firebird_errors.reading(error, address=connection.info.address) from error
    finally:
        if reader is not None:
            reader.close()
        with contextlib.suppress(DatabaseError):
            if statement is not None:
                statement.free()
            transaction.close()


class RowDecoder:
    """Messages to tuples of Python values (text, int, Decimal, float, date, datetime, bool or None)."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        fmt, self._names = struct_format(layout, frozenset(column.name for column in layout.columns))
        self._struct = struct.Struct(fmt)
        self.stray_bytes = 0

    def rows(self, block: memoryview) -> Iterator[tuple[Any, ...]]:
        """The rows of a block of whole messages."""
        for values in self._struct.iter_unpack(block):
            named = dict(zip(self._names, values, strict=True))
            yield tuple(self._value(column, i, named) for i, column in enumerate(self._layout.columns))

    def _value(self, column: Column, i: int, named: dict[str, Any]) -> Any:
        if named[f"n{i}"]:
            return None
        value = named[f"v{i}"]
        if column.is_text:
            raw: bytes = value[: named[f"l{i}"]] if column.type is WireType.VARYING else value
            text, stray = decode(raw.rstrip(PADDING), self._layout.codec)
            self.stray_bytes += stray
            return text
        if column.is_integer:
            return Decimal(value).scaleb(-column.scale) if column.scale > 0 else value
        if column.is_date:
            return dt.date.fromordinal(value + MJD_TO_ORDINAL)
        if column.type in (WireType.BLOB, WireType.OTHER):
            return f"({column.source_type})"
        return value
