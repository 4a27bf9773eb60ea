"""An extraction killed with -9 at points drawn from a seed, and two at once: never a window mixed, doubled or lost."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import IO

import pytest
from django.db import connection

from tests.espera import wait_until
from tests.extraccion.conftest import registrar
from tests.extraccion.integridad import comprobar_entera
from tests.mundo import crear_empresa
from tests.pila import Pila
from tns.empresas.models import EmpresaServidor
from tns.extraccion.models import MovimientoInventario, VentanaExtraccion
from tns.local.firebird import FirebirdServer
from tns.local.instalacion import BaseGrande, crear_base_grande
from tns.tareas.contexto import conexion_propia

pytestmark = [pytest.mark.fallas, pytest.mark.django_db(transaction=True)]
FILAS, SEMILLA = 12_000, 20250731
EN_CURSO = 3  # how a corredor says that another extraction is under way


@pytest.fixture
def base(firebird_server: FirebirdServer) -> BaseGrande:
    return crear_base_grande(firebird_server, FILAS, archivo="MUERTES.GDB")


@pytest.fixture
def empresa(base: BaseGrande, firebird_server: FirebirdServer, transactional_db: None) -> EmpresaServidor:
    return crear_empresa(registrar(firebird_server), ruta_base=str(base.ruta))


@pytest.fixture
def corredor(pila: Pila, firebird_server: FirebirdServer, transactional_db: None) -> Iterator[subprocess.Popen[str]]:
    with nuevo_corredor(pila) as proceso:
        yield proceso


@contextlib.contextmanager
def nuevo_corredor(pila: Pila) -> Iterator[subprocess.Popen[str]]:
    entorno = {**os.environ, "DATABASE_URL": pila.postgresql.url_of(connection.settings_dict["NAME"])}
    orden = [sys.executable, "-m", "tests.extraccion.corredor"]
    with subprocess.Popen(orden, env=entorno, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as proceso:
        yield proceso
        entrada(proceso).close()


def entrada(proceso: subprocess.Popen[str]) -> IO[str]:
    assert proceso.stdin is not None
    return proceso.stdin


def leer(proceso: subprocess.Popen[str], palabra: str) -> int:
    """The number after `palabra`; libraries of the fork may write to the same pipe."""
    assert proceso.stdout is not None
    for linea in proceso.stdout:
        if linea.startswith(palabra):
            return int(linea.split()[1])
    raise AssertionError(f"the runner ended with {proceso.wait()}")


def pedir(proceso: subprocess.Popen[str], empresa: EmpresaServidor, *, forzar: bool) -> None:
    entrada(proceso).write(json.dumps({"empresa": empresa.id, "forzar": forzar}) + "\n")
    entrada(proceso).flush()


def correr(
    proceso: subprocess.Popen[str], empresa: EmpresaServidor, *, forzar: bool, matar_tras: float | None = None
) -> tuple[int, float]:
    """Run one extraction, killed after so many seconds; answers its exit status and how long it took."""
    esperar_cerrojo(empresa)
    pedir(proceso, empresa, forzar=forzar)
    hijo, inicio = leer(proceso, "inicio"), time.monotonic()
    if matar_tras is not None:
        time.sleep(matar_tras)
        with contextlib.suppress(ProcessLookupError):  # it was faster
            os.kill(hijo, signal.SIGKILL)
    return leer(proceso, "fin"), time.monotonic() - inicio


def esperar_cerrojo(empresa: EmpresaServidor) -> None:
    """Until PostgreSQL has noticed the last death, which is what a task taken up again waits for as well."""
    with conexion_propia() as conexion:

        def libre() -> bool:
            fila = conexion.execute("SELECT pg_try_advisory_lock(hashtext('extraccion'), %s)", [empresa.id]).fetchone()
            return bool(fila and fila[0])

        assert wait_until(libre, 30)


@pytest.mark.parametrize("muertes", [10, pytest.param(60, marks=pytest.mark.lento)])
def test_deaths_at_any_point_leave_every_window_whole(
    corredor: subprocess.Popen[str], base: BaseGrande, empresa: EmpresaServidor, muertes: int
) -> None:
    azar = random.Random(SEMILLA)
    estado, duracion = correr(corredor, empresa, forzar=False)
    assert (estado, comprobar_entera(empresa)) == (0, FILAS)
    muertas = 0
    for intento in range(muertes * 4):
        if muertas == muertes:
            break
        forzar = intento % 5 != 0
        if not forzar:  # from an empty table, so that what is missing is read
            MovimientoInventario.objects.all().delete()
            VentanaExtraccion.objects.all().delete()
        # Half the points at any moment of the run, half late, where windows are being committed.
        desde = 0.3 if intento % 2 else 0.0
        estado, _ = correr(corredor, empresa, forzar=forzar, matar_tras=azar.uniform(desde, 1.05) * duracion)
        muertas += estado == -signal.SIGKILL
        filas = comprobar_entera(empresa)
        assert filas == FILAS if forzar else filas <= FILAS
        if not forzar:
            assert correr(corredor, empresa, forzar=False)[0] == 0
            assert comprobar_entera(empresa) == FILAS
    assert muertas == muertes
    assert correr(corredor, empresa, forzar=True)[0] == 0
    assert comprobar_entera(empresa) == FILAS
    assert sum(ventana.suma_valor for ventana in empresa.ventanas.all()) == base.valor_total


def test_two_at_once_for_one_company_never_mix(
    corredor: subprocess.Popen[str], pila: Pila, base: BaseGrande, empresa: EmpresaServidor
) -> None:
    """Two processes begin at the same instant, several times: one extracts, the other is told so."""
    finales = []
    with nuevo_corredor(pila) as otro:
        for _ in range(6):
            for proceso in (corredor, otro):
                pedir(proceso, empresa, forzar=True)
            for proceso in (corredor, otro):
                leer(proceso, "inicio")
            finales.append(sorted(leer(proceso, "fin") for proceso in (corredor, otro)))
            assert comprobar_entera(empresa) == FILAS
    assert all(final in ([0, EN_CURSO], [0, 0]) for final in finales), finales
    assert [0, EN_CURSO] in finales
    assert sum(ventana.suma_valor for ventana in empresa.ventanas.all()) == base.valor_total
