"""The arithmetic of a document and its tolerance."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engines.ubl.fabrica import Receta, documento, evento
from tns.engines.ubl import reader, safe_xml
from tns.engines.ubl.arithmetic import EstadoTotales, check_totals


def revisar(xml: bytes):
    return check_totals(reader.read(safe_xml.parse(xml)))


prices = st.decimals(min_value="0.01", max_value="99999999", places=2)
quantities = st.decimals(min_value="0.001", max_value="9999", places=3)
lines = st.lists(st.tuples(quantities, prices, st.sampled_from(["0.00", "5.00", "19.00"])), min_size=1, max_size=8)


@given(lines, st.sampled_from(["Invoice", "CreditNote", "DebitNote"]))
def test_whatever_adds_up_is_accepted(items, raiz: str) -> None:
    recipe = Receta(raiz=raiz, lineas=[(str(q), str(p), r) for q, p, r in items])
    verdict = revisar(documento(recipe))
    assert verdict is not None
    assert verdict.estado is EstadoTotales.OK, verdict.diferencias


@pytest.mark.parametrize(
    ("antes", "despues", "donde"),
    [
        (b">2905.52</cbc:PayableAmount>", b">2925.52</cbc:PayableAmount>", "total a pagar"),
        (b">2905.52</cbc:TaxInclusiveAmount>", b">3905.52</cbc:TaxInclusiveAmount>", "total con impuestos"),
        (b">2500.50</cbc:LineExtensionAmount>", b">2600.50</cbc:LineExtensionAmount>", "valor bruto"),
        (b"<cbc:Percent>19.00", b"<cbc:Percent>16.00", "base × 16.00"),
        (b">1000.00</cbc:PriceAmount>", b">1100.00</cbc:PriceAmount>", "línea 1"),
        (b">2500.50</cbc:TaxExclusiveAmount>", b">1234.00</cbc:TaxExclusiveAmount>", "base imponible"),
    ],
)
def test_each_sum_that_does_not_hold_is_named(antes: bytes, despues: bytes, donde: str) -> None:
    xml = documento()
    altered = xml.replace(antes, despues, 1)
    assert altered != xml
    verdict = revisar(altered)
    assert verdict.estado is EstadoTotales.DIFIEREN
    assert any(donde in difference.donde for difference in verdict.diferencias)


def test_two_pesos_are_tolerated_and_three_are_not() -> None:
    xml = documento()
    near = xml.replace(b">2905.52</cbc:PayableAmount>", b">2907.52</cbc:PayableAmount>")
    far = xml.replace(b">2905.52</cbc:PayableAmount>", b">2908.52</cbc:PayableAmount>")
    assert revisar(near).estado is EstadoTotales.OK
    assert revisar(far).estado is EstadoTotales.DIFIEREN


def test_another_currency_tolerates_cents_only() -> None:
    xml = documento(Receta(moneda="USD")).replace(b">2905.52</cbc:PayableAmount>", b">2906.52</cbc:PayableAmount>")
    assert revisar(xml).estado is EstadoTotales.DIFIEREN


def test_an_event_has_no_arithmetic() -> None:
    assert revisar(evento()) is None


def test_a_missing_total_differs() -> None:
    xml = documento().replace(b"cbc:PayableAmount", b"cbc:Otro")
    assert revisar(xml).estado is EstadoTotales.DIFIEREN


def test_withholdings_are_not_subtracted_from_what_is_due() -> None:
    withholding = (
        b"<cac:WithholdingTaxTotal><cbc:TaxAmount>50.01</cbc:TaxAmount><cac:TaxSubtotal>"
        b"<cbc:TaxableAmount>2500.50</cbc:TaxableAmount><cbc:TaxAmount>50.01</cbc:TaxAmount><cac:TaxCategory>"
        b"<cbc:Percent>2.00</cbc:Percent><cac:TaxScheme><cbc:ID>06</cbc:ID></cac:TaxScheme></cac:TaxCategory>"
        b"</cac:TaxSubtotal></cac:WithholdingTaxTotal><cac:LegalMonetaryTotal>"
    )
    xml = documento().replace(b"<cac:LegalMonetaryTotal>", withholding)
    assert revisar(xml).estado is EstadoTotales.OK
    wrong = xml.replace(b"<cbc:Percent>2.00", b"<cbc:Percent>4.00")
    assert revisar(wrong).estado is EstadoTotales.DIFIEREN
