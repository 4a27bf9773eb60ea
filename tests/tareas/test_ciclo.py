"""A task from its message to its end, on a real worker."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest

from tests.mundo import crear_usuario
from tests.tareas.conftest import TrabajadorDePruebas, corridas, hasta, terminada
from tests.tareas.tareas_de_prueba import (
    bloqueada_task,
    contar_task,
    esperar_task,
    fallida_task,
    sin_conexion_task,
)
from tns.common.problemas import Conflicto
from tns.tareas import services
from tns.tareas.models import EstadoTarea, Tarea
from tns.tareas.services import TareaEnCurso, encolar


def test_it_runs_tells_its_progress_and_keeps_its_result(obrero: TrabajadorDePruebas) -> None:
    usuario = crear_usuario("quien_pide")
    tarea = terminada(encolar(contar_task, titulo="Contar", argumentos={"hasta": 50}, usuario=usuario))
    assert (tarea.estado, tarea.resultado) == (EstadoTarea.EXITO, {"contados": 50})
    assert (tarea.etapa, tarea.mensaje, tarea.hecho, tarea.total) == ("Contando", "Voy en 50", 50, 50)
    assert (tarea.intentos, tarea.creada_por) == (1, usuario)
    assert tarea.creada <= tarea.iniciada <= tarea.terminada  # type: ignore[operator]


def test_progress_is_seen_by_others_while_it_runs(obrero: TrabajadorDePruebas, tmp_path: Path) -> None:
    tarea = encolar(esperar_task, titulo="Esperar", argumentos={"carpeta": str(tmp_path)})
    hasta(lambda: Tarea.objects.get(id=tarea.id).hecho > 0, "progress")
    (tmp_path / "siga").touch()
    assert terminada(tarea).estado == EstadoTarea.EXITO


def test_a_running_task_stops_soon_after_it_is_asked_to(obrero: TrabajadorDePruebas, tmp_path: Path) -> None:
    tarea = encolar(esperar_task, titulo="Esperar", argumentos={"carpeta": str(tmp_path)})
    hasta(lambda: corridas(tmp_path), "the run")
    services.cancelar(tarea=tarea)
    assert terminada(tarea).estado == EstadoTarea.CANCELADA
    with pytest.raises(Conflicto) as error:
        services.cancelar(tarea=tarea)
    assert error.value.codigo_estable == "tarea_terminada"


def test_a_call_that_blocks_is_interrupted_from_another_thread(obrero: TrabajadorDePruebas) -> None:
    tarea = encolar(bloqueada_task, titulo="Bloqueada")
    hasta(lambda: Tarea.objects.get(id=tarea.id).etapa == "Bloqueada", "the blocking call")
    services.cancelar(tarea=tarea)
    assert terminada(tarea).estado == EstadoTarea.CANCELADA


def test_one_that_nobody_has_begun_is_cancelled_at_once(transactional_db: None, tmp_path: Path) -> None:
    tarea = Tarea.objects.create(tipo="contar", nombre_celery=contar_task.name, cola="pruebas", titulo="Contar")
    assert services.cancelar(tarea=tarea).estado == EstadoTarea.CANCELADA
    contar_task.run(str(tarea.id))  # its message arrives late and does nothing
    tarea.refresh_from_db()
    assert (tarea.estado, tarea.intentos) == (EstadoTarea.CANCELADA, 0)


def test_only_one_at_a_time_works_on_an_object(obrero: TrabajadorDePruebas, tmp_path: Path) -> None:
    argumentos = {"carpeta": str(tmp_path)}
    primera = encolar(esperar_task, titulo="Esperar", objeto="empresa:1", argumentos=argumentos)
    with pytest.raises(TareaEnCurso) as error:
        encolar(esperar_task, titulo="Esperar", objeto="empresa:1", argumentos=argumentos)
    assert error.value.datos == {"task_id": str(primera.id)}
    encolar(contar_task, titulo="Otra cosa", objeto="empresa:1", argumentos={"hasta": 1})
    (tmp_path / "siga").touch()
    terminada(primera)
    terminada(encolar(esperar_task, titulo="Esperar", objeto="empresa:1", argumentos=argumentos))


def test_the_same_message_twice_runs_once(obrero: TrabajadorDePruebas, tmp_path: Path) -> None:
    tarea = encolar(esperar_task, titulo="Esperar", argumentos={"carpeta": str(tmp_path)})
    hasta(lambda: corridas(tmp_path), "the run")
    services.enviar(tarea)
    terminada(encolar(contar_task, titulo="La siguiente", argumentos={"hasta": 1}))  # both messages were taken by now
    (tmp_path / "siga").touch()
    assert terminada(tarea).intentos == 1
    assert len(corridas(tmp_path)) == 1


@pytest.mark.parametrize(
    ("como", "codigo"),
    [
        ("esperada", "prueba"),
        ("inesperada", "error_interno"),
        ("sin_disco", "base_de_datos_sin_recursos"),
        ("sin_json", "error_interno"),
    ],
)
def test_a_failure_says_why_without_what_must_not_be_told(obrero: TrabajadorDePruebas, como: str, codigo: str) -> None:
    tarea = terminada(encolar(fallida_task, titulo="Fallar", argumentos={"como": como}))
    assert (tarea.estado, tarea.error_codigo, tarea.intentos) == (EstadoTarea.FALLO, codigo, 1)
    assert tarea.error_detalle
    assert "no-se-muestra" not in str(tarea.instantanea())


def test_what_no_database_takes_does_not_stop_a_task_from_ending_well(obrero: TrabajadorDePruebas) -> None:
    tarea = terminada(encolar(fallida_task, titulo="Rara", argumentos={"como": "rara"}))
    assert (tarea.estado, tarea.etapa, tarea.mensaje) == (EstadoTarea.EXITO, "Raro", "? y ")
    assert tarea.resultado == {"texto": "ab?", "nan": None}


def test_a_connection_that_the_server_closed_does_not_lose_the_end(obrero: TrabajadorDePruebas) -> None:
    tarea = terminada(encolar(sin_conexion_task, titulo="Sin conexión"))
    assert (tarea.estado, tarea.resultado, tarea.intentos) == (EstadoTarea.EXITO, "hecho", 1)


def test_an_unknown_id_is_no_error_for_the_worker(transactional_db: None) -> None:
    contar_task.run(str(uuid.uuid4()))
    assert not Tarea.objects.exists()
