"""Which rows a company's database gives, by the shape it has."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tests.engines.sources.bases import MAESTROS, TABLAS, base_kardex, crear_base, documento, info_de
from tns.engines.sources import SourceError, open_source
from tns.local.firebird import FirebirdServer

ENERO = (dt.date(2025, 1, 1), dt.date(2025, 1, 31))


def filas(servidor: FirebirdServer, ruta: str, **opciones: Any) -> list[dict[str, Any]]:
    with open_source(info_de(servidor, ruta), **opciones) as origen:
        totales = origen.day_totals(*ENERO) or {}
        todas = [
            dict(zip([c.name for c in parte.layout.columns], fila, strict=True))
            for parte in origen.parts
            for fila in origen.preview(parte, *ENERO, 100)
        ]
        assert sum(total.rows for total in totales.values()) == len(todas)
        return todas


def test_only_posted_documents_that_move_goods_count(firebird_server: FirebirdServer) -> None:
    linea = (1, 1, 2.0, 100.0)
    ruta = base_kardex(
        firebird_server,
        "kardex.gdb",
        [
            *documento(1, "FV", "2025-01-31 23:30:00", linea, (2, 2, 1.5, 10.25)),
            *documento(2, "FV", "2025-01-10", linea, asentado=False),
            *documento(3, "FV", "2025-01-10", linea, anulado=True),
            *documento(4, "FV", "2025-01-10", linea, cliente=2),
            *documento(5, "PV", "2025-01-10", linea),
            *documento(6, "PC", "2025-01-10", linea),
            *documento(7, "FC", "2025-01-10", (3, 1, 1.0, 1.0)),
            *documento(8, "XX", "2025-01-10", linea, cliente=99),
            *documento(9, "NI", "2025-01-10", (2, 3, -4.0, 5.0)),
            *documento(10, "FV", "2025-02-01", linea),
            "INSERT INTO TRASLA VALUES (1, 'T', '000001', '2025-01-12', '2025-01-12', 1, 3)",
            "INSERT INTO DETRASLA VALUES (7, 1, 2, 5)",
            "INSERT INTO TRASLA VALUES (2, 'T', '000002', '2025-01-12', NULL, 1, 3)",
            "INSERT INTO DETRASLA VALUES (8, 2, 2, 5)",
        ],
    )
    leidas = filas(firebird_server, ruta)
    assert [(f["TIPO_DOCUMENTO"], f["ORIGEN_ID"]) for f in leidas] == [
        ("FV", 100), ("FV", 101), ("XX", 800), ("NI", 900), ("TRASLADO", "T7"),
    ]  # fmt: skip
    primera = leidas[0]
    assert primera["FECHA"] == dt.date(2025, 1, 31)
    assert (primera["ARTICULO_CODIGO"], primera["BODEGA_NOMBRE"], primera["CODIGO_BODEGA"]) == (
        "TOR-01",
        "Implantes",
        "01",
    )
    assert (primera["PAGADOR"], primera["NIT_PAGADOR"]) == ("Clínica Peñalosa", "900123456")
    assert (primera["CIUDAD"], primera["CODIGO_CIUDAD"]) == ("Bogotá", "11001")
    assert (float(primera["CANTIDAD"]), float(primera["VALOR_TOTAL"])) == (2.0, 200.0)
    assert float(leidas[3]["CANTIDAD"]) == -4.0
    assert leidas[4]["BODEGA_NOMBRE"] == "Implantes"


def test_an_older_base_without_the_newer_tables_is_read_too(firebird_server: FirebirdServer) -> None:
    ruta = crear_base(
        firebird_server,
        "vieja.gdb",
        [
            "CREATE TABLE KARDEX (KARDEXID INTEGER, CODCOMP VARCHAR(2), FECHA DATE, FECASENTAD DATE)",
            "CREATE TABLE DEKARDEX (DEKARDEXID INTEGER, KARDEXID INTEGER, MATID INTEGER, CANMAT NUMERIC(12,3))",
            "CREATE TABLE MATERIAL (MATID INTEGER, CODIGO VARCHAR(20), DESCRIP VARCHAR(80))",
            "INSERT INTO MATERIAL VALUES (1, 'A', 'Uno')",
            "INSERT INTO KARDEX VALUES (1, 'FV', '2025-01-05', '2025-01-05')",
            "INSERT INTO DEKARDEX VALUES (1, 1, 1, 2.5)",
        ],
    )
    (fila,) = filas(firebird_server, ruta)
    assert set(fila) == {"FECHA", "TIPO_DOCUMENTO", "ARTICULO_CODIGO", "ARTICULO_NOMBRE", "CANTIDAD", "ORIGEN_ID"}


def test_a_view_called_movimientos_is_a_profile(firebird_server: FirebirdServer) -> None:
    ruta = crear_base(
        firebird_server,
        "vista.gdb",
        [
            "CREATE TABLE S (COD VARCHAR(9), CANT DOUBLE PRECISION, PREC DOUBLE PRECISION, MOM TIMESTAMP,"
            " CL VARCHAR(20))",
            "CREATE VIEW MOVIMIENTOS (CODIGO, NOMBRE, CANTIDAD, PRECIO_UNITARIO, FECHA, TIPO_DOCUMENTO, LOTE) AS"
            " SELECT COD, COD || ' largo', CANT, PREC, MOM, CL, 'L1' FROM S",
            "INSERT INTO S VALUES ('A', 3, 1000.10, '2025-01-31 22:00:00', 'FACTURA_VENTA')",
            "INSERT INTO S VALUES ('A', 3, 1000.10, '2025-02-01 00:00:00', 'FACTURA_VENTA')",
            "INSERT INTO S VALUES ('B', 3, 1000.10, '2025-01-01 00:00:00', 'PV')",
        ],
    )
    (fila,) = filas(firebird_server, ruta)
    assert float(fila["VALOR_TOTAL"]) == 3000.3
    assert (fila["LOTE"], fila["ARTICULO_NOMBRE"]) == ("L1", "A largo")


def test_a_database_of_something_else_is_told_so(firebird_server: FirebirdServer) -> None:
    ruta = crear_base(firebird_server, "otra-cosa.gdb", ["CREATE TABLE CLIENTES (A INTEGER)"])
    with pytest.raises(SourceError) as caught:
        open_source(info_de(firebird_server, ruta))
    assert caught.value.codigo_estable == "esquema_desconocido"


def test_transfers_of_an_unexpected_shape_are_left_out_and_said(firebird_server: FirebirdServer) -> None:
    sentencias = [s for s in TABLAS if "DETRASLA" not in s]
    ruta = crear_base(firebird_server, "sin-detrasla.gdb", [*sentencias, *MAESTROS])
    with open_source(info_de(firebird_server, ruta)) as origen:
        assert [parte.query.name for parte in origen.parts] == ["documentos"]
        assert "traslados" in origen.profile.notes[0]
