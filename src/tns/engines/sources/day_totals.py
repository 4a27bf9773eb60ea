"""What a source says of each day before anything of it is read."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any


@dataclass(slots=True)
class DayTotals:
    """Rows, quantity and value (integers of 1/10,000) and a checksum, of one day or of several added up."""

    rows: int = 0
    quantity: int = 0
    value: int = 0
    checksum: int = 0

    def add(self, other: DayTotals) -> None:
        """Count `other`'s day here too."""
        self.rows += other.rows
        self.quantity += other.quantity
        self.value += other.value
        self.checksum += other.checksum


def scaled(value: Any) -> int:
    """A sum as the driver gives it, as an integer of 1/10,000; NULL is zero."""
    return int((Decimal(str(value)) * 10_000).to_integral_value()) if value is not None else 0
