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
    sqlserver,
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


# What pymssql 2.3 (FreeTDS) gives for each failure of a real server: (number, text) for statements, nested for logins.
DB_LIB = "DB-Lib error message 20018, severity {}:\nGeneral SQL Server error: Check messages from the SQL Server\n"


@pytest.mark.parametrize(
    ("argumentos", "codigo"),
    [
        ((18456, b"Login failed for user 'sa'." + DB_LIB.format(14).encode()), "credenciales_invalidas"),
        ((4060, b'Cannot open database "NADA" requested by the login.'), "base_no_encontrada"),
        (
            (20009, b"DB-Lib error message 20009:\nUnable to connect: Connection refused"),
            "conexion_rechazada",
        ),
        ((20009, b"DB-Lib error message 20009:\nUnable to connect: timed out"), "servidor_mudo"),
        ((20009, b"DB-Lib error message 20009:\nNo route to host"), "servidor_inalcanzable"),
        (
            (20002, b"DB-Lib error message 20002:\nAdaptive Server connection failed"),
            "protocolo_desconocido",
        ),
    ],
)
def test_a_login_that_fails_says_why(servidor: ConnectionInfo, argumentos: tuple[object, ...], codigo: str) -> None:
    error = sqlserver.connecting(Exception(argumentos), servidor, timed_out=False)
    assert error.codigo_estable == codigo
    assert error.que_hacer


@pytest.mark.parametrize(
    ("argumentos", "codigo"),
    [
        ((229, b"The SELECT permission was denied on the object 'KARDEX'."), "permiso_insuficiente"),
        ((208, b"Invalid object name 'NADA'."), "consulta_invalida"),
        ((207, b"Invalid column name 'NADA'."), "consulta_invalida"),
        (
            (20003, b"DB-Lib error message 20003:\nServer connection timed out"),
            "consulta_tiempo_excedido",
        ),
        ((20004, b"DB-Lib error message 20004:\nRead from the server failed"), "conexion_perdida"),
        ((20047, b"DB-Lib error message 20047:\nDBPROCESS is dead or not enabled"), "conexion_perdida"),
    ],
)
def test_a_statement_that_fails_says_why(argumentos: tuple[object, ...], codigo: str) -> None:
    error = sqlserver.reading(Exception(*argumentos), address="10.0.0.1:1433")
    assert error.codigo_estable == codigo
    assert error.que_hacer


def test_the_driver_is_always_called_with_its_guard_rails(
    servidor: ConnectionInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pymssql

    asked: list[dict[str, object]] = []
    real = pymssql.connect
    monkeypatch.setattr(pymssql, "connect", lambda **options: asked.append(options) or real(**options))
    with open_source(servidor, limits=Limits(connect=4, statement=30, silence=7)):
        pass
    (options,) = asked
    assert (options["tds_version"], options["charset"], options["timeout"]) == ("7.4", "UTF-8", 30)
    assert isinstance(options["login_timeout"], int)
    assert 1 <= options["login_timeout"] <= 4


def test_a_second_query_begins_only_when_the_first_is_over(servidor: ConnectionInfo) -> None:
    """A second open result would silently end the first: rows would be missing without an error."""
    with open_source(servidor) as origen:
        (parte,) = origen.parts
        for _ in range(3):
            assert sum(cuantas for _, cuantas in origen.blocks(parte, *ENERO)) == 2
            assert len(origen.preview(parte, *ENERO, 1)) == 1
