"""What the system extracted against what is true of the installation, window by window."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tns.local.instalacion.verdad import VerdadBase

Json = dict[str, Any]


@dataclass(frozen=True)
class Totals:
    """Rows and sums of one company, or of one month of it."""

    rows: int = 0
    quantity: Decimal = Decimal(0)
    value: Decimal = Decimal(0)

    def __add__(self, other: Totals) -> Totals:
        return Totals(self.rows + other.rows, self.quantity + other.quantity, self.value + other.value)


@dataclass
class Comparison:
    """One company: what there is at the source, what arrived, and each month where they are not the same."""

    source: Totals = field(default_factory=Totals)
    target: Totals = field(default_factory=Totals)
    differences: list[str] = field(default_factory=list)
    windows: int = 0


def compare(truth: VerdadBase, windows: list[Json], reconciliation: list[Json]) -> Comparison:
    """The company's windows (`cobertura`) and the run's own reconciliation against the truth.

    Every month of the truth must have its window with the same rows and sums, no window may hold rows that the truth
    does not know, and source and target must agree in the reconciliation that the run wrote down.
    """
    comparison = Comparison(windows=len(windows))
    arrived: dict[str, Totals] = {}
    for window in windows:
        month = str(window["desde"])[:7]
        arrived[month] = arrived.get(month, Totals()) + Totals(
            window["filas"], Decimal(str(window["suma_cantidad"])), Decimal(str(window["suma_valor"]))
        )
    for month in sorted({*truth.totales, *arrived}):
        total = truth.total(meses=[month])
        expected = Totals(total.filas, total.cantidad, total.valor_total)
        found = arrived.get(month, Totals())
        comparison.source += expected
        comparison.target += found
        if expected != found:
            comparison.differences.append(f"{truth.nombre} {month}: origen {expected}, destino {found}")
    comparison.differences += [
        f"{truth.nombre} {row['desde']}: la conciliación no coincide" for row in reconciliation if not row["iguales"]
    ]
    return comparison
