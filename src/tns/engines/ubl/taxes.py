"""Reads taxes and withholdings, of the document or of a line."""

from __future__ import annotations

from typing import Any

from tns.engines.ubl import tree
from tns.engines.ubl.model import Subtotal, TotalImpuesto


def read_taxes(element: Any, expression: str, numbers: tree.Numbers) -> tuple[TotalImpuesto, ...]:
    """Every TaxTotal or WithholdingTaxTotal of `element`."""
    return tuple(
        TotalImpuesto(
            valor=numbers.read(total, "cbc:TaxAmount"),
            redondeo=numbers.read(total, "cbc:RoundingAmount"),
            subtotales=tuple(_subtotal(item, numbers) for item in tree.many(total, "cac:TaxSubtotal")),
        )
        for total in tree.many(element, expression)
    )


def _subtotal(item: Any, numbers: tree.Numbers) -> Subtotal:
    return Subtotal(
        codigo=tree.text(item, "cac:TaxCategory/cac:TaxScheme/cbc:ID"),
        nombre=tree.text(item, "cac:TaxCategory/cac:TaxScheme/cbc:Name"),
        base=numbers.read(item, "cbc:TaxableAmount"),
        tarifa=numbers.read(item, "cac:TaxCategory/cbc:Percent"),
        valor=numbers.read(item, "cbc:TaxAmount"),
        por_unidad=numbers.read(item, "cbc:PerUnitAmount"),
    )
