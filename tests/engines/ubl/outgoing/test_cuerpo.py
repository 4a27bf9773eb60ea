"""The request that is built from a document: its sums hold, its taxes keep their real rates, its code is DIAN's."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tns.engines.ubl.codes import Claves, sha384
from tns.engines.ubl.outgoing.document import DocumentoTNS, FacturaReferida, PagoTNS, Renglon, Retencion, Tercero
from tns.engines.ubl.outgoing.missing import find_missing
from tns.engines.ubl.outgoing.payload import UNIDADES, build, expected_code, split_nit
from tns.engines.ubl.outgoing.provider import NadaEnviado, check_url

CENT = Decimal("0.01")
TERCERO = Tercero("900373115-3", "", "Compradora", "601", "Calle 1", "a@b.co", "31", "J", "11001")


def renglon(cantidad: str, precio: str, iva: str, consumo: str = "0", descuento: str = "0") -> Renglon:
    base = (Decimal(cantidad) * Decimal(precio)).quantize(CENT, ROUND_HALF_UP)
    return Renglon(
        "A",
        "Artículo",
        Decimal(cantidad),
        Decimal(precio),
        base,
        "94",
        Decimal(iva),
        Decimal(consumo),
        Decimal(descuento),
    )  # fmt: skip


def documento(*renglones: Renglon, **cambios: object) -> DocumentoTNS:
    lineas = renglones or (renglon("2", "1000", "19"),)
    base = sum((linea.base for linea in lineas), Decimal(0))
    basico = DocumentoTNS(
        kardex_id=1, codcomp="FV", codprefijo="FE", prefijo="SETP", numero="000123", fecha=date(2025, 3, 10),
        hora="09:00:00", asentado=True, anulado=False, resolucion="Res. 18760000001", contingencia=False,
        forma_pago="CR", plazo_dias=30, vence=date(2025, 4, 9), observaciones="", motivo_devolucion="",
        tercero=TERCERO, base=base, iva=Decimal(0), consumo=Decimal(0), total=base, renglones=lineas,
    )  # fmt: skip
    return dataclasses.replace(basico, **cambios)  # type: ignore[arg-type]


amounts = st.decimals(min_value="0.01", max_value="9999999", places=2)
lines = st.lists(
    st.builds(
        lambda q, p, r: renglon(str(q), str(p), r),
        st.decimals(min_value="0.001", max_value="999", places=3),
        amounts,
        st.sampled_from(["0", "5", "19"]),
    ),
    min_size=1,
    max_size=10,
)


@given(lines)
def test_totals_are_the_sum_of_what_is_listed(items: list[Renglon]) -> None:
    payload = build(documento(*items))
    totals = {name: Decimal(value) for name, value in payload["legal_monetary_totals"].items()}
    listed = sum(Decimal(line["line_extension_amount"]) for line in payload["invoice_lines"])
    taxes = sum(Decimal(tax["tax_amount"]) for tax in payload["tax_totals"])
    per_line = sum(Decimal(t["tax_amount"]) for line in payload["invoice_lines"] for t in line["tax_totals"])
    assert listed == totals["line_extension_amount"]
    assert taxes == per_line
    assert totals["payable_amount"] == totals["tax_inclusive_amount"] == listed + taxes


@pytest.mark.parametrize("tarifa", ["4", "8", "16"])
@given(cantidad=st.integers(1, 500), precio=amounts)
def test_the_consumption_tax_keeps_its_real_rate(tarifa: str, cantidad: int, precio: Decimal) -> None:
    base = (cantidad * precio).quantize(CENT)
    consumo = (base * Decimal(tarifa) / 100).quantize(CENT, ROUND_HALF_UP)
    if base < 50:  # below that a cent of rounding is a rate of its own
        return
    payload = build(documento(renglon(str(cantidad), str(precio), "0", str(consumo))))
    assert {t["percent"] for t in payload["tax_totals"] if t["tax_id"] == 4} == {f"{tarifa}.00"}


def test_a_discount_shows_the_price_before_it() -> None:
    (line,) = build(documento(renglon("2", "900", "19", descuento="10")))["invoice_lines"]
    assert line["price_amount"] == "1000.000000"
    assert line["allowance_charges"][0]["amount"] == "200.00"
    assert line["line_extension_amount"] == "1800.00"


def test_credit_tells_its_due_date_and_cash_its_means() -> None:
    assert build(documento())["payment_form"] == {
        "payment_form_id": 2, "payment_method_id": 1, "payment_due_date": "2025-04-09", "duration_measure": 30,
    }  # fmt: skip
    paid = documento(forma_pago="CO", pagos=(PagoTNS("10", Decimal(5)), PagoTNS("48", Decimal(9))))
    assert build(paid)["payment_form"] == {"payment_form_id": 1, "payment_method_id": 48}


def test_contingency_and_withholdings() -> None:
    made = build(documento(contingencia=True, retenciones=(Retencion("I", Decimal(380), Decimal("15"), Decimal(57)),)))
    assert made["type_document_id"] == 3
    assert made["with_holding_tax_total"][0] | {} == {
        "tax_id": 5, "tax_amount": "57.00", "percent": "15", "taxable_amount": "380.00",
    }  # fmt: skip


def test_the_code_expected_is_dians_formula() -> None:
    payload = build(documento())
    text = "SETP1232025-03-1009:00:00-05:002000.0001380.00040.00030.002380.00800197268900373115clave2"
    assert expected_code(payload, nit="800197268", keys=Claves("clave", "pin"), ambiente="2") == sha384(text)
    assert expected_code(payload, nit="800197268", keys=Claves("", "pin"), ambiente="2") == ""
    support = build(documento(codcomp="FC"))
    text = "SETP1232025-03-1009:00:00-05:002000.0001380.002380.00900373115800197268pin2"
    assert expected_code(support, nit="800197268", keys=Claves("clave", "pin"), ambiente="2") == sha384(text)


def test_a_complete_document_misses_nothing_and_a_note_needs_its_invoice() -> None:
    assert find_missing(documento(), unidades=UNIDADES) == []
    note = documento(codcomp="DV")
    assert [f.campo for f in find_missing(note, unidades=UNIDADES)] == ["NUMEROFACTANT"]
    ready = dataclasses.replace(
        note, factura_anunciada="FE1", factura=FacturaReferida("SETP1", "ab" * 48, date(2025, 1, 1))
    )
    assert find_missing(ready, unidades=UNIDADES) == []


@pytest.mark.parametrize(
    ("nit", "dv", "esperado"),
    [
        ("900.373.115-3", "", ("900373115", "3")),
        ("9003731153", "", ("900373115", "3")),
        ("900373115", "3", ("900373115", "3")),
        ("1098765432", "", ("1098765432", "")),
        ("79.123.456", "", ("79123456", "")),
    ],
)
def test_a_nit_is_split_as_tns_writes_it(nit: str, dv: str, esperado: tuple[str, str]) -> None:
    assert split_nit(nit, dv) == esperado


@pytest.mark.parametrize(
    "url",
    ["", "http://x.co", "ftp://x.co", "https://u:p@x.co", "https://x.co/?a=1", "https://", "https://[", "file:///etc"],
)
def test_an_address_that_does_not_serve_is_refused(url: str) -> None:
    with pytest.raises(NadaEnviado):
        check_url(url, allow_http=False)


def test_an_address_loses_its_final_slash() -> None:
    assert check_url(" https://x.co/api/ ", allow_http=False) == "https://x.co/api"
    assert check_url("http://127.0.0.1:1", allow_http=True) == "http://127.0.0.1:1"
