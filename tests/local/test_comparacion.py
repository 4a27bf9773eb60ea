"""The demo's comparison finds every kind of difference between the truth and what was extracted."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tns.local.demo.comparacion import Totals, compare
from tns.local.instalacion.verdad import Total, VerdadBase

TRUTH = VerdadBase(
    servidor="A", codigo="01", nombre="EMPRESA", nit="9990001010", nit_base="999000101", dv="0", dv_correcto=True,
    anio=2024, ruta="C:\\E.GDB", charset="WIN1252", perfil="kardex", lineas_dekardex=5, articulos=2,
    totales={
        "2024-01": {"FACTURA_VENTA": Total(2, Decimal("3.5000"), Decimal("100.25"))},
        "2024-02": {
            "FACTURA_VENTA": Total(1, Decimal("1.0000"), Decimal("10.00")),
            "TRASLADO": Total(1, Decimal("2.0000"), Decimal("0.00")),
        },
    },
)  # fmt: skip


def window(month: str, rows: int, quantity: str, value: str) -> dict[str, Any]:
    return {"desde": f"{month}-01", "filas": rows, "suma_cantidad": quantity, "suma_valor": value}


RIGHT = [window("2024-01", 2, "3.5", "100.25"), window("2024-02", 2, "3", "10"), window("2024-03", 0, "0", "0")]


def test_the_same_rows_and_sums_are_no_difference() -> None:
    result = compare(TRUTH, RIGHT, [{"desde": "2024-01-01", "iguales": True}])
    assert result.differences == []
    assert result.source == result.target == Totals(4, Decimal("6.5"), Decimal("110.25"))
    assert result.windows == 3


@pytest.mark.parametrize(
    "wrong",
    [
        [window("2024-01", 3, "3.5", "100.25"), RIGHT[1]],
        [window("2024-01", 2, "3.5001", "100.25"), RIGHT[1]],
        [window("2024-01", 2, "3.5", "100.24"), RIGHT[1]],
        [RIGHT[1]],
        [*RIGHT, window("2024-07", 1, "1", "1")],
    ],
    ids=["a row too many", "a quantity", "a cent", "a month missing", "a month too many"],
)
def test_every_kind_of_difference_is_found(wrong: list[dict[str, Any]]) -> None:
    assert len(compare(TRUTH, wrong, []).differences) == 1


def test_a_reconciliation_that_did_not_agree_is_a_difference() -> None:
    assert compare(TRUTH, RIGHT, [{"desde": "2024-02-01", "iguales": False}]).differences == [
        "EMPRESA 2024-02-01: la conciliación no coincide"
    ]


def test_equal_sums_of_different_months_are_still_differences() -> None:
    swapped = [window("2024-01", 2, "3", "10"), window("2024-02", 2, "3.5", "100.25")]
    assert len(compare(TRUTH, swapped, []).differences) == 2


def test_a_truth_without_movements_wants_none() -> None:
    empty = replace(TRUTH, totales={})
    assert compare(empty, [window("2024-01", 0, "0", "0")], []).differences == []
    assert len(compare(empty, [window("2024-01", 1, "1", "0")], []).differences) == 1
