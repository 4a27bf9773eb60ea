"""The installation of tests, made once per session on two real Firebird servers."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tns.local.firebird import FirebirdServer
    from tns.local.instalacion import Instalacion
    from tns.servidores.models import Servidor


@pytest.fixture(scope="session")
def instalados(
    firebird_server: FirebirdServer, nuevo_firebird: Callable[..., FirebirdServer]
) -> tuple[FirebirdServer, FirebirdServer, Instalacion]:
    """Both servers with the companies of the smallest scale; the second speaks as a 2.5 does."""
    from tns.local.instalacion import Escala, crear_instalacion

    otro = nuevo_firebird("firebird-b", variant="legacy")
    return firebird_server, otro, crear_instalacion([firebird_server, otro], escala=Escala.PRUEBA)


def registrar(servidor: FirebirdServer, nombre: str = "Servidor de pruebas", **campos: object) -> Servidor:
    """The server as an administrator would have registered it."""
    from tests.mundo import crear_servidor

    valores = {"host": "127.0.0.1", "puerto": servidor.port, "password": servidor.password}
    return crear_servidor(nombre, **valores | campos)


@pytest.fixture
def puerto_mudo() -> Iterator[int]:
    """Where somebody accepts connections and never speaks."""
    with socket.create_server(("127.0.0.1", 0)) as oreja:
        yield oreja.getsockname()[1]
