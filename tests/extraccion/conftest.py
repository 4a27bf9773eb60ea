"""Companies of a real Firebird for the tests of extraction."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest

from tests.engines.sources.bases import base_kardex
from tests.instalados import registrar
from tests.mundo import crear_empresa
from tests.pila import Trabajador
from tns.empresas.models import EmpresaServidor
from tns.local.firebird import FirebirdServer
from tns.local.instalacion import Instalacion, VerdadBase

CrearEmpresa = Callable[..., EmpresaServidor]


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


@pytest.fixture
def obrero(firebird_server: FirebirdServer, trabajador: Trabajador) -> Trabajador:
    """The worker, started with the client library of the tests' Firebird in its environment."""
    if not getattr(trabajador, "conoce_firebird", False):
        trabajador.stop()
        trabajador.start()
        trabajador.conoce_firebird = True  # type: ignore[attr-defined]
    return trabajador
