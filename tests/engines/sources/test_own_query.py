"""Own queries: read-only, one statement, two parameters, a time limit; each mistake has its own code."""

from __future__ import annotations

import datetime as dt
import threading

import pytest

from tests.engines.sources.bases import crear_base, info_de
from tns.engines.loading.plan import make_plan
from tns.engines.sources import SourceError, open_source
from tns.engines.sources.errors import QueryError
from tns.engines.sources.limits import Limits
from tns.engines.sources.profiles import own
from tns.local.firebird import FirebirdServer

ENERO = (dt.date(2025, 1, 1), dt.date(2025, 1, 31))
BUENA = (
    "SELECT T.TIPO AS TIPO_DOCUMENTO, T.DIA AS FECHA, T.COD AS ARTICULO_CODIGO, T.NOM AS ARTICULO_NOMBRE,"
    " T.CANT AS CANTIDAD FROM T WHERE T.DIA BETWEEN ? AND ?"
)
LENTA = BUENA.replace(
    "FROM T WHERE",
    "FROM T, RDB$FIELDS A, RDB$FIELDS B, RDB$FIELDS C, RDB$FIELDS D"
    " WHERE A.RDB$FIELD_NAME || B.RDB$FIELD_NAME || C.RDB$FIELD_NAME || D.RDB$FIELD_NAME = 'x' AND",
)


@pytest.fixture(scope="module")
def ruta(firebird_server: FirebirdServer) -> str:
    return crear_base(
        firebird_server,
        "propia.gdb",
        [
            "CREATE TABLE T (DIA DATE, COD VARCHAR(10), NOM VARCHAR(40), CANT NUMERIC(10,2), TIPO VARCHAR(20),"
            " NOTA BLOB)",
            "INSERT INTO T VALUES ('2025-01-15', 'A', 'Uno', 2.5, 'FV', 'x')",
            "INSERT INTO T VALUES ('2025-03-15', 'A', 'Uno', 2.5, 'FV', 'x')",
            "CREATE PROCEDURE ESCRIBE (D DATE, H DATE) RETURNS (N INTEGER) AS BEGIN"
            " INSERT INTO T (COD) VALUES ('mal'); N = 1; SUSPEND; END",
        ],
    )


def leer(servidor: FirebirdServer, ruta: str, consulta: str) -> None:
    limits = Limits(own_statement=1.5)
    with open_source(info_de(servidor, ruta), own_query=consulta, limits=limits) as origen:
        make_plan(origen.parts[0].layout)
        origen.preview(origen.parts[0], *ENERO, 5)


def codigo_de(servidor: FirebirdServer, ruta: str, consulta: str) -> str:
    with pytest.raises(SourceError) as caught:
        leer(servidor, ruta, consulta)
    assert caught.value.que_hacer
    return caught.value.codigo_estable


def test_a_good_query_gives_its_rows_and_its_totals(firebird_server: FirebirdServer, ruta: str) -> None:
    with open_source(info_de(firebird_server, ruta), own_query=f"{BUENA} -- al final\n;  ") as origen:
        assert origen.profile.name == "propia"
        assert len(origen.preview(origen.parts[0], *ENERO, 5)) == 1
        totales = origen.day_totals(*ENERO)
        assert totales is not None
        assert totales[dt.date(2025, 1, 15)].quantity == 25_000


@pytest.mark.parametrize(
    ("consulta", "codigo"),
    [
        ("UPDATE T SET COD = 'x'", "consulta_no_es_lectura"),
        ("DELETE FROM T WHERE DIA BETWEEN ? AND ?", "consulta_no_es_lectura"),
        ("DROP TABLE T", "consulta_no_es_lectura"),
        ("EXECUTE BLOCK AS BEGIN DELETE FROM T; END", "consulta_no_es_lectura"),
        ("/* SELECT */ INSERT INTO T (COD) VALUES ('x')", "consulta_no_es_lectura"),
        (f"{BUENA}; DELETE FROM T", "varias_sentencias"),
        ("   ;  ", "consulta_vacia"),
        (BUENA.replace("BETWEEN ? AND ?", "> '2025-01-01'"), "parametros_incorrectos"),
        (BUENA.replace("BETWEEN ? AND ?", "> ?"), "parametros_incorrectos"),
        (f"{BUENA} AND T.COD = ?", "parametros_incorrectos"),
        (BUENA.replace("T.CANT AS CANTIDAD", "T.CANT AS CUANTO"), "columnas_faltantes"),
        (BUENA.replace("T.CANT AS CANTIDAD", "T.CANT AS CANTIDAD, 1 AS CANTIDAD"), "columna_repetida"),
        (BUENA.replace("T.CANT AS CANTIDAD", "T.COD AS CANTIDAD"), "tipo_de_columna"),
        (BUENA.replace("T.DIA AS FECHA", "T.COD AS FECHA"), "tipo_de_columna"),
        (BUENA.replace("T.NOM AS", "T.NOTA AS"), "tipo_de_columna"),
        (BUENA.replace("T.COD", "T.NO_EXISTE"), "consulta_invalida"),
        ("SELECT FROM WHERE", "consulta_invalida"),
        (LENTA, "consulta_tiempo_excedido"),
        (
            "SELECT P.N AS CANTIDAD, 'A' AS ARTICULO_CODIGO, 'A' AS ARTICULO_NOMBRE, 'FV' AS TIPO_DOCUMENTO,"
            " CURRENT_DATE AS FECHA FROM ESCRIBE(?, ?) P",
            "consulta_escribe",
        ),
    ],
)
def test_each_mistake_has_its_code(firebird_server: FirebirdServer, ruta: str, consulta: str, codigo: str) -> None:
    assert codigo_de(firebird_server, ruta, consulta) == codigo


def test_nothing_was_written(firebird_server: FirebirdServer, ruta: str) -> None:
    with firebird_server.connect(ruta) as conexion:
        cursor = conexion.cursor()
        cursor.execute("SELECT COUNT(*) FROM T")
        assert cursor.fetchone() == (2,)


def test_semicolons_inside_text_and_comments_are_text() -> None:
    own.clean("SELECT ';' AS \"a;b\" /* ; */ FROM T -- ;\n WHERE X = 'it''s;'")


def test_an_endless_comment_hides_nothing() -> None:
    with pytest.raises(QueryError):
        own.clean("/* SELECT * FROM T")


def test_a_cancelled_query_stops_at_once(firebird_server: FirebirdServer, ruta: str) -> None:
    with open_source(info_de(firebird_server, ruta), own_query=LENTA) as origen:
        timer = threading.Timer(0.5, origen.cancel)
        timer.start()
        with pytest.raises(SourceError):
            origen.preview(origen.parts[0], *ENERO, 5)
        timer.join()


def test_the_mapping_tells_what_is_used_absent_and_unknown(firebird_server: FirebirdServer, ruta: str) -> None:
    consulta = BUENA.replace("T.CANT AS CANTIDAD", "T.CANT AS CANTIDAD, T.COD AS LOTE, T.NOM AS COLOR")
    with open_source(info_de(firebird_server, ruta), own_query=consulta) as origen:
        plan = make_plan(origen.parts[0].layout)
    used = dict(plan.used)
    assert used["TIPO_DOCUMENTO"] == ("tipo_documento", "codigo_documento")
    assert used["LOTE"] == ("lote",)
    assert plan.unknown == ("COLOR",)
    assert "PACIENTE" in plan.absent
