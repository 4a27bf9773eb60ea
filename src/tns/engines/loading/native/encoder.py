"""The compiled encoder: same plan, same rows, same counts as PythonEncoder."""

from __future__ import annotations

import ctypes
import struct
import weakref
from typing import Any, ClassVar

from tns.engines.loading import fields, values
from tns.engines.loading.native.building import load
from tns.engines.loading.plan import Op, Plan, Step
from tns.engines.loading.stats import Stats
from tns.engines.sources.charsets import PADDING, decode
from tns.engines.sources.layout import MJD_TO_POSTGRES

_REASONS = ("", "fecha_ausente", "fecha_fuera_de_ventana", "articulo_ausente", "cantidad_ausente", "numero_invalido")
_STOP_DONE, _STOP_FULL, _STOP_MISS = 0, 1, 2
_CAPACITY = 1 << 20
_MAP_LIMIT = 4_000  # half of the table's slots


class _Step(ctypes.Structure):
    _fields_: ClassVar = [
        (name, ctypes.c_int32)
        for name in ("op", "type", "offset", "null_offset", "length", "scale", "first", "second", "sum", "map")
    ]


class _Context(ctypes.Structure):
    _fields_: ClassVar = [
        ("steps", ctypes.POINTER(_Step)),
        *((name, ctypes.c_int32) for name in (
            "step_count", "stride", "utf8", "first_day", "last_day", "epoch", "max_row", "head_length",
        )),
        ("head", ctypes.c_char_p),
        ("table", ctypes.c_char_p),
        ("read", ctypes.c_int64),
        ("written", ctypes.c_int64),
        ("stray", ctypes.c_int64),
        ("quantity_low", ctypes.c_uint64),
        ("quantity_high", ctypes.c_int64),
        ("value_low", ctypes.c_uint64),
        ("value_high", ctypes.c_int64),
        ("rejected", ctypes.c_int64 * len(_REASONS)),
        ("miss_step", ctypes.c_int32),
        ("miss_length", ctypes.c_int32),
        ("miss_key", ctypes.c_void_p),
        ("maps", ctypes.c_void_p * 2),
    ]  # fmt: skip


class NativeEncoder:
    """See PythonEncoder. Only what the maps do not know yet comes back to Python."""

    name = "nativa"

    def __init__(self, plan: Plan, company_id: int, first_day: int, last_day: int) -> None:
        self._library = _prepared()
        self._plan = plan
        self._stats = Stats()
        self._unknown: tuple[dict[bytes, str], dict[bytes, str]] = ({}, {})
        self._entries = [0, 0]
        head = struct.pack(">h", len(plan.targets)) + values.integer(company_id)
        steps = (_Step * len(plan.steps))(*(self._step(step) for step in plan.steps))
        largest = max([60, *(len(rule.type.encode()) for rule in plan.rules)])
        max_row = len(head) + sum(self._room(step, largest) for step in plan.steps)
        table = _table(plan.layout.codec)
        self._context = _Context(
            steps=steps, step_count=len(plan.steps), stride=plan.layout.stride, utf8=plan.layout.codec == "utf-8",
            first_day=first_day, last_day=last_day, epoch=MJD_TO_POSTGRES, max_row=max_row, head_length=len(head),
            head=head, table=table,
        )  # fmt: skip
        for number in (0, 1):
            self._context.maps[number] = _new_map(self._library)
            weakref.finalize(self, self._library.tns_map_free, self._context.maps[number])
        self._alive = (steps, head, table)
        self._capacity = max(_CAPACITY, 2 * max_row)
        self._out = ctypes.create_string_buffer(self._capacity)
        self._view = memoryview(self._out).cast("B")

    @property
    def stats(self) -> Stats:
        """The counts so far."""
        context, stats = self._context, self._stats
        stats.read, stats.written, stats.stray_bytes = context.read, context.written, context.stray
        stats.sum_quantity = (context.quantity_high << 64) | context.quantity_low
        stats.sum_value = (context.value_high << 64) | context.value_low
        for slug, count in zip(_REASONS, context.rejected, strict=True):
            if slug and count:
                stats.rejected[slug] = count
        self._harvest(0)
        return stats

    def encode(self, block: memoryview, rows: int) -> memoryview | bytes:
        """The binary COPY of the first `rows` messages; valid until the next call."""
        address = ctypes.addressof(ctypes.c_char.from_buffer(block))
        used, stop = ctypes.c_int64(0), ctypes.c_int32(0)
        full: list[bytes] = []
        row = 0
        while True:
            row = self._library.tns_encode(
                ctypes.byref(self._context), address, row, rows, self._out, self._capacity,
                ctypes.byref(used), ctypes.byref(stop),
            )  # fmt: skip
            if stop.value == _STOP_DONE:
                rest = self._view[: used.value]
                return b"".join([*full, rest]) if full else rest
            if stop.value == _STOP_FULL:
                full.append(bytes(self._view[: used.value]))
                used.value = 0
            else:
                self._learn()

    # -- maps --

    def _learn(self) -> None:
        """Teach the map what the value it has just missed becomes."""
        context = self._context
        key = ctypes.string_at(context.miss_key, context.miss_length) if context.miss_length else b""
        document = self._plan.steps[context.miss_step].op is Op.DOCUMENT_TYPE
        number = 0 if document else 1
        if self._entries[number] >= _MAP_LIMIT:
            self._harvest(number)
            self._library.tns_map_clear(context.maps[number])
            self._unknown[number].clear()
            self._entries[number] = 0
        field = self._document_type(key) if document else self._warehouse_type(key)
        if not self._library.tns_map_add(context.maps[number], key, len(key), field, len(field)):
            raise MemoryError
        self._entries[number] += 1

    def _document_type(self, raw: bytes) -> bytes:
        code = decode(raw.rstrip(PADDING), self._plan.layout.codec)[0].strip()
        known = fields.document_type(code)
        if known is None:
            self._unknown[0][raw] = code
        return values.text((known or fields.OTHER).encode())

    def _warehouse_type(self, raw: bytes) -> bytes:
        name = decode(raw.rstrip(PADDING), self._plan.layout.codec)[0]
        kind = fields.warehouse_type(name, self._plan.rules) if name else None
        return values.text(kind.encode()) if kind else values.NULL

    def _harvest(self, number: int) -> None:
        """Move the counts of unknown codes from the map to the stats."""
        for raw, code in self._unknown[number].items():
            if hits := self._library.tns_map_take_hits(self._context.maps[number], raw, len(raw)):
                self._stats.unknown_codes[code] += hits

    # -- layout --

    def _step(self, step: Step) -> _Step:
        column = self._plan.layout.columns[step.index]
        sums = {"cantidad": 1, "valor_total": 2}
        first = second = -1
        if step.op is Op.PRODUCT:
            first, second = self._number_step(step.index), self._number_step(step.other)
        return _Step(
            op=step.op, type=column.type, offset=column.offset, null_offset=column.null_offset, length=column.length,
            scale=column.scale, first=first, second=second, sum=sums.get(step.target, 0),
            map=0 if step.op is Op.DOCUMENT_TYPE else 1,
        )  # fmt: skip

    def _number_step(self, index: int) -> int:
        numbers = (Op.NUMBER, Op.NUMBER_NEEDED)
        return next(i for i, step in enumerate(self._plan.steps) if step.index == index and step.op in numbers)

    def _room(self, step: Step, largest: int) -> int:
        """The most bytes that the step can need: a byte of text is at most three of UTF-8, and one more to work in."""
        column = self._plan.layout.columns[step.index]
        if step.op in (Op.DOCUMENT_TYPE, Op.WAREHOUSE_TYPE):
            return 4 + largest
        return 4 + 4 * column.length if column.is_text else 32


def _prepared() -> Any:
    library = load().library
    if library is None:
        raise RuntimeError("the compiled part is not there")
    pointer, number, length = ctypes.c_void_p, ctypes.c_int32, ctypes.c_int64
    library.tns_encode.argtypes = [pointer, pointer, length, length, pointer, length, pointer, pointer]
    library.tns_encode.restype = length
    library.tns_map_free.argtypes = library.tns_map_clear.argtypes = [pointer]
    library.tns_map_add.argtypes = [pointer, ctypes.c_char_p, number, ctypes.c_char_p, number]
    library.tns_map_take_hits.argtypes = [pointer, ctypes.c_char_p, number]
    library.tns_map_take_hits.restype = length
    if (library.tns_sizes(0), library.tns_sizes(1)) != (ctypes.sizeof(_Step), ctypes.sizeof(_Context)):
        raise RuntimeError("the compiled part has other structures")
    return library


def _new_map(library: Any) -> int:
    library.tns_map_new.restype = ctypes.c_void_p
    created: int | None = library.tns_map_new()
    if created is None:
        raise MemoryError
    return created


def _table(codec: str) -> bytes:
    """For each byte: how many bytes of UTF-8 it becomes (bit 7: it belongs to no character), and these."""
    rows = []
    for value in range(256):
        raw = bytes((value,))
        try:
            encoded, mark = (raw.decode("ascii" if codec == "utf-8" else codec).encode(), 0)
        except UnicodeDecodeError:
            encoded, mark = (raw.decode("latin-1").encode(), 0x80)
        rows.append(bytes((len(encoded) | mark,)) + encoded.ljust(3, b"\0"))
    return b"".join(rows)
