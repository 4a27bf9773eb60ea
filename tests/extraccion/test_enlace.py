"""A link cut or gone mute in the middle: the run goes on by itself or says what to do, and nothing is mixed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from tests.extraccion.integridad import comprobar_entera
from tests.extraccion.proxy import Proxy
from tests.mundo import crear_empresa, crear_servidor
from tns.empresas.models import EmpresaServidor
from tns.engines.progress import NullProgress
from tns.engines.sources.errors import ConnectionLost, SourceError
from tns.extraccion.extraer import extraer_empresa
from tns.local.firebird import FirebirdServer
from tns.local.instalacion import BaseGrande, crear_base_grande

pytestmark = [pytest.mark.fallas, pytest.mark.django_db(transaction=True)]
FILAS = 40_000  # more than is read ahead, and enough for the names to be fetched apart


@pytest.fixture(scope="module")
def base(firebird_server: FirebirdServer) -> BaseGrande:
    return crear_base_grande(firebird_server, FILAS, archivo="ENLACE.GDB")


@pytest.fixture
def proxy(firebird_server: FirebirdServer) -> Iterator[Proxy]:
    proxy = Proxy(firebird_server.port)
    yield proxy
    proxy.close()


@pytest.fixture
def empresa(
    base: BaseGrande, firebird_server: FirebirdServer, proxy: Proxy, transactional_db: None, settings: Any
) -> EmpresaServidor:
    settings.TNS_TIEMPO_LIMITE_SILENCIO = 1
    settings.TNS_TIEMPO_LIMITE_CONSULTA = 5
    settings.TNS_TIEMPO_LIMITE_CONEXION = 4
    servidor = crear_servidor(host="127.0.0.1", puerto=proxy.port, password=firebird_server.password)
    return crear_empresa(servidor, ruta_base=str(base.ruta))


def extraer(empresa: EmpresaServidor, **mas: Any) -> dict[str, Any]:
    return extraer_empresa(
        empresa=empresa, desde=dt.date(2025, 1, 1), hasta=dt.date(2025, 12, 31), forzar=mas.pop("forzar", False),
        progreso=mas.pop("progreso", None) or NullProgress(),
    )  # fmt: skip


@pytest.mark.parametrize("despues", [30_000, 150_000, 400_000, 1_500_000])  # the second: among the names
def test_a_cut_in_the_middle_is_joined_and_everything_arrives_once(
    empresa: EmpresaServidor, proxy: Proxy, despues: int
) -> None:
    proxy.trip("cut", despues)
    resumen = extraer(empresa)
    assert resumen["diferencias"] == 0
    assert comprobar_entera(empresa) == FILAS
    assert empresa.extracciones.get().informe["reconexiones"] == 1


@pytest.mark.parametrize("despues", [400_000, 1_500_000])
def test_a_link_gone_mute_is_noticed_and_left(empresa: EmpresaServidor, proxy: Proxy, despues: int) -> None:
    proxy.trip("mute", despues)

    class SanaAlReintentar(NullProgress):
        def stage(self, name: str, total: int | None = None) -> None:
            if "nuevo intento" in name:
                proxy.heal()

    extraer(empresa, progreso=SanaAlReintentar())
    assert comprobar_entera(empresa) == FILAS
    assert empresa.extracciones.get().informe["reconexiones"] == 1


def test_a_link_that_stays_down_ends_the_run_saying_what_to_do(
    empresa: EmpresaServidor, proxy: Proxy, firebird_server: FirebirdServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tns.extraccion import extraer as modulo

    monkeypatch.setattr(modulo, "_ESPERA_SEGUNDOS", 0.1)
    monkeypatch.setattr(modulo, "_REINTENTOS", 2)
    extraer(empresa)
    proxy.trip("mute", 400_000)
    with pytest.raises(SourceError) as caught:
        extraer(empresa, forzar=True)
    assert caught.value.codigo_estable in ("conexion_perdida", "servidor_mudo")
    assert caught.value.que_hacer
    assert comprobar_entera(empresa) == FILAS
    proxy.heal()
    extraer(empresa, forzar=True)
    assert comprobar_entera(empresa) == FILAS


def test_a_firebird_killed_and_started_again_is_read_to_the_end(
    empresa: EmpresaServidor, firebird_server: FirebirdServer
) -> None:
    class Asesino(NullProgress):
        def __init__(self) -> None:
            self.hecho, self.muerto = 0, False

        def advance(self, amount: int = 1, message: str | None = None) -> None:
            self.hecho += amount
            if self.hecho > FILAS // 2 and not self.muerto:
                self.muerto = True
                firebird_server.kill()

        def stage(self, name: str, total: int | None = None) -> None:
            if "nuevo intento" in name:
                firebird_server.start()

    extraer(empresa, progreso=Asesino())
    assert comprobar_entera(empresa) == FILAS
    assert ConnectionLost.codigo == "conexion_perdida"
