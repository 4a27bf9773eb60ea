"""Values of a Firebird row as they are needed: trimmed text, decimals without dust, days, clock times."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

CENT = Decimal("0.01")


def text(value: Any) -> str:
    return "" if value is None else str(value).strip()


def number(value: Any) -> Decimal:
    """A DOUBLE without the dust of its arithmetic; zero for NULL and for what is no number."""
    try:
        found = Decimal(str(value if value is not None else 0))
    except InvalidOperation:
        return Decimal(0)
    if not found.is_finite() or abs(found) > Decimal(10) ** 15:
        return Decimal(0)
    return found.quantize(Decimal("0.000001"), ROUND_HALF_UP)


def money(value: Any) -> Decimal:
    return number(value).quantize(CENT, ROUND_HALF_UP)


def day(value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else None


def clock(written: str) -> str:
    """HH:MM:SS from "14:05", "02:05:10 p. m.", ...; midnight when it says nothing usable."""
    found = re.match(r"(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([aApP])?", written)
    if found is None:
        return "00:00:00"
    hour, minute, second = int(found.group(1)), int(found.group(2)), int(found.group(3) or 0)
    half = (found.group(4) or "").lower()
    if half == "p" and hour < 12:
        hour += 12
    elif half == "a" and hour == 12:
        hour = 0
    return f"{hour:02d}:{minute:02d}:{second:02d}" if hour < 24 and minute < 60 and second < 60 else "00:00:00"
