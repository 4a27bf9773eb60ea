"""Small Firebird databases shaped like Visual TNS, made by the tests that read them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from tns.engines.sources.info import ConnectionInfo, SourceKind
from tns.local.firebird import FirebirdServer

TABLAS = (
    "CREATE TABLE TERCEROS (TERID INTEGER, NIT VARCHAR(20), NOMBRE VARCHAR(80), CIUDANEID INTEGER)",
    "CREATE TABLE CIUDANE (CIUDANEID INTEGER, CODMIN VARCHAR(5), NOMBRE VARCHAR(60))",
    "CREATE TABLE MATERIAL (MATID INTEGER, CODIGO CHAR(20), DESCRIP VARCHAR(80))",
    "CREATE TABLE BODEGA (BODID INTEGER, CODIGO VARCHAR(4), NOMBRE VARCHAR(40))",
    "CREATE TABLE KARDEX (KARDEXID INTEGER, CODCOMP VARCHAR(2), CODPREFIJO VARCHAR(4), NUMERO VARCHAR(12),"
    " FECHA TIMESTAMP, FECASENTAD TIMESTAMP, FECANULADO TIMESTAMP, CLIENTE INTEGER)",
    "CREATE TABLE DEKARDEX (DEKARDEXID INTEGER, KARDEXID INTEGER, MATID INTEGER, BODID INTEGER,"
    " CANMAT DOUBLE PRECISION, PRECIOBASE DOUBLE PRECISION, PARCVTA DOUBLE PRECISION)",
    "CREATE TABLE TRASLA (TRASLAID INTEGER, CODPREFIJO VARCHAR(4), NUMERO VARCHAR(12), FECHA TIMESTAMP,"
    " FECASENTAD TIMESTAMP, BODINI INTEGER, BODFIN INTEGER)",
    "CREATE TABLE DETRASLA (DETRASLAID INTEGER, TRASLAID INTEGER, MATID INTEGER, CANTIDAD DOUBLE PRECISION)",
)
MAESTROS = (
    "INSERT INTO CIUDANE VALUES (1, '11001', 'Bogotá')",
    "INSERT INTO TERCEROS VALUES (1, '900123456', 'Clínica Peñalosa  ', 1)",
    "INSERT INTO TERCEROS VALUES (2, 'ANULA', 'DOCUMENTO ANULADO', NULL)",
    "INSERT INTO MATERIAL VALUES (1, 'TOR-01', 'Tornillo de titanio')",
    "INSERT INTO MATERIAL VALUES (2, 'PLA-02', 'Placa en niño')",
    "INSERT INTO MATERIAL VALUES (3, 'IMPL.', 'Encabezado')",
    "INSERT INTO BODEGA VALUES (1, '01', 'Implantes')",
    "INSERT INTO BODEGA VALUES (2, '02', 'Equipos')",
    "INSERT INTO BODEGA VALUES (3, '03', 'Principal')",
)


def documento(
    numero: int,
    codigo: str | None,
    fecha: str,
    *lineas: tuple[int, int, float, float],
    asentado: bool = True,
    anulado: bool = False,
    cliente: int = 1,
) -> list[str]:
    """A KARDEX document and its lines, each (material, warehouse, quantity, price before IVA)."""
    sentencias = [
        f"INSERT INTO KARDEX VALUES ({numero}, {_texto(codigo)}, 'A', '{numero:06}', '{fecha}',"
        f" {_texto(fecha if asentado else None)}, {_texto(fecha if anulado else None)}, {cliente})"
    ]
    for posicion, (material, bodega, cantidad, precio) in enumerate(lineas):
        sentencias.append(
            f"INSERT INTO DEKARDEX VALUES ({numero * 100 + posicion}, {numero}, {material}, {bodega},"
            f" {cantidad}, {precio}, {cantidad * precio})"
        )
    return sentencias


def _texto(valor: str | None) -> str:
    return "NULL" if valor is None else f"'{valor}'"


def crear_base(servidor: FirebirdServer, nombre: str, sentencias: Iterable[str], *, charset: str = "WIN1252") -> str:
    """Create a database, run the statements (each DDL is committed at once), and answer its path on the server."""
    ruta = servidor.database(nombre)
    ruta.unlink(missing_ok=True)
    with servidor.create_database(ruta, charset=charset, forced_writes=False) as conexion:
        for sentencia in sentencias:
            conexion.execute_immediate(sentencia)
            if sentencia.startswith("CREATE"):
                conexion.commit()
        if conexion.main_transaction.is_active():
            conexion.commit()
    return str(ruta)


def ejecutar(servidor: FirebirdServer, ruta: str, *sentencias: str) -> None:
    """Change a database as its owner would, while nobody extracts it."""
    with servidor.connect(ruta) as conexion:
        for sentencia in sentencias:
            conexion.execute_immediate(sentencia)
        conexion.commit()


def base_kardex(servidor: FirebirdServer, nombre: str, sentencias: Iterable[str], *, charset: str = "WIN1252") -> str:
    """A company's database with its masters and the given documents."""
    return crear_base(servidor, nombre, [*TABLAS, *MAESTROS, *sentencias], charset=charset)


def info_de(servidor: FirebirdServer, ruta: str, **cambios: Any) -> ConnectionInfo:
    """How to reach that database of the tests' server."""
    info = ConnectionInfo(SourceKind.FIREBIRD, "127.0.0.1", servidor.port, "SYSDBA", servidor.password, ruta)
    return replace(info, **cambios)
