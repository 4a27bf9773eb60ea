"""One small installation on two servers (the second as a 2.5 one), shared by the tests that only read it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tns.local.firebird import FirebirdServer
from tns.local.instalacion import Escala, Instalacion, VerdadBase, crear_instalacion

Consulta = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture(scope="session")
def servidores(nuevo_firebird: Callable[..., FirebirdServer]) -> list[FirebirdServer]:
    return [nuevo_firebird("instalacion-a"), nuevo_firebird("instalacion-b", variant="legacy")]


@pytest.fixture(scope="session")
def instalacion(servidores: list[FirebirdServer]) -> Instalacion:
    return crear_instalacion(servidores, escala=Escala.PRUEBA)


@pytest.fixture(scope="session")
def consultar(servidores: list[FirebirdServer], instalacion: Instalacion) -> Iterator[Consulta]:
    """`consultar("A", ruta, "select …")`: rows of a database asked for by the path that EMPRESAS gives."""
    por_clave = dict(zip("AB", servidores, strict=True))
    conexiones: dict[tuple[str, str], Any] = {}

    def ejecutar(clave: str, ruta: str, sql: str, *parametros: Any) -> list[tuple[Any, ...]]:
        if (clave, ruta) not in conexiones:
            conexiones[clave, ruta] = por_clave[clave].connect(ruta)
        with conexiones[clave, ruta].cursor() as cursor:
            return list(cursor.execute(sql, parametros).fetchall())

    yield ejecutar
    for conexion in conexiones.values():
        conexion.close()


@pytest.fixture(scope="session")
def con_kardex(instalacion: Instalacion) -> list[VerdadBase]:
    return [base for base in instalacion.verdad.bases if base.perfil == "kardex"]
