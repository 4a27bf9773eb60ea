"""The NIT as sources write it: normal form, base and check digit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tns.common.nit import NitInvalido, digito_verificacion, interpretar, normalizar

bases = st.integers(10**5, 10**12).map(str)
separadores = st.sampled_from([".", " ", ""])


@pytest.mark.parametrize(
    ("texto", "esperado"),
    [
        ("900.123.456-7", ("9001234567", "900123456", "7", False)),
        ("900.123.456-8", ("9001234568", "900123456", "8", True)),
        ("800197268-4", ("8001972684", "800197268", "4", True)),
        ("8001972684", ("8001972684", "800197268", "4", True)),
        ("8001972685", ("8001972685", "8001972685", "", True)),
        ("1020304050", ("1020304050", "1020304050", "", True)),
        ("79.123.456", ("79123456", "79123456", "", True)),
        (" 800 197 268 – 4 ", ("8001972684", "800197268", "4", True)),
        ("800197268-", ("800197268", "800197268", "", True)),
        ("-800197268", ("800197268", "800197268", "", True)),
        ("ab123", ("AB123", "AB123", "", True)),
    ],
)
def test_each_way_of_writing_is_understood(texto: str, esperado: tuple[str, str, str, bool]) -> None:
    nit = interpretar(texto)
    assert (nit.normalizado, nit.base, nit.dv, nit.dv_correcto) == esperado


@pytest.mark.parametrize("texto", ["", "  ", "-", "...", "ñandú", "12/34", "1" * 21, "1\x002", "９００"])
def test_what_is_no_nit_is_refused_in_spanish(texto: str) -> None:
    with pytest.raises(NitInvalido, match="no es un NIT"):
        interpretar(texto)


@given(bases)
def test_with_its_right_digit_after_a_hyphen_the_base_is_found(base: str) -> None:
    dv = digito_verificacion(base)
    nit = interpretar(f"{base}-{dv}")
    assert (nit.base, nit.dv, nit.dv_correcto) == (base, dv, True)


@given(bases, st.integers(0, 9))
def test_a_wrong_digit_is_flagged_and_kept(base: str, digito: int) -> None:
    nit = interpretar(f"{base}-{digito}")
    assert (nit.base, nit.dv) == (base, str(digito))
    assert nit.dv_correcto == (digito_verificacion(base) == str(digito))


@given(st.integers(10**6, 10**10 - 1).map(str).filter(lambda s: not (len(s) == 10 and s[0] in "89")))
def test_a_cedula_is_never_cut(cedula: str) -> None:
    nit = interpretar(cedula)
    assert (nit.base, nit.normalizado, nit.dv) == (cedula, cedula, "")


@given(st.integers(8 * 10**8, 10**9 - 1).map(str))
def test_dots_hyphen_or_nothing_mean_the_same_company(base: str) -> None:
    dv = digito_verificacion(base)
    punteado = f"{base[:3]}.{base[3:6]}.{base[6:]}"
    escritos = [f"{base}-{dv}", f"{punteado}-{dv}", f"{base}{dv}", base, punteado, f"{punteado} - {dv}"]
    assert {interpretar(texto).base for texto in escritos} == {base}


@given(st.text(max_size=40))
def test_nothing_that_anybody_writes_breaks_it(texto: str) -> None:
    try:
        nit = interpretar(texto)
    except NitInvalido:
        return
    assert nit.base
    assert nit.normalizado == normalizar(nit.normalizado)
    assert nit.normalizado.isascii()
    assert nit.normalizado.isalnum()
