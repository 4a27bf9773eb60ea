"""Companies of a real Firebird for the tests of extraction."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest

import tns.config.celery  # noqa: F401  tasks are sent through the configured application
from tests.engines.sources.bases import base_kardex
from tests.mundo import crear_empresa, crear_servidor
from tns.empresas.models import EmpresaServidor
from tns.local.firebird import FirebirdServer
from tns.local.instalacion import Escala, Instalacion, VerdadBase, crear_instalacion
from tns.servidores.models import Servidor

CrearEmpresa = Callable[..., EmpresaServidor]


@pytest.fixture(scope="session")
def instalados(
    firebird_server: FirebirdServer, nuevo_firebird: Callable[..., FirebirdServer]
) -> tuple[FirebirdServer, FirebirdServer, Instalacion]:
    """The installation of tests, on two servers; the second speaks as a 2.5 does."""
    otro = nuevo_firebird("firebird-b", variant="legacy")
    return firebird_server, otro, crear_instalacion([firebird_server, otro], escala=Escala.PRUEBA)


def registrar(servidor: FirebirdServer, nombre: str = "Servidor de pruebas") -> Servidor:
    """The server as an administrator would have registered it."""
    return crear_servidor(nombre, host="127.0.0.1", puerto=servidor.port, password=servidor.password)


@pytest.fixture
def empresa_de(instalados: tuple[FirebirdServer, FirebirdServer, Instalacion], db: None) -> CrearEmpresa:
    """The company of a database of the installation."""
    servidores = {clave: registrar(servidor, clave) for clave, servidor in zip("AB", instalados, strict=False)}

    def crear(base: VerdadBase) -> EmpresaServidor:
        return crear_empresa(servidores[base.servidor], base.nit, base.anio, ruta_base=base.ruta, nombre=base.nombre)

    return crear


@pytest.fixture
def empresa_con(firebird_server: FirebirdServer, db: None) -> CrearEmpresa:
    """A company of 2025 with the documents that the test writes."""
    servidor = registrar(firebird_server)

    def crear(nombre: str, sentencias: Iterable[str], **campos: object) -> EmpresaServidor:
        charset = str(campos.pop("charset", "WIN1252"))
        ruta = base_kardex(firebird_server, nombre, sentencias, charset=charset)
        return crear_empresa(servidor, ruta_base=ruta, **campos)  # type: ignore[arg-type]

    return crear
