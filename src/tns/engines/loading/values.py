"""PostgreSQL's binary COPY format, value by value: length (int32) and then the value, big endian.

Formats: the manual's "COPY … Binary Format" and each type's receive function; numeric is ndigits, weight, sign, dscale
and base-10,000 digits. With four decimals, the last base-10,000 digit is exactly the decimals.
"""

from __future__ import annotations

import struct

from tns.engines.loading.fields import DECIMALS
from tns.engines.sources.layout import MJD_TO_POSTGRES

SIGNATURE = b"PGCOPY\n\xff\r\n\0" + struct.pack(">ii", 0, 0)
TRAILER = struct.pack(">h", -1)
NULL = struct.pack(">i", -1)

_UNIT: int = 10**DECIMALS
# What int64 at four decimals can hold; beyond it a DOUBLE is nonsense for a quantity or an amount.
MAX_SCALED = 2**63 - 1


class Unrepresentable(ValueError):
    """NaN, infinite or too large."""


def text(value: bytes) -> bytes:
    """A text field; `value` is UTF-8 without NUL."""
    return struct.pack(">i", len(value)) + value


def integer(value: int) -> bytes:
    """A bigint field."""
    return struct.pack(">iq", 8, value)


def date(modified_julian_day: int) -> bytes:
    """A date field."""
    return struct.pack(">ii", 4, modified_julian_day - MJD_TO_POSTGRES)


def numeric(scaled: int) -> bytes:
    """A numeric field of four decimals, from its value × 10,000."""
    digits: list[int] = []
    rest = abs(scaled)
    while rest:
        rest, digit = divmod(rest, 10_000)
        digits.append(digit)
    count = len(digits)
    return struct.pack(
        f">ihhHh{count}H",
        8 + 2 * count,
        count,
        count - 2 if count else 0,
        0x4000 if scaled < 0 else 0,
        DECIMALS,
        *digits[::-1],
    )


def scale_integer(value: int, scale: int) -> int:
    """value / 10^scale as an integer of 1/10,000, half away from zero; raises Unrepresentable."""
    if scale <= DECIMALS:
        scaled = value * int(10 ** (DECIMALS - scale))
    else:
        divisor = int(10 ** (scale - DECIMALS))
        quotient, rest = divmod(abs(value), divisor)
        scaled = quotient + (1 if rest * 2 >= divisor else 0)
        scaled = -scaled if value < 0 else scaled
    if abs(scaled) > MAX_SCALED:
        raise Unrepresentable
    return scaled


def scale_double(value: float) -> int:
    """A double as an integer of 1/10,000, half away from zero as Firebird's own CAST; raises Unrepresentable."""
    product = value * _UNIT
    if not -9.2e18 < product < 9.2e18:  # also false for NaN
        raise Unrepresentable
    return int(product + 0.5) if product > 0 else int(product - 0.5)


def scale_product(quantity: int, price: int) -> int:
    """quantity × price, all of them integers of 1/10,000, half away from zero; raises Unrepresentable."""
    product = quantity * price
    quotient, rest = divmod(abs(product), _UNIT)
    quotient += 1 if rest * 2 >= _UNIT else 0
    if quotient > MAX_SCALED:
        raise Unrepresentable
    return -quotient if product < 0 else quotient
