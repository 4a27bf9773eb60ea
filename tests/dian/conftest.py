"""A company whose accounting is a real Firebird database and whose provider is a real HTTP server."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

import tns.config.celery  # noqa: F401  tasks are sent through the configured application
from tests.dian import contabilidad
from tests.dian.proveedor import CLAVES, TOKEN, Proveedor, encendido
from tests.mundo import ANDINA, crear_empresa, crear_servidor
from tns.dian import envio
from tns.dian.models import ConfiguracionDian, DocumentoDian
from tns.empresas.models import EmpresaServidor


@dataclass
class Escena:
    """The company, its accounting and its provider."""

    empresa: EmpresaServidor
    tns: contabilidad.Contabilidad
    proveedor: Proveedor

    def procesar(self, kardex_id: int) -> envio.ResultadoEnvio:
        return envio.procesar(empresa=self.empresa, kardex_id=kardex_id)

    def fila(self, kardex_id: int) -> DocumentoDian:
        return DocumentoDian.objects.get(empresa_servidor=self.empresa, kardex_id=kardex_id)

    def acciones(self, kardex_id: int) -> list[str]:
        return list(self.fila(kardex_id).eventos.values_list("accion", flat=True))


@pytest.fixture(scope="session")
def base_tns(firebird_server: Any) -> contabilidad.Contabilidad:
    return contabilidad.crear(firebird_server, url="https://proveedor.invalid/api", token="x")


@pytest.fixture
def proveedor() -> Iterator[Proveedor]:
    with encendido(Proveedor(nit=ANDINA)) as encendida:
        yield encendida


@pytest.fixture
def ajustes_dian(settings: Any) -> Any:
    settings.DIAN_PERMITIR_HTTP = True
    settings.DIAN_TIEMPO_LIMITE_S = 0.5
    settings.DIAN_ESPERA_CONSULTA_S = 0.0
    return settings


def montar(base: contabilidad.Contabilidad, proveedor: Proveedor) -> Escena:
    """Register the accounting's server, company and provider."""
    for tabla in ("KARDEX", "DEKARDEX", "DEKARDEXFP", "DEKARDEXDTO"):
        base.escribir((f"DELETE FROM {tabla}", ()))
    servidor = crear_servidor(
        "Contabilidad", host="127.0.0.1", puerto=base.servidor.port, password=base.servidor.password
    )
    empresa = crear_empresa(servidor, ANDINA, 2025, ruta_base=str(base.ruta))
    ConfiguracionDian.objects.create(
        nit_base=ANDINA, url_proveedor=proveedor.url, token=TOKEN, clave_tecnica=CLAVES.clave_tecnica, pin=CLAVES.pin,
        ambiente="2",
    )  # fmt: skip
    return Escena(empresa, base, proveedor)


@pytest.fixture
def escena(db: None, base_tns: contabilidad.Contabilidad, proveedor: Proveedor, ajustes_dian: Any) -> Escena:
    return montar(base_tns, proveedor)
