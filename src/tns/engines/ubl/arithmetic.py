"""Checks the sums of a document: lines, taxes, charges and totals.

Formulas: rules FAV06, FAX07, FAS07, FAU02 to FAU14 of the Anexo técnico de factura electrónica 1.9 (and their twins of
notes and support documents). Tolerance: each comparison admits a difference of up to 2.00 in pesos, or 0.05 in another
currency: what rounding line by line gives away, far below any amount worth forging. A discount whose amount is not its
base times its percentage is only remarked: the amount is what counts, and official examples round the percentage away.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import islice

from tns.engines.ubl.model import CargoDescuento, Documento, Linea, Subtotal, TotalImpuesto

TOLERANCE_PESOS = Decimal("2.00")
TOLERANCE_OTHER = Decimal("0.05")
_ZERO = Decimal(0)
_MAX_DIFFERENCES = 50


class EstadoTotales(StrEnum):
    OK = "ok"
    DIFIEREN = "difieren"


@dataclass(frozen=True, slots=True)
class Diferencia:
    """One sum that does not hold: where, what it should be and what the document says."""

    donde: str
    esperado: Decimal
    declarado: Decimal | None


@dataclass(frozen=True, slots=True)
class RevisionTotales:
    """Verdict on the arithmetic; `tolerancia` was admitted in each comparison, `observaciones` weigh nothing."""

    estado: EstadoTotales
    tolerancia: Decimal
    diferencias: tuple[Diferencia, ...] = ()
    observaciones: tuple[Diferencia, ...] = ()


def tolerance_for(currency: str) -> Decimal:
    return TOLERANCE_PESOS if currency in ("", "COP") else TOLERANCE_OTHER


def check_totals(document: Documento) -> RevisionTotales | None:
    """Check the arithmetic; None for documents without amounts (events, containers)."""
    if document.raiz not in ("Invoice", "CreditNote", "DebitNote"):
        return None
    checker = _Checker(tolerance_for(document.moneda))
    found = tuple(islice(checker.document(document), _MAX_DIFFERENCES))
    remarks = tuple(islice(checker.percentages(document), _MAX_DIFFERENCES))
    state = EstadoTotales.DIFIEREN if found else EstadoTotales.OK
    return RevisionTotales(state, checker.tolerance, found, remarks)


class _Checker:
    def __init__(self, tolerance: Decimal) -> None:
        self.tolerance = tolerance

    def differs(self, expected: Decimal, declared: Decimal | None) -> bool:
        return declared is None or abs(expected - declared) > self.tolerance

    def document(self, document: Documento) -> Iterator[Diferencia]:
        for line in document.lineas:
            yield from self.line(line)
        for total in (*document.impuestos, *document.retenciones):
            yield from self.tax(total, "documento")
        yield from self.lines_against_taxes(document)
        yield from self.totals(document)

    def line(self, line: Linea) -> Iterator[Diferencia]:
        where = f"línea {line.numero}"
        for total in (*line.impuestos, *line.retenciones):
            yield from self.tax(total, where)
        expected = self.line_value(line)
        if expected and all(self.differs(value, line.valor) for value in expected):
            yield Diferencia(f"{where}: cantidad × precio − descuentos + cargos", expected[0], line.valor)

    def line_value(self, line: Linea) -> list[Decimal]:
        """The values a line may have: DIAN takes the price per unit; UBL, per BaseQuantity; a gift is worth zero."""
        if line.cantidad is None or line.precio is None:
            return []
        net = sum((item.valor or _ZERO) * (1 if item.es_cargo else -1) for item in line.cargos_descuentos)
        gross = line.cantidad * line.precio
        values = [gross + net]
        if line.cantidad_base and line.cantidad_base != 1:
            values.append(gross / line.cantidad_base + net)
        if line.gratis:
            values.append(_ZERO)
        return values

    def percentages(self, document: Documento) -> Iterator[Diferencia]:
        yield from self.allowances(document.cargos_descuentos, "documento")
        for line in document.lineas:
            yield from self.allowances(line.cargos_descuentos, f"línea {line.numero}")

    def allowances(self, items: tuple[CargoDescuento, ...], where: str) -> Iterator[Diferencia]:
        for item in items:
            if item.base is None or item.porcentaje is None or item.valor is None:
                continue
            expected = item.base * item.porcentaje / 100
            # The percentage is written with two decimals: half a unit of its last place, times the base, is lost there.
            slack = abs(item.base) * _half_unit(item.porcentaje) / 100
            if abs(expected - item.valor) > self.tolerance + slack:
                kind = "cargo" if item.es_cargo else "descuento"
                yield Diferencia(f"{where}: {kind} = base × porcentaje", expected, item.valor)

    def tax(self, total: TotalImpuesto, where: str) -> Iterator[Diferencia]:
        if not total.subtotales:
            return
        amounts = [item.valor for item in total.subtotales if item.valor is not None]
        expected = sum(amounts, total.redondeo or _ZERO)
        name = total.subtotales[0].nombre or total.codigo
        if self.differs(expected, total.valor) and self.differs(sum(amounts, _ZERO), total.valor):
            yield Diferencia(f"{where}: {name} = suma de sus tarifas", expected, total.valor)
        for item in total.subtotales:
            yield from self.rate(item, where)

    def rate(self, item: Subtotal, where: str) -> Iterator[Diferencia]:
        if item.base is None or item.tarifa is None or item.por_unidad is not None:
            return
        expected = item.base * item.tarifa / 100
        # ICA's rates are per thousand, and many issuers write them so.
        options = [expected, expected / 10] if item.codigo in ("07", "03") else [expected]
        if all(self.differs(option, item.valor) for option in options):
            yield Diferencia(f"{where}: {item.nombre or item.codigo} = base × {item.tarifa} %", expected, item.valor)

    def lines_against_taxes(self, document: Documento) -> Iterator[Diferencia]:
        by_line = _by_code(tax for line in document.lineas for tax in line.impuestos)
        if not by_line:
            return
        header = _by_code(document.impuestos)
        names = {rate.codigo: rate.nombre for tax in document.impuestos for rate in tax.subtotales}
        for code in sorted(by_line.keys() | header.keys()):
            if self.differs(by_line.get(code, _ZERO), header.get(code, _ZERO)):
                name = names.get(code) or code
                yield Diferencia(f"documento: {name} = suma de las líneas", by_line.get(code, _ZERO), header.get(code))

    def totals(self, document: Documento) -> Iterator[Diferencia]:
        totals = document.totales
        if document.lineas:
            lines = sum((line.valor or _ZERO for line in document.lineas), _ZERO)
            if self.differs(lines, totals.bruto):
                yield Diferencia("valor bruto = suma de las líneas", lines, totals.bruto)
        bases = self.bases(document)
        if totals.base_imponible is not None and all(self.differs(base, totals.base_imponible) for base in bases):
            yield Diferencia("base imponible = suma de las bases de las líneas", bases[0], totals.base_imponible)
        taxes = sum((tax.valor or _ZERO for tax in document.impuestos), _ZERO)
        with_taxes = (totals.bruto or _ZERO) + taxes
        if totals.con_impuestos is not None and self.differs(with_taxes, totals.con_impuestos):
            yield Diferencia("total con impuestos = valor bruto + impuestos", with_taxes, totals.con_impuestos)
        yield from self.header_allowances(document)
        yield from self.payable(document, with_taxes)

    def payable(self, document: Documento, with_taxes: Decimal) -> Iterator[Diferencia]:
        totals = document.totales
        base = totals.con_impuestos if totals.con_impuestos is not None else with_taxes
        due = base - (totals.descuentos or _ZERO) + (totals.cargos or _ZERO) + (totals.redondeo or _ZERO)
        expected = due - (totals.anticipos or _ZERO)
        if self.differs(expected, totals.a_pagar):
            yield Diferencia("total a pagar = total − descuentos + cargos − anticipos", expected, totals.a_pagar)

    def header_allowances(self, document: Documento) -> Iterator[Diferencia]:
        for is_charge, declared, name in (
            (False, document.totales.descuentos, "descuentos"),
            (True, document.totales.cargos, "cargos"),
        ):
            items = [item.valor or _ZERO for item in document.cargos_descuentos if item.es_cargo is is_charge]
            expected = sum(items, _ZERO)
            if items and self.differs(expected, declared or _ZERO):
                yield Diferencia(f"total de {name} = suma de los {name} del documento", expected, declared)

    def bases(self, document: Documento) -> list[Decimal]:
        """What issuers put as taxable base: of the lines, of the header's taxes, or simply the gross value."""
        lines = _ZERO
        for line in document.lineas:
            bases = [rate.base for tax in line.impuestos for rate in tax.subtotales if rate.base is not None]
            lines += max(bases, default=_ZERO)
        per_code: dict[str, Decimal] = defaultdict(Decimal)
        for tax in document.impuestos:
            for rate in tax.subtotales:
                per_code[rate.codigo] += rate.base or _ZERO
        return [lines, document.totales.bruto or _ZERO, sum(per_code.values(), _ZERO), *per_code.values(), _ZERO]


def _half_unit(number: Decimal) -> Decimal:
    exponent = number.as_tuple().exponent
    return Decimal(5).scaleb(exponent - 1) if isinstance(exponent, int) else _ZERO


def _by_code(taxes: Iterator[TotalImpuesto] | tuple[TotalImpuesto, ...]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = defaultdict(Decimal)
    for tax in taxes:
        for rate in tax.subtotales:
            found[rate.codigo] += rate.valor or _ZERO
    return found
