"""SQL Server through pymssql, against a server in this process that speaks its protocol."""

from __future__ import annotations

import datetime as dt
import socket
from collections.abc import Iterator

import pytest

from tests.engines.sources.tds import servidor_tds
from tns.engines.loading.plan import make_plan
from tns.engines.sources import (
    CompanyRow,
    ConnectionInfo,
    SourceError,
    open_source,
    probe,
    read_companies,
)
from tns.engines.sources.limits import Limits
from tns.engines.sources.sqlserver_reading import as_pymssql
from tns.local.servicios.base import free_port

ENERO = (dt.date(2025, 1, 1), dt.date(2025, 1, 31))


@pytest.fixture(scope="module")
def servidor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ConnectionInfo]:
    with servidor_tds(tmp_path_factory.mktemp("tds")) as info:
        yield info


def con(info: ConnectionInfo, **cambios: object) -> ConnectionInfo:
    from dataclasses import replace

    return replace(info, **cambios)  # type: ignore[arg-type]


def codigo_de(info: ConnectionInfo) -> str:
    with pytest.raises(SourceError) as caught:
        probe(info, timeout=3)
    assert info.password not in f"{caught.value} {caught.value.tecnico} {info!r}"
    return caught.value.codigo_estable


def test_a_good_server_says_what_it_is(servidor: ConnectionInfo) -> None:
    result = probe(servidor)
    assert result.version.startswith("Microsoft SQL Server")
    assert (result.dialect, result.ods) == (0, "")
    assert result.empresas == 2


def test_each_failure_has_its_own_code(servidor: ConnectionInfo) -> None:
    assert codigo_de(con(servidor, password="no-es-esta")) == "credenciales_invalidas"
    assert codigo_de(con(servidor, user="nadie")) == "credenciales_invalidas"
    assert codigo_de(con(servidor, port=free_port())) == "conexion_rechazada"
    assert codigo_de(con(servidor, host="servidor.invalid")) == "servidor_inalcanzable"
    with socket.create_server(("127.0.0.1", 0)) as mudo:
        assert codigo_de(con(servidor, port=mudo.getsockname()[1])) == "servidor_mudo"


def test_companies_come_in_order_of_code(servidor: ConnectionInfo) -> None:
    assert list(read_companies(servidor)) == [
        CompanyRow("01", "Añil", "900.123.456-7", "2025", "EMP1"),
        CompanyRow("02", "Dos", "800", "2024", "EMP2"),
    ]


def test_the_profile_of_movimientos_gives_its_rows(servidor: ConnectionInfo) -> None:
    with open_source(servidor) as origen:
        assert (origen.profile.name, origen.encoding) == ("movimientos", "tuplas")
        (parte,) = origen.parts
        plan = make_plan(parte.layout)
        filas = [fila for bloque, cuantas in origen.blocks(parte, *ENERO) for fila in bloque[:cuantas]]
    nombres = [columna.name for columna in parte.layout.columns]
    assert [dict(zip(nombres, fila, strict=True))["TIPO_DOCUMENTO"] for fila in filas] == ["FV", "DV"]
    assert ("LOTE", ("lote",)) in plan.used


@pytest.mark.parametrize(
    ("consulta", "codigo"),
    [
        ("SELECT * INTO OTRA FROM MOVIMIENTOS WHERE FECHA BETWEEN ? AND ?", "consulta_no_es_lectura"),
        ("WITH X AS (SELECT 1 AS A) DELETE FROM MOVIMIENTOS WHERE FECHA BETWEEN ? AND ?", "consulta_no_es_lectura"),
        ("SELECT 1 EXEC sp_who", "consulta_no_es_lectura"),
        ("SELECT CODIGO FROM MOVIMIENTOS WHERE FECHA > ?", "parametros_incorrectos"),
        ("SELECT NADA FROM MOVIMIENTOS WHERE FECHA BETWEEN ? AND ?", "consulta_invalida"),
        ("SELECT CODIGO FROM NADA WHERE FECHA BETWEEN ? AND ?", "consulta_invalida"),
    ],
)
def test_own_queries_are_judged_like_those_of_firebird(servidor: ConnectionInfo, consulta: str, codigo: str) -> None:
    with pytest.raises(SourceError) as caught:
        open_source(servidor, own_query=consulta, limits=Limits(connect=4))
    assert caught.value.codigo_estable == codigo


def test_an_own_query_gives_its_rows(servidor: ConnectionInfo) -> None:
    consulta = (
        "SELECT CAST(M.FECHA AS DATE) AS FECHA, M.TIPO_DOCUMENTO, M.CODIGO AS ARTICULO_CODIGO,"
        " M.NOMBRE AS ARTICULO_NOMBRE,"
        " M.CANTIDAD, '100%?' AS LOTE FROM MOVIMIENTOS M WHERE M.FECHA BETWEEN ? AND ?"
    )
    with open_source(servidor, own_query=consulta) as origen:
        filas = origen.preview(origen.parts[0], *ENERO, 10)
    assert [fila[1] for fila in filas] == ["FV", "DV", "PV"]
    assert {fila[5] for fila in filas} == {"100%?"}


def test_question_marks_become_placeholders_outside_text_only() -> None:
    assert as_pymssql("SELECT '?%' AS A -- ?\nFROM T WHERE A = ?") == (
        "SELECT '?%' AS A -- ?\nFROM T WHERE A = %(desde)s"
    )
