"""The writer of answers says what Django REST framework's own says, and loses nothing that only that one can write."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.utils.functional import lazystr
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.renderers import JSONRenderer

from tns.common.escritores import EscritorJSON

BOGOTA = dt.timezone(dt.timedelta(hours=-5))
_HOJAS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]))
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.dates()
    | st.datetimes(timezones=st.sampled_from([dt.UTC, BOGOTA]))
    | st.uuids()
)


@given(st.recursive(_HOJAS, lambda otras: st.lists(otras, max_size=4) | st.dictionaries(st.text(max_size=5), otras)))
def test_it_says_what_the_frameworks_own_writer_says(datos: Any) -> None:
    assert json.loads(EscritorJSON().render(datos) or b"0") == json.loads(JSONRenderer().render(datos) or b"0")


@pytest.mark.parametrize(
    ("dato", "escrito"),
    [
        (2**80, b"1208925819614629174706176"),
        (Decimal("12.50"), b"12.5"),
        (dt.datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=dt.UTC), b'"2026-01-02T03:04:05.678901Z"'),
        (uuid.UUID(int=7), b'"00000000-0000-0000-0000-000000000007"'),
        ({1: "Ñandú"}, '{"1":"Ñandú"}'.encode()),
        (lazystr("Bogotá"), '"Bogotá"'.encode()),
        (None, b""),
        (float("nan"), b"null"),
    ],
)
def test_each_kind_of_value_is_written_as_its_readers_know_it(dato: Any, escrito: bytes) -> None:
    assert EscritorJSON().render(dato) == escrito


def test_whoever_asks_for_indented_json_gets_it() -> None:
    assert EscritorJSON().render({"a": 1}, "application/json; indent=2") == b'{\n  "a": 1\n}'
