"""CUFE, CUDE, CUDS and event codes: computed, compared, and the field that explains a difference."""

from __future__ import annotations

import dataclasses
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engines.ubl.fabrica import CLAVE, CLAVES, PIN, Receta, documento, evento
from tns.engines.ubl import codes, reader, safe_xml
from tns.engines.ubl.code_check import EstadoCodigo, check_code, check_software_code
from tns.engines.ubl.codes import Claves


def leer(xml: bytes):
    return reader.read(safe_xml.parse(xml))


RECETAS = {
    "venta": Receta(),
    "exportación": Receta(tipo="02", moneda="USD"),
    "contingencia del facturador": Receta(tipo="03"),
    "contingencia de la DIAN": Receta(tipo="04"),
    "documento soporte": Receta(tipo="05"),
    "nota crédito": Receta(raiz="CreditNote", tipo="91"),
    "nota débito": Receta(raiz="DebitNote", tipo="92"),
    "nota de ajuste": Receta(raiz="CreditNote", tipo="95"),
    "con INC": Receta(inc="80.00"),
}


@pytest.mark.parametrize("nombre", RECETAS)
def test_every_type_verifies_with_its_own_key(nombre: str) -> None:
    assert check_code(leer(documento(RECETAS[nombre])), CLAVES).estado is EstadoCodigo.VERIFICADO


@pytest.mark.parametrize("nombre", RECETAS)
def test_without_the_key_no_code_is_called_false(nombre: str) -> None:
    assert check_code(leer(documento(RECETAS[nombre])), Claves()).estado is EstadoCodigo.NO_VERIFICABLE


def test_sales_need_the_technical_key_and_the_rest_the_pin() -> None:
    assert check_code(leer(documento()), Claves(pin=PIN)).estado is EstadoCodigo.NO_VERIFICABLE
    contingency = leer(documento(Receta(tipo="03")))
    assert check_code(contingency, Claves(clave_tecnica=CLAVE)).estado is EstadoCodigo.NO_VERIFICABLE


def test_an_event_verifies_with_the_pin() -> None:
    assert check_code(leer(evento("033")), CLAVES).estado is EstadoCodigo.VERIFICADO


def test_dians_own_verdict_is_not_verifiable_by_anyone_else() -> None:
    answer = leer(evento("02", de="800197268", pin="secreto de la DIAN"))
    assert check_code(answer, CLAVES).estado is EstadoCodigo.NO_VERIFICABLE


def test_an_empty_uuid_is_not_verifiable() -> None:
    assert check_code(leer(documento(Receta(codigo=""))), CLAVES).estado is EstadoCodigo.NO_VERIFICABLE


def test_the_published_cufe_example_is_reproduced() -> None:
    # Anexo técnico 1.9, numeral 11.2.1 (public): the fields and the hash it publishes.
    text = (
        "3232000001292019-01-1610:53:10-05:001500000.0001285000.00040.00030.001785000.00700085371800199436"
        "693ff6f2a553c3646a063436fd4dd9ded03114711"
    )
    assert codes.sha384(text).startswith("8bb918b19ba22a694f1da11c643b5e9de39adf60311cf179179e9b33381030bc")


@pytest.mark.parametrize(
    ("antes", "despues", "campo"),
    [
        (b">2026-03-10</cbc:IssueDate>", b">2026-03-11</cbc:IssueDate>", "fecha"),
        (b">900373115</cbc:CompanyID>", b">900373116</cbc:CompanyID>", "NIT del emisor"),
        (b">800197268</cbc:CompanyID>", b">222222222222</cbc:CompanyID>", "identificación del adquiriente"),
    ],
)
def test_the_note_that_publishes_the_string_tells_the_field(antes: bytes, despues: bytes, campo: str) -> None:
    read = leer(documento())
    note = "".join(field.valor for field in codes.compose(read, CLAVE))
    forged = documento(Receta(nota=note)).replace(antes, despues)
    verdict = check_code(leer(forged), CLAVES)
    assert verdict.estado is EstadoCodigo.NO_COINCIDE
    assert verdict.discrepancia is not None
    assert verdict.discrepancia.campo == campo


def test_the_wrong_environment_is_named_as_the_cause() -> None:
    verdict = check_code(leer(documento()), CLAVES, ambiente="1")
    assert verdict.estado is EstadoCodigo.NO_COINCIDE
    assert verdict.discrepancia is not None
    assert (verdict.discrepancia.campo, verdict.discrepancia.en_el_codigo) == ("ambiente", "2")


def test_a_check_digit_glued_to_the_nit_is_named_as_the_cause() -> None:
    read = leer(documento())
    wrong = codes.sha384(codes.substitute(codes.compose(read, CLAVE), "NIT del emisor", "9003731153"))
    verdict = check_code(leer(documento(Receta(codigo=wrong))), CLAVES)
    assert verdict.discrepancia is not None
    assert verdict.discrepancia.campo == "NIT del emisor"


def test_an_unexplained_difference_asks_to_check_the_key_first() -> None:
    verdict = check_code(leer(documento()), Claves(clave_tecnica="otra"))
    assert verdict.estado is EstadoCodigo.NO_COINCIDE
    assert verdict.discrepancia is None
    assert "clave" in verdict.motivo


def test_the_first_rate_of_the_tax_is_an_accepted_reading_and_is_said() -> None:
    read = leer(documento())
    first = read.impuestos[0].subtotales[0].valor
    code = codes.sha384(codes.substitute(codes.compose(read, CLAVE), "IVA", codes.amount(first)))
    verdict = check_code(leer(documento(Receta(codigo=code))), CLAVES)
    assert verdict.estado is EstadoCodigo.VERIFICADO
    assert "primera tarifa" in verdict.variante


def test_a_total_that_mixes_taxes_is_taken_apart() -> None:
    xml = documento(Receta(inc="80.00"))
    before = leer(xml)
    first, second = before.impuestos
    mixed = dataclasses.replace(
        first, valor=first.valor + second.valor, subtotales=first.subtotales + second.subtotales
    )
    assert check_code(dataclasses.replace(before, impuestos=(mixed,)), CLAVES).estado is EstadoCodigo.VERIFICADO


def test_the_software_security_code_is_verified_with_the_pin() -> None:
    read = leer(documento())
    assert check_software_code(read, CLAVES) is EstadoCodigo.VERIFICADO
    assert check_software_code(read, Claves(pin="1")) is EstadoCodigo.NO_COINCIDE
    assert check_software_code(read, Claves()) is EstadoCodigo.NO_VERIFICABLE


def test_keys_never_show_in_a_repr_nor_in_a_verdict() -> None:
    composition = codes.compose(leer(documento()), CLAVE)
    assert CLAVE not in repr(composition)
    assert CLAVE not in repr(CLAVES)
    assert CLAVE not in repr(check_code(leer(documento()), Claves(clave_tecnica=CLAVE + "x", pin=CLAVE)))


@given(st.decimals(min_value=0, max_value=10**12, places=6, allow_nan=False))
def test_amounts_are_truncated_never_rounded(value: Decimal) -> None:
    written = Decimal(codes.amount(value))
    assert Decimal(0) <= value - written < Decimal("0.01")


@given(st.sampled_from(sorted(RECETAS)), st.integers(0, 95))
def test_changing_any_digit_of_the_code_is_noticed(nombre: str, position: int) -> None:
    read = leer(documento(RECETAS[nombre]))
    digit = "0" if read.codigo[position] != "0" else "1"
    code = read.codigo[:position] + digit + read.codigo[position + 1 :]
    forged = dataclasses.replace(read, codigo=code)
    assert check_code(forged, CLAVES).estado is EstadoCodigo.NO_COINCIDE
