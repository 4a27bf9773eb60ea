"""Processes die and brokers go away: no task is lost, none runs for ever, none stays behind."""

from __future__ import annotations

import os
import signal
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from tests.mundo import crear_servidor, crear_usuario
from tests.tareas.conftest import NuevaWeb, TrabajadorDePruebas, corridas, hasta, terminada
from tests.tareas.tareas_de_prueba import contar_task, esperar_task, veneno_task
from tns.common.valkey import cliente
from tns.cuentas.models import Rol
from tns.tareas import services
from tns.tareas.fallos import MAX_INTENTOS
from tns.tareas.models import EstadoTarea, Tarea
from tns.tareas.services import encolar

pytestmark = pytest.mark.fallas


def test_a_killed_child_leaves_its_task_to_the_next(obrero: TrabajadorDePruebas, tmp_path: Path) -> None:
    tarea = encolar(esperar_task, titulo="Esperar", argumentos={"carpeta": str(tmp_path)})
    (primero,) = hasta(lambda: corridas(tmp_path), "the first run")
    os.kill(primero, signal.SIGKILL)
    hasta(lambda: len(corridas(tmp_path)) == 2, "the second run")
    (tmp_path / "siga").touch()
    tarea = terminada(tarea)
    assert (tarea.estado, tarea.intentos) == (EstadoTarea.EXITO, 2)


def test_a_killed_worker_leaves_its_task_to_the_next_one(obrero: TrabajadorDePruebas, tmp_path: Path) -> None:
    tarea = encolar(esperar_task, titulo="Esperar", argumentos={"carpeta": str(tmp_path)})
    hasta(lambda: corridas(tmp_path), "the first run")
    obrero.kill()
    tarea.refresh_from_db()
    assert tarea.estado == EstadoTarea.EN_PROGRESO
    obrero.start()  # looks for orphans as soon as it is ready
    hasta(lambda: len(corridas(tmp_path)) == 2, "the second run")
    (tmp_path / "siga").touch()
    tarea = terminada(tarea)
    assert (tarea.estado, tarea.intentos) == (EstadoTarea.EXITO, 2)


def test_a_task_that_kills_its_worker_every_time_ends(obrero: TrabajadorDePruebas) -> None:
    tarea = terminada(encolar(veneno_task, titulo="Veneno"))
    assert (tarea.estado, tarea.error_codigo) == (EstadoTarea.FALLO, "trabajador_perdido")
    assert tarea.intentos == MAX_INTENTOS
    assert terminada(encolar(contar_task, titulo="Después", argumentos={"hasta": 1})).estado == EstadoTarea.EXITO


def test_a_cancelled_task_whose_worker_died_ends_cancelled(obrero: TrabajadorDePruebas, tmp_path: Path) -> None:
    tarea = encolar(esperar_task, titulo="Esperar", argumentos={"carpeta": str(tmp_path)})
    hasta(lambda: corridas(tmp_path), "the run")
    obrero.kill()
    services.cancelar(tarea=tarea)

    def acabo() -> bool:
        services.recuperar_tareas()  # finds the lock taken until PostgreSQL notices who died
        tarea.refresh_from_db()
        return not tarea.viva

    hasta(acabo, "the end of the task")
    assert tarea.estado == EstadoTarea.CANCELADA
    assert len(corridas(tmp_path)) == 1


def test_a_running_task_is_not_taken_for_an_orphan(obrero: TrabajadorDePruebas, tmp_path: Path) -> None:
    tarea = encolar(esperar_task, titulo="Esperar", argumentos={"carpeta": str(tmp_path)})
    hasta(lambda: corridas(tmp_path), "the run")
    assert services.recuperar_tareas() == 0
    (tmp_path / "siga").touch()
    assert terminada(tarea).intentos == 1


def test_a_task_whose_message_was_lost_is_sent_again_and_a_waiting_one_is_not(transactional_db: None) -> None:
    vieja = timezone.now() - timedelta(minutes=10)
    campos = {"tipo": "x", "nombre_celery": contar_task.name, "cola": "nadie_la_atiende", "titulo": "Contar"}
    perdida = Tarea.objects.create(**campos, argumentos={"hasta": 1}, enviada=vieja)
    Tarea.objects.create(**campos, argumentos={"hasta": 1}, enviada=timezone.now())
    try:
        assert services.recuperar_tareas() == 1
        perdida.refresh_from_db()
        assert perdida.enviada is not None
        assert perdida.enviada > vieja
        Tarea.objects.update(enviada=vieja)
        assert services.recuperar_tareas() == 1, "one message waits for two tasks: one is missing"
        Tarea.objects.update(enviada=vieja)
        assert services.recuperar_tareas() == 0, "the queue is long, nothing was lost"
    finally:
        cliente().delete("nadie_la_atiende")


def test_without_a_broker_nothing_is_begun_and_no_row_stays(nueva_web: NuevaWeb, transactional_db: None) -> None:
    servidor = crear_servidor()
    navegador = nueva_web(REDIS_URL="redis://127.0.0.1:1/0").entrar(crear_usuario("admin", Rol.ADMINISTRADOR))
    respuesta = navegador.post("/api/sistema/descubrir_empresas/", json={"servidor_id": servidor.id})
    assert (respuesta.status_code, respuesta.json()["codigo"]) == (503, "broker_no_disponible")
    assert respuesta.headers["content-type"] == "application/problem+json"
    assert not Tarea.objects.exists()
