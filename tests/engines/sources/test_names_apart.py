"""Names fetched apart give the very rows of the query that joins them, whatever is in the tables."""

from __future__ import annotations

import ctypes
import datetime as dt
import random
import struct
from collections.abc import Iterator
from typing import Any

import pytest

from tests.engines.sources.bases import MAESTROS, TABLAS, crear_base, documento, ejecutar, info_de
from tns.engines.loading.native import building
from tns.engines.sources import names_apart
from tns.engines.sources.layout import Layout, struct_format
from tns.engines.sources.reading import FirebirdSource, open_firebird
from tns.local.firebird import FirebirdServer

YEAR = (dt.date(2025, 1, 1), dt.date(2025, 12, 31))
SEED = 20251128
ALL_HERE = {"m.MATID": True, "b.BODID": True, "t.TERID": True}


@pytest.fixture(params=["compilada", "python"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both twins of the naming."""
    if request.param == "python":
        monkeypatch.setattr(building, "load", lambda: building.Native(None, "de prueba"))
    elif building.load().library is None:
        pytest.skip("the compiled part is not on this machine")
    way: str = request.param
    return way


def values(block: memoryview, layout: Layout) -> Iterator[tuple[Any, ...]]:
    """What the messages say, byte by byte: padding and stray bytes too, and nothing of what lies between values."""
    text, names = struct_format(layout, frozenset(column.name for column in layout.columns))
    for message in struct.iter_unpack(text, block):
        found = dict(zip(names, message, strict=True))
        yield tuple(
            None if found[f"n{i}"] else found[f"v{i}"][: found[f"l{i}"]] if f"l{i}" in found else found[f"v{i}"]
            for i in range(len(layout.columns))
        )


def joined(source: FirebirdSource) -> list[Any]:
    """Every row of every query as the source joins it, in no order."""
    found: list[Any] = []
    for part in source.parts:
        reader = source.open_joined(part, *YEAR)
        block = ctypes.create_string_buffer(part.layout.stride * 20_000)
        count = reader.fill(ctypes.addressof(block), 20_000)
        reader.close()
        assert count < 20_000
        found += [(part.query.name, *row) for row in values(_cut(block, count, part), part.layout)]
    return sorted(found, key=repr)


def _cut(block: Any, count: int, part: Any) -> memoryview:
    return memoryview(block).cast("B")[: count * part.layout.stride]


def rows(source: FirebirdSource) -> list[Any]:
    """Every row of every query as an extraction gets it."""
    found: list[Any] = []
    for part in source.parts:
        for block, count in source.blocks(part, *YEAR):
            found += [(part.query.name, *row) for row in values(_cut(block, count, part), part.layout)]
    return sorted(found, key=repr)


def same(servidor: FirebirdServer, ruta: str, here: dict[str, bool], **cambios: Any) -> list[Any]:
    """Check that both ways give the same rows, with those tables here; answer the rows."""
    with open_firebird(info_de(servidor, ruta, **cambios)) as source:
        apart = rows(source)
        assert apart == joined(source)
        assert source.names.tables() == here
        return apart


def texto(azar: random.Random, largo: int) -> str:
    """A literal of up to that many characters: blanks at either end, accents, or NULL."""
    if azar.random() < 0.1:
        return "NULL"
    letras = "".join(azar.choice("AÑé .x'ü") for _ in range(azar.randrange(largo)))
    return "'" + (letras + azar.choice(["", " ", "  ", "."]))[:largo].replace("'", "''") + "'"


def sentencias(azar: random.Random) -> Iterator[str]:
    """Documents whose keys are often NULL, missing or of a row that voids them."""

    def numero(hasta: int) -> str:
        return "NULL" if azar.random() < 0.1 else str(azar.randrange(-1, hasta))

    for n in (1, 2):
        yield f"INSERT INTO CIUDANE VALUES ({n}, {texto(azar, 5)}, {texto(azar, 60)})"
    for n in (-1, *range(1, 12), "NULL", "NULL"):
        nit = azar.choice(["'ANULA'", "' anula '", "'ANULA.'", texto(azar, 20)])
        yield f"INSERT INTO TERCEROS VALUES ({n}, {nit}, {texto(azar, 80)}, {numero(4)})"
        yield f"INSERT INTO MATERIAL VALUES ({n}, {texto(azar, 20)}, {texto(azar, 80)})"
    for n in (0, 1, 2):
        yield f"INSERT INTO BODEGA VALUES ({n}, {texto(azar, 4)}, {texto(azar, 40)})"
    for cual in range(1, 60):
        codigo = azar.choice(["'FV'", "'PV'", "NULL", "'DV'", "'X'"])
        dia = f"'2025-{azar.randrange(1, 13):02}-{azar.randrange(1, 28):02}'"
        yield (
            f"INSERT INTO KARDEX VALUES ({cual}, {codigo}, {texto(azar, 4)}, {texto(azar, 12)}, {dia}, {dia},"
            f" {azar.choice(['NULL', 'NULL', dia])}, {numero(14)})"
        )
        for linea in range(azar.randrange(6)):
            yield (
                f"INSERT INTO DEKARDEX VALUES ({cual * 10 + linea}, {cual}, {numero(14)}, {numero(4)},"
                f" {azar.randrange(9)}, {azar.random() * 100:.4f}, 1)"
            )
        yield f"INSERT INTO TRASLA VALUES ({cual}, 'T', NULL, {dia}, {dia}, {numero(4)}, 1)"
        yield f"INSERT INTO DETRASLA VALUES ({cual}, {cual}, {numero(14)}, 2)"


@pytest.mark.parametrize("charset", ["WIN1252", "ISO8859_1", "UTF8", "NONE"])
def test_any_base_gives_the_same_rows_as_the_join(firebird_server: FirebirdServer, way: str, charset: str) -> None:
    azar = random.Random(f"{SEED}{charset}")
    ruta = crear_base(firebird_server, "aparte.gdb", [*TABLAS, *sentencias(azar)], charset=charset)
    leidas = same(firebird_server, ruta, ALL_HERE)
    assert {fila[0] for fila in leidas} == {"documentos", "traslados"}
    assert 30 < len(leidas) < 300


VENTA = documento(1, "FV", "2025-01-10", (1, 1, 2.0, 100.0), (2, 2, 1.0, 10.0), (3, 1, 1.0, 1.0), (9, 9, 1.0, 1.0))


def test_a_key_that_comes_twice_stays_joined(firebird_server: FirebirdServer, way: str) -> None:
    repetidas = ["INSERT INTO MATERIAL VALUES (1, 'OTRO', 'Otro')", "INSERT INTO CIUDANE VALUES (1, '5', 'Otra')"]
    ruta = crear_base(firebird_server, "repetida.gdb", [*TABLAS, *MAESTROS, *repetidas, *VENTA])
    leidas = same(firebird_server, ruta, {"m.MATID": False, "b.BODID": True, "t.TERID": False})
    assert len(leidas) == 8, "each line comes once for every row that its keys find"


def test_a_key_of_another_type_stays_joined(firebird_server: FirebirdServer, way: str) -> None:
    otras = [s.replace("MATERIAL (MATID INTEGER", "MATERIAL (MATID VARCHAR(9)") for s in TABLAS]
    otras = [s.replace("MATID INTEGER, BODID INTEGER", "MATID INTEGER, BODID BIGINT") for s in otras]
    ruta = crear_base(firebird_server, "tipos.gdb", [*otras, *MAESTROS, *VENTA])
    assert same(firebird_server, ruta, {"m.MATID": False, "b.BODID": True, "t.TERID": True})


def test_a_line_key_that_is_no_integer_leaves_the_query_as_it_is(firebird_server: FirebirdServer, way: str) -> None:
    otras = [s.replace("KARDEXID INTEGER, MATID INTEGER", "KARDEXID INTEGER, MATID DOUBLE PRECISION") for s in TABLAS]
    ruta = crear_base(firebird_server, "reales.gdb", [*otras, *MAESTROS, *VENTA])
    assert same(firebird_server, ruta, ALL_HERE)


@pytest.mark.parametrize("bytes_", [0, 1000])
def test_names_beyond_their_memory_stay_joined(
    firebird_server: FirebirdServer, way: str, monkeypatch: pytest.MonkeyPatch, bytes_: int
) -> None:
    muchas = [f"INSERT INTO TERCEROS VALUES ({n}, '{n}', 'Tercero {n}', 1)" for n in range(10, 60)]
    ruta = crear_base(firebird_server, "muchos.gdb", [*TABLAS, *MAESTROS, *muchas, *VENTA])
    monkeypatch.setattr(names_apart, "MOST_BYTES", bytes_)
    here = {"m.MATID": bytes_ > 0, "b.BODID": False, "t.TERID": False}
    assert same(firebird_server, ruta, here)


def test_names_that_cost_more_than_they_save_stay_joined(firebird_server: FirebirdServer, way: str) -> None:
    muchos = [f"INSERT INTO MATERIAL VALUES ({n}, '{n}', 'Artículo {n}')" for n in range(10, 60)]
    ruta = crear_base(firebird_server, "caros.gdb", [*TABLAS, *MAESTROS, *muchos, *VENTA])
    for lineas, aqui in (
        (names_apart.MIN_LINES - 1, {}),
        (names_apart.MIN_LINES, ALL_HERE),
    ):
        with open_firebird(info_de(firebird_server, ruta)) as source:
            source.announce([], lineas)
            assert rows(source) == joined(source)
            assert source.names.tables() == aqui


def test_more_names_than_a_quarter_of_the_lines_stay_joined(
    firebird_server: FirebirdServer, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(names_apart, "MIN_LINES", 1)
    ruta = crear_base(firebird_server, "pocas.gdb", [*TABLAS, *MAESTROS, *VENTA])
    with open_firebird(info_de(firebird_server, ruta)) as source:
        source.announce([], 2 * names_apart.LINES_PER_NAME)
        assert rows(source) == joined(source)
        assert source.names.tables() == {"m.MATID": False, "b.BODID": False, "t.TERID": True}


def test_names_are_those_of_the_snapshot_that_the_lines_are_read_from(
    firebird_server: FirebirdServer, way: str
) -> None:
    ruta = crear_base(firebird_server, "foto.gdb", [*TABLAS, *MAESTROS, *VENTA])
    with open_firebird(info_de(firebird_server, ruta)) as source:
        antes = joined(source)
        ejecutar(
            firebird_server,
            ruta,
            "UPDATE MATERIAL SET DESCRIP = 'Cambiado', CODIGO = 'C.'",
            "UPDATE TERCEROS SET NIT = 'ANULA'",
            "DELETE FROM BODEGA",
        )
        assert rows(source) == antes
    with open_firebird(info_de(firebird_server, ruta)) as source:
        assert rows(source) == []


def test_lines_that_do_not_count_leave_no_hole_between_blocks(firebird_server: FirebirdServer, way: str) -> None:
    sentencias = [
        *documento(1, "FV", "2025-01-10", (1, 1, 1.0, 1.0)),
        *documento(2, "FV", "2025-01-10", (3, 1, 1.0, 1.0)),
        *documento(3, "FV", "2025-01-10", (2, 2, 1.0, 1.0), cliente=2),
        "INSERT INTO DEKARDEX SELECT a.DEKARDEXID * 1000000 + r.N, a.KARDEXID, a.MATID, a.BODID, 1, 1, 1"
        " FROM DEKARDEX a CROSS JOIN (WITH RECURSIVE s AS (SELECT 1 AS N FROM RDB$DATABASE UNION ALL"
        " SELECT N + 1 FROM s WHERE N < 999) SELECT N FROM s) r",
        "INSERT INTO DEKARDEX SELECT -DEKARDEXID, KARDEXID, MATID, BODID, 2, 2, 4 FROM DEKARDEX",
    ]
    ruta = crear_base(firebird_server, "huecos.gdb", [*TABLAS, *MAESTROS, *sentencias])
    assert len(same(firebird_server, ruta, ALL_HERE)) == 2000


def test_names_that_cannot_be_read_by_themselves_stay_joined(firebird_server: FirebirdServer, way: str) -> None:
    """A row that the server cannot give stops whoever reads all names, and not whoever reads those of the lines."""
    sentencias = [s for s in (*TABLAS, *MAESTROS) if " BODEGA " not in s]
    vista = (
        "CREATE TABLE B (ID INTEGER)",
        "CREATE VIEW BODEGA (BODID, NOMBRE) AS SELECT ID, CAST(100 / (77 - ID) AS VARCHAR(40)) FROM B",
        *(f"INSERT INTO B VALUES ({n})" for n in (1, 2, 77)),
    )
    ruta = crear_base(firebird_server, "rara.gdb", [*sentencias, *vista, *VENTA])
    assert same(firebird_server, ruta, {**ALL_HERE, "b.BODID": False})
