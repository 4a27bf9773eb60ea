"""Messages to binary COPY in pure Python: a function generated for the query's own columns.

Every value of a column goes through a small cache of already encoded fields: what repeats (dates, warehouses, articles,
third parties, prices) costs a dictionary look-up, and only new values are decoded.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

from tns.engines.loading import fields, values
from tns.engines.loading.plan import Op, Plan, Step
from tns.engines.loading.stats import Stats
from tns.engines.sources.charsets import PADDING, decode
from tns.engines.sources.layout import Column, WireType, struct_format

# Encoded fields kept per column; reached by unique values only, and then forgotten at once.
_CACHE_LIMIT = 5_000


class _Rejected(Exception):
    """This row cannot be a movement; the argument is the reason's slug."""


class PythonEncoder:
    """Encodes blocks for one plan, one company and one window.

    `encode(block, rows)` returns the binary COPY rows (no signature, no trailer); `stats` counts.
    """

    name = "python"

    def __init__(self, plan: Plan, company_id: int, first_day: int, last_day: int) -> None:
        """`first_day` and `last_day` are modified Julian days, both inside the window."""
        self.stats = Stats()
        self._plan = plan
        self._columns = plan.layout.columns
        self._codec = plan.layout.codec
        names = frozenset(name for name, _ in plan.used)
        text, variables = struct_format(plan.layout, names)
        head = struct.pack(">h", len(plan.targets)) + values.integer(company_id)
        self._run = self._generate(struct.Struct(text), variables, head, first_day, last_day)

    def encode(self, block: memoryview, rows: int) -> bytes:
        """The binary COPY of the first `rows` messages of `block`."""
        out: list[bytes] = []
        self._run(block[: rows * self._plan.layout.stride], out)
        self.stats.read += rows
        return b"".join(out)

    # -- generation --

    def _generate(
        self, unpack: struct.Struct, variables: list[str], head: bytes, first: int, last: int
    ) -> Callable[[memoryview, list[bytes]], None]:
        scope: dict[str, Any] = {
            "unpack": unpack.iter_unpack,
            "HEAD": head,
            "NULL": values.NULL,
            "EMPTY": values.text(b""),
            "FIRST": first,
            "LAST": last,
            "Rejected": _Rejected,
            "stats": self.stats,
            "rejected": self.stats.rejected,
            "product": _product_field,
        }
        body: list[str] = []
        results: list[str] = []
        summed: dict[str, str] = {}
        for number, step in enumerate(self._plan.steps):
            lines, scaled = self._step(number, step, scope)
            body += lines
            results.append(f"r{number}")
            if step.target in ("cantidad", "precio_unitario", "valor_total") and scaled:
                summed[step.target] = scaled
        sums = [f"quantity += {summed['cantidad']}"]
        if "valor_total" in summed:
            sums.append(f"value += {summed['valor_total']}")
        indent = "\n            "
        source = (
            "def run(block, out):\n"
            "    written = quantity = value = 0\n"
            f"    for {', '.join(variables)}, in unpack(block):\n"
            "        try:" + indent + indent.join(body) + "\n"
            "        except Rejected as reason:\n"
            "            rejected[reason.args[0]] += 1\n"
            "            continue\n"
            "        out += (HEAD, " + ", ".join(results) + ")\n"
            "        written += 1\n" + "".join(f"        {line}\n" for line in sums) + "    stats.written += written\n"
            "    stats.sum_quantity += quantity\n"
            "    stats.sum_value += value\n"
        )
        exec(compile(source, "<encoder>", "exec"), scope)  # noqa: S102 - built from our own templates, never from input
        run: Callable[[memoryview, list[bytes]], None] = scope["run"]
        return run

    def _step(self, number: int, step: Step, scope: dict[str, Any]) -> tuple[list[str], str]:
        """Lines that leave the encoded field in r{number}; for numbers also its scaled value's name."""
        i, column, r = step.index, self._columns[step.index], f"r{number}"
        if step.op is Op.PRODUCT:
            a, b = self._scaled_name(step.index), self._scaled_name(step.other)
            return [
                f"if n{step.other}: {r} = NULL; s{number} = 0",
                f"else: {r}, s{number} = product({a}, {b})",
            ], f"s{number}"
        get, miss = f"g{number}", f"m{number}"
        cache: dict[Any, Any] = {}
        scope[get] = cache.get
        scope[miss] = self._miss(step, column, cache)
        if step.op in (Op.NUMBER, Op.NUMBER_NEEDED):
            absent = f"{r} = NULL; s{number} = 0"
            if step.op is Op.NUMBER_NEEDED:
                absent = "raise Rejected('cantidad_ausente')"
            return [f"if n{i}: {absent}", f"else: {r}, s{number} = {get}(v{i}) or {miss}(v{i})"], f"s{number}"
        if step.op is Op.DATE_OF_WINDOW:
            return [
                f"if n{i}: raise Rejected('fecha_ausente')",
                f"if not FIRST <= v{i} <= LAST: raise Rejected('fecha_fuera_de_ventana')",
                f"{r} = {get}(v{i}) or {miss}(v{i})",
            ], ""
        absent = {
            Op.TEXT_NEEDED: "raise Rejected('articulo_ausente')",
            Op.TEXT_OR_EMPTY: f"{r} = EMPTY",
            Op.DOCUMENT_TYPE: f"{r} = {miss}(b'')",
        }.get(step.op, f"{r} = NULL")
        raw = f"v{i}[:l{i}]" if column.type is WireType.VARYING else f"v{i}"
        return [f"if n{i}: {absent}", f"else: k = {raw}; {r} = {get}(k) or {miss}(k)"], ""

    def _scaled_name(self, index: int) -> str:
        """The variable that holds the scaled value of a message column."""
        for number, step in enumerate(self._plan.steps):
            if step.index == index and step.op in (Op.NUMBER, Op.NUMBER_NEEDED):
                return f"s{number}"
        raise AssertionError("PRODUCT comes after its factors")

    def _miss(self, step: Step, column: Column, cache: dict[Any, Any]) -> Callable[[Any], Any]:
        """What encodes a value that the cache does not have, and remembers it."""
        if step.op in (Op.NUMBER, Op.NUMBER_NEEDED):
            return _remembering(cache, _number_encoder(column))
        if step.op in (Op.DATE, Op.DATE_OF_WINDOW):
            return _remembering(cache, values.date)
        if column.is_integer:
            return _remembering(cache, lambda value: values.text(b"%d" % value))
        if step.op is Op.DOCUMENT_TYPE:
            return self._document_type(cache)
        if step.op is Op.WAREHOUSE_TYPE:
            return self._text(cache, self._warehouse_type)
        return self._text(cache, self._plain(step.op), count=True)

    def _text(
        self, cache: dict[Any, Any], finish: Callable[[bytes], bytes], *, count: bool = False
    ) -> Callable[[bytes], bytes]:
        codec, stats = self._codec, self.stats

        def encode(raw: bytes) -> bytes:
            trimmed = raw.rstrip(PADDING)
            if trimmed.isascii() and b"\0" not in trimmed:
                field = finish(trimmed)
            else:
                decoded, stray = decode(trimmed, codec)
                field = finish(decoded.encode())
                if stray:
                    # Not remembered: each appearance counts. A column with two targets counts once.
                    stats.stray_bytes += stray if count else 0
                    return field
            if len(cache) >= _CACHE_LIMIT:
                cache.clear()
            cache[raw] = field
            return field

        return encode

    @staticmethod
    def _plain(op: Op) -> Callable[[bytes], bytes]:
        def finish(value: bytes) -> bytes:
            if value or op is Op.TEXT_OR_EMPTY:
                return values.text(value)
            if op is Op.TEXT_NEEDED:
                raise _Rejected("articulo_ausente")
            return values.NULL

        return finish

    def _document_type(self, cache: dict[Any, Any]) -> Callable[[bytes], bytes]:
        codec, unknown = self._codec, self.stats.unknown_codes
        other = values.text(fields.OTHER.encode())

        def encode(raw: bytes) -> bytes:
            code = decode(raw.rstrip(PADDING), codec)[0].strip()
            known = fields.document_type(code)
            if known is None:
                unknown[code] += 1
                return other
            cache[raw] = values.text(known.encode())
            return values.text(known.encode())

        return encode

    def _warehouse_type(self, name: bytes) -> bytes:
        kind = fields.warehouse_type(name.decode(), self._plan.rules) if name else None
        return values.text(kind.encode()) if kind else values.NULL


def _remembering(cache: dict[Any, Any], encode: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def miss(value: Any) -> Any:
        field = encode(value)
        if len(cache) >= _CACHE_LIMIT:
            cache.clear()
        cache[value] = field
        return field

    return miss


def _number_encoder(column: Column) -> Callable[[Any], tuple[bytes, int]]:
    scale, integral = column.scale, column.is_integer

    def encode(value: Any) -> tuple[bytes, int]:
        try:
            scaled = values.scale_integer(value, scale) if integral else values.scale_double(value)
        except values.Unrepresentable:
            raise _Rejected("numero_invalido") from None
        return values.numeric(scaled), scaled

    return encode


def _product_field(quantity: int, price: int) -> tuple[bytes, int]:
    try:
        scaled = values.scale_product(quantity, price)
    except values.Unrepresentable:
        raise _Rejected("numero_invalido") from None
    return values.numeric(scaled), scaled
