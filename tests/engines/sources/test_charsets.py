"""Text arrives right whatever the database declares, and a byte that belongs nowhere is counted, not fatal."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tests.engines.sources.bases import crear_base, info_de
from tns.engines.sources import open_source
from tns.engines.sources.charsets import decode, reading_for
from tns.engines.sources.reading import FirebirdSource
from tns.local.firebird import FirebirdServer

TABLA = (
    "CREATE TABLE MOVIMIENTOS (CODIGO VARCHAR(20), NOMBRE VARCHAR(40), CANTIDAD INTEGER, FECHA DATE,"
    " TIPO_DOCUMENTO VARCHAR(20))"
)


def nombres(origen: FirebirdSource) -> list[Any]:
    with origen:
        parte = origen.parts[0]
        posicion = [columna.name for columna in parte.layout.columns].index("ARTICULO_NOMBRE")
        return [fila[posicion] for fila in origen.preview(parte, dt.date(2025, 1, 1), dt.date(2025, 1, 31), 10)]


@pytest.mark.parametrize("charset", ["WIN1252", "ISO8859_1", "UTF8", "NONE"])
def test_spanish_text_arrives_right(firebird_server: FirebirdServer, charset: str) -> None:
    ruta = crear_base(
        firebird_server,
        f"texto-{charset}.gdb",
        [TABLA, "INSERT INTO MOVIMIENTOS VALUES ('A', 'Año niño Bogotá ¿Ü?', 1, '2025-01-05', 'FV')"],
        charset=charset,
    )
    origen = open_source(info_de(firebird_server, ruta))
    assert origen.charset == charset
    assert nombres(origen) == ["Año niño Bogotá ¿Ü?"]


def test_bytes_outside_windows_1252_are_read_as_latin_1(firebird_server: FirebirdServer) -> None:
    ruta = crear_base(
        firebird_server,
        "sueltos.gdb",
        [TABLA, "INSERT INTO MOVIMIENTOS VALUES ('A', x'41F181428D', 1, '2025-01-05', 'FV')"],
        charset="NONE",
    )
    assert nombres(open_source(info_de(firebird_server, ruta))) == ["Añ\x81B\x8d"]


@pytest.mark.parametrize(
    ("raw", "codec", "text", "stray"),
    [
        (b"plain", "cp1252", "plain", 0),
        (b"\x80 \xf1", "cp1252", "€ ñ", 0),
        (b"a\x81b\x8d", "cp1252", "a\x81b\x8d", 2),
        (b"a\0b", "cp1252", "ab", 1),
        ("ñ".encode(), "utf-8", "ñ", 0),
        (b"\xc3\xb1\xf1", "utf-8", "ññ", 1),
        (b"", "utf-8", "", 0),
    ],
)
def test_decoding_never_fails_and_counts(raw: bytes, codec: str, text: str, stray: int) -> None:
    assert decode(raw, codec) == (text, stray)


def test_the_connection_uses_the_charset_of_the_database() -> None:
    assert reading_for("ISO8859_1").connection == "ISO8859_1"
    assert reading_for("NONE").connection == "WIN1252"
    assert reading_for(" utf8 ").is_utf8
    # What nobody here writes is converted by the server.
    assert reading_for("DOS850").connection == "UTF8"
