"""Whatever breaks in the middle: no window mixed, none duplicated, none lost, and the run ends or says what to do."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from tests.espera import wait_until
from tests.extraccion.conftest import registrar
from tests.extraccion.integridad import comprobar_entera
from tests.extraccion.proxy import Proxy
from tests.extraccion.tareas_en_curso import empezar, esperar, terminar
from tests.mundo import crear_empresa
from tests.pila import Pila, Trabajador
from tns.empresas.models import EmpresaServidor
from tns.extraccion.models import MovimientoInventario, VentanaExtraccion
from tns.local.firebird import FirebirdServer
from tns.local.instalacion import BaseGrande, crear_base_grande
from tns.local.rutas import checkout
from tns.tareas.models import EstadoTarea
from tns.tareas.services import cancelar, enviar

pytestmark = [pytest.mark.fallas, pytest.mark.django_db(transaction=True)]
FILAS = 60_000
LENTO = 500_000  # bytes per second: some twelve seconds for all rows


@pytest.fixture(scope="module")
def grande(firebird_server: FirebirdServer) -> BaseGrande:
    return crear_base_grande(firebird_server, FILAS, archivo="FALLAS.GDB")


@pytest.fixture
def enlace(firebird_server: FirebirdServer) -> Iterator[Proxy]:
    """The link to the customer's server, so slow that a run is still under way when something breaks."""
    proxy = Proxy(firebird_server.port)
    proxy.slow(LENTO)
    yield proxy
    proxy.close()


@pytest.fixture
def empresa(
    grande: BaseGrande, enlace: Proxy, firebird_server: FirebirdServer, transactional_db: None
) -> EmpresaServidor:
    return crear_empresa(registrar(firebird_server, puerto=enlace.port), ruta_base=str(grande.ruta))


def test_a_killed_worker_leaves_whole_windows_and_its_task_ends_by_itself(
    empresa: EmpresaServidor, grande: BaseGrande, enlace: Proxy, obrero: Trabajador
) -> None:
    tarea = empezar(empresa)
    esperar(tarea, lambda _: VentanaExtraccion.objects.count() >= 3)
    obrero.kill()
    cargadas = comprobar_entera(empresa)
    assert 0 < cargadas < FILAS
    enlace.fast()
    obrero.start()
    terminar(tarea)
    assert comprobar_entera(empresa) == FILAS
    assert tarea.resultado["diferencias"] == 0
    assert tarea.resultado["filas_cargadas"] == FILAS
    assert tarea.intentos == 2
    assert sum(v.suma_valor for v in empresa.ventanas.all()) == grande.valor_total
    assert sum(v.suma_cantidad for v in empresa.ventanas.all()) == grande.cantidad


def test_killed_while_replacing_it_holds_old_or_new_rows_of_each_window(
    empresa: EmpresaServidor, enlace: Proxy, obrero: Trabajador
) -> None:
    enlace.fast()
    terminar(empezar(empresa))
    enlace.slow(LENTO)
    antes = set(MovimientoInventario.objects.values_list("id", flat=True)[:1])
    tarea = empezar(empresa, forzar=True)
    esperar(tarea, lambda t: t.hecho > FILAS // 4)
    obrero.kill()
    assert comprobar_entera(empresa) == FILAS
    enlace.fast()
    obrero.start()
    terminar(tarea)
    assert comprobar_entera(empresa) == FILAS
    assert not antes & set(MovimientoInventario.objects.values_list("id", flat=True))


def test_cancelling_stops_within_seconds_and_keeps_whole_windows(
    empresa: EmpresaServidor, enlace: Proxy, obrero: Trabajador
) -> None:
    tarea = empezar(empresa)
    esperar(tarea, lambda t: t.hecho > 5_000)
    cancelar(tarea=tarea)
    esperar(tarea, lambda t: t.estado == EstadoTarea.CANCELADA, 5)
    assert comprobar_entera(empresa) < FILAS
    enlace.fast()
    terminar(empezar(empresa))
    assert comprobar_entera(empresa) == FILAS


def test_postgresql_killed_in_the_middle_is_taken_up_again(
    empresa: EmpresaServidor, enlace: Proxy, obrero: Trabajador, pila: Pila
) -> None:
    tarea = empezar(empresa)
    esperar(tarea, lambda _: VentanaExtraccion.objects.count() >= 2)
    pila.postgresql.kill()
    connection.close()
    pila.postgresql.start()
    assert comprobar_entera(empresa) < FILAS
    enlace.fast()
    terminar(tarea)
    assert comprobar_entera(empresa) == FILAS
    assert tarea.resultado["diferencias"] == 0


def test_the_broker_killed_in_the_middle_is_not_even_noticed(
    empresa: EmpresaServidor, enlace: Proxy, obrero: Trabajador, pila: Pila
) -> None:
    tarea = empezar(empresa)
    esperar(tarea, lambda _: VentanaExtraccion.objects.count() >= 2)
    pila.valkey.kill()
    pila.valkey.start()
    assert comprobar_entera(empresa) < FILAS
    enlace.fast()
    terminar(tarea)
    assert comprobar_entera(empresa) == FILAS
    assert tarea.intentos == 1
    terminar(empezar(empresa))  # and the worker takes what comes next


def test_a_worker_that_comes_back_to_life_finds_its_work_taken_and_leaves(
    empresa: EmpresaServidor, enlace: Proxy, obrero: Trabajador
) -> None:
    """A task sent twice, as a broker that believes its worker dead does, is run once."""
    tarea = empezar(empresa)
    esperar(tarea, lambda t: t.hecho > 0)
    for _ in range(3):
        enviar(tarea)
    enlace.fast()
    terminar(tarea)
    assert comprobar_entera(empresa) == FILAS
    assert tarea.intentos == 1


@pytest.fixture
def relevo(pila: Pila, obrero: Trabajador) -> Iterator[Trabajador]:
    """A second worker, not started yet."""
    url = pila.postgresql.url_of(connection.settings_dict["NAME"])
    trabajador = Trabajador(
        "relevo", pila.carpeta / "relevo", queues=("extraccion",), concurrency=1, cwd=checkout(),
        env={"DATABASE_URL": url},
    )  # fmt: skip
    yield trabajador
    trabajador.stop()


def procesos_de(trabajador: Trabajador) -> list[int]:
    """The worker and its children."""
    assert trabajador.process is not None
    padre = trabajador.process.pid
    return [padre, *map(int, Path(f"/proc/{padre}/task/{padre}/children").read_text().split())]


def test_a_worker_that_froze_is_replaced_and_does_no_harm_when_it_wakes(
    empresa: EmpresaServidor, enlace: Proxy, obrero: Trabajador, relevo: Trabajador
) -> None:
    tarea = empezar(empresa)
    esperar(tarea, lambda t: t.hecho > FILAS // 4)
    congelados = procesos_de(obrero)
    for pid in congelados:
        os.kill(pid, signal.SIGSTOP)
    try:
        with connection.cursor() as cursor:  # what the server does with a client that no longer answers
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        assert comprobar_entera(empresa) < FILAS
        enlace.fast()
        relevo.start()
        terminar(tarea)
        assert comprobar_entera(empresa) == FILAS
        antes = set(MovimientoInventario.objects.values_list("id", flat=True))
    finally:
        for pid in congelados:
            os.kill(pid, signal.SIGCONT)
    assert wait_until(lambda: "perdió su conexión" in obrero.registro() or "se retomará" in obrero.registro(), 30)
    relevo.stop()
    terminar(empezar(empresa))  # by the one that woke up, which finds nothing left to read
    assert set(MovimientoInventario.objects.values_list("id", flat=True)) == antes
    tarea.refresh_from_db()
    assert (tarea.estado, tarea.intentos, tarea.resultado["diferencias"]) == (EstadoTarea.EXITO, 2, 0)
