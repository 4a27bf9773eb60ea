"""Messages as the wire would bring them, built by hand, for tests of the encoders."""

from __future__ import annotations

import struct
from typing import Any

from tns.engines.sources.layout import Column, Layout, WireType

_SIZES = {WireType.INT16: 2, WireType.INT32: 4, WireType.INT64: 8, WireType.DOUBLE: 8, WireType.FLOAT: 4,
          WireType.DATE: 4, WireType.TIMESTAMP: 8}  # fmt: skip
_CODES = {WireType.INT16: "<h", WireType.INT32: "<i", WireType.INT64: "<q", WireType.DOUBLE: "<d", WireType.FLOAT: "<f",
          WireType.DATE: "<i"}  # fmt: skip
MJD_2025 = 60676  # 2025-01-01


def layout(*columns: tuple[Any, ...], codec: str = "cp1252") -> Layout:
    """Columns are (name, type[, length or scale])."""
    built, offset = [], 0
    for name, kind, *rest in columns:
        text = kind in (WireType.TEXT, WireType.VARYING)
        length = rest[0] if text else _SIZES[kind]
        scale = rest[0] if rest and not text else 0
        size = length + (2 if kind is WireType.VARYING else 0)
        offset += -offset % 8
        built.append(Column(name, kind, offset, offset + size + size % 2, length, scale, kind.name))
        offset += size + size % 2 + 2
    return Layout(tuple(built), offset + -offset % 8, codec)


def message(shape: Layout, **values: Any) -> bytes:
    """One message; a column left out or None is NULL. Unused bytes hold rubbish, as the wire's do."""
    buffer = bytearray(b"\xa5" * shape.stride)
    for column in shape.columns:
        value = values.get(column.name)
        struct.pack_into("<h", buffer, column.null_offset, -1 if value is None else 0)
        if value is None:
            continue
        if column.type is WireType.VARYING:
            struct.pack_into("<H", buffer, column.offset, len(value))
            buffer[column.offset + 2 : column.offset + 2 + len(value)] = value
        elif column.type is WireType.TEXT:
            buffer[column.offset : column.offset + column.length] = value.ljust(column.length)
        elif column.type is WireType.TIMESTAMP:
            struct.pack_into("<iI", buffer, column.offset, *value)
        else:
            struct.pack_into(_CODES[column.type], buffer, column.offset, value)
    return bytes(buffer)
