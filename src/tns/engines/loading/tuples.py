"""Tuples of Python values to binary COPY: for drivers whose wire format is out of reach."""

from __future__ import annotations

import datetime as dt
import struct
from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tns.engines.loading import fields, values
from tns.engines.loading.fields import DECIMALS
from tns.engines.loading.plan import Op, Plan, Step
from tns.engines.loading.stats import Stats
from tns.engines.sources.charsets import PADDING
from tns.engines.sources.layout import MJD_TO_ORDINAL

_PADDING = PADDING.decode("ascii")
_LIMIT = Decimal(values.MAX_SCALED)


class _Rejected(Exception):
    """This row cannot be a movement; the argument is the reason's slug."""


class TupleEncoder:
    """See PythonEncoder; a block is a list of tuples."""

    name = "tuplas"

    def __init__(self, plan: Plan, company_id: int, first_day: int, last_day: int) -> None:
        self.stats = Stats()
        self._plan = plan
        self._first, self._last = first_day + MJD_TO_ORDINAL, last_day + MJD_TO_ORDINAL
        self._head = struct.pack(">h", len(plan.targets)) + values.integer(company_id)
        self._steps = [(step, self._field(step)) for step in plan.steps]
        self._scaled: dict[int, int | None] = {}

    def encode(self, block: Sequence[tuple[Any, ...]], rows: int) -> bytes:
        """The binary COPY of the first `rows` tuples of `block`."""
        out: list[bytes] = []
        for row in block[:rows]:
            self._scaled.clear()
            try:
                encoded = [field(row) for _, field in self._steps]
            except _Rejected as reason:
                self.stats.rejected[str(reason.args[0])] += 1
                continue
            out += (self._head, *encoded)
            self.stats.written += 1
            self._sum()
        self.stats.read += rows
        return b"".join(out)

    def _sum(self) -> None:
        for number, (step, _) in enumerate(self._steps):
            if step.target == "cantidad":
                self.stats.sum_quantity += self._scaled.get(number) or 0
            elif step.target == "valor_total":
                self.stats.sum_value += self._scaled.get(number) or 0

    def _field(self, step: Step) -> Callable[[tuple[Any, ...]], bytes]:
        makers: dict[Op, Callable[[Step], Callable[[tuple[Any, ...]], bytes]]] = {
            Op.NUMBER: self._number,
            Op.NUMBER_NEEDED: self._number,
            Op.DATE: self._date,
            Op.DATE_OF_WINDOW: self._date,
            Op.PRODUCT: self._product,
        }
        return makers.get(step.op, self._text)(step)

    def _number(self, step: Step) -> Callable[[tuple[Any, ...]], bytes]:
        number = self._plan.steps.index(step)

        def encode(row: tuple[Any, ...]) -> bytes:
            value = row[step.index]
            self._scaled[number] = None
            if value is None:
                if step.op is Op.NUMBER_NEEDED:
                    raise _Rejected("cantidad_ausente")
                return values.NULL
            scaled = self._scaled[number] = _scale(value)
            return values.numeric(scaled)

        return encode

    def _product(self, step: Step) -> Callable[[tuple[Any, ...]], bytes]:
        def number_of(index: int) -> int:
            numbers = (Op.NUMBER, Op.NUMBER_NEEDED)
            return next(i for i, s in enumerate(self._plan.steps) if s.index == index and s.op in numbers)

        own, first, second = self._plan.steps.index(step), number_of(step.index), number_of(step.other)

        def encode(row: tuple[Any, ...]) -> bytes:
            a, b = self._scaled[first], self._scaled[second]
            if a is None or b is None:
                return values.NULL
            try:
                scaled = self._scaled[own] = values.scale_product(a, b)
            except values.Unrepresentable:
                raise _Rejected("numero_invalido") from None
            return values.numeric(scaled)

        return encode

    def _date(self, step: Step) -> Callable[[tuple[Any, ...]], bytes]:
        def encode(row: tuple[Any, ...]) -> bytes:
            value = row[step.index]
            if value is None:
                if step.op is Op.DATE_OF_WINDOW:
                    raise _Rejected("fecha_ausente")
                return values.NULL
            if not isinstance(value, dt.date):  # a time of day, or what a loose column holds
                raise _Rejected("fecha_ausente")
            day = value.toordinal()
            if step.op is Op.DATE_OF_WINDOW and not self._first <= day <= self._last:
                raise _Rejected("fecha_fuera_de_ventana")
            return values.date(day - MJD_TO_ORDINAL)

        return encode

    def _text(self, step: Step) -> Callable[[tuple[Any, ...]], bytes]:
        def encode(row: tuple[Any, ...]) -> bytes:
            value = row[step.index]
            text = (
                "" if value is None else self._clean(value, count=step.op not in (Op.DOCUMENT_TYPE, Op.WAREHOUSE_TYPE))
            )
            if step.op is Op.DOCUMENT_TYPE:
                return self._document_type(text.strip())
            if step.op is Op.WAREHOUSE_TYPE:
                kind = fields.warehouse_type(text, self._plan.rules) if text else None
                return values.text(kind.encode()) if kind else values.NULL
            if not text and step.op is Op.TEXT_NEEDED:
                raise _Rejected("articulo_ausente")
            return values.text(text.encode()) if text or step.op is Op.TEXT_OR_EMPTY else values.NULL

        return encode

    def _clean(self, value: Any, *, count: bool) -> str:
        text = (value.decode("cp1252", errors="replace") if isinstance(value, bytes) else str(value)).rstrip(_PADDING)
        clean = text.replace("\0", "").encode("utf-8", errors="replace").decode()
        if count and clean != text:
            self.stats.stray_bytes += sum(1 for char in text if char == "\0" or "\ud800" <= char <= "\udfff")
        return clean

    def _document_type(self, code: str) -> bytes:
        known = fields.document_type(code)
        if known is None:
            self.stats.unknown_codes[code] += 1
        return values.text((known or fields.OTHER).encode())


def _scale(value: Any) -> int:
    """An int, float or Decimal as an integer of 1/10,000, half away from zero; rejects the row when it is none."""
    try:
        if isinstance(value, float):
            return values.scale_double(value)
        scaled = Decimal(value).scaleb(DECIMALS).to_integral_value(ROUND_HALF_UP)
    except (values.Unrepresentable, ArithmeticError, ValueError):
        raise _Rejected("numero_invalido") from None
    if scaled.is_nan() or abs(scaled) > _LIMIT:
        raise _Rejected("numero_invalido")
    return int(scaled)
