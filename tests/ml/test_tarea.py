"""POST /api/ml/entrenar_modelos/ through a real worker: accepted, followed, cancelled, one at a time."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.espera import wait_until
from tests.ml.datos import tienda
from tests.mundo import Mundo, construir
from tests.pila import Trabajador
from tns.ml.models import ModeloML
from tns.tareas.contexto import conexion_propia
from tns.tareas.models import EstadoTarea, Tarea

RUTA = "/api/ml/entrenar_modelos/"
PACIENCIA_S = 120


@pytest.fixture
def mundo(transactional_db: None) -> Mundo:
    """The shared world, committed for the worker to see."""
    return construir()


def tarea_de(respuesta: object) -> Tarea:
    return Tarea.objects.get(id=respuesta.json()["task_id"])  # type: ignore[attr-defined]


def terminada(tarea: Tarea) -> bool:
    tarea.refresh_from_db()
    return not tarea.viva


def test_a_training_is_accepted_and_ends_with_its_model(mundo: Mundo, trabajador: Trabajador) -> None:
    tienda([mundo.andina, mundo.andina_anterior], "2024-01", "2025-12")
    respuesta = mundo.operador.post(RUTA, {"empresa_servidor_id": mundo.andina_anterior.id})
    assert respuesta.status_code == 202
    tarea = tarea_de(respuesta)
    assert tarea.objeto == f"nit:{mundo.andina.nit_base}"
    assert wait_until(lambda: terminada(tarea), PACIENCIA_S), trabajador.registro()
    assert tarea.estado == EstadoTarea.EXITO, (tarea.error_tecnico, trabajador.registro())
    modelo = ModeloML.objects.get()
    assert tarea.resultado["modelo"] == modelo.id
    assert modelo.tarea == tarea
    assert tarea.resultado["pronosticos"] == 288
    estado = mundo.lector.get("/api/sistema/estado-tarea/", {"task_id": str(tarea.id)}).json()
    assert (estado["estado"], estado["progreso"]["porcentaje"]) == ("EXITO", 100.0)


def test_a_nit_without_data_fails_with_what_to_do(mundo: Mundo, trabajador: Trabajador) -> None:
    tarea = tarea_de(mundo.operador.post(RUTA, {"empresa_servidor_id": mundo.boreal.id}))
    assert wait_until(lambda: terminada(tarea), PACIENCIA_S), trabajador.registro()
    assert (tarea.estado, tarea.error_codigo) == (EstadoTarea.FALLO, "sin_historia")
    assert "Extraiga" in tarea.error_que_hacer


def test_the_same_nit_is_not_trained_twice_at_once(mundo: Mundo) -> None:
    assert mundo.operador.post(RUTA, {"empresa_servidor_id": mundo.andina.id}).status_code == 202
    segunda = mundo.operador.post(RUTA, {"empresa_servidor_id": mundo.andina_anterior.id})
    assert (segunda.status_code, segunda.json()["codigo"]) == (409, "tarea_en_curso")


def test_a_cancelled_training_stops_in_the_middle_of_its_query_and_leaves_no_trace(
    mundo: Mundo, trabajador: Trabajador
) -> None:
    tienda([mundo.andina], "2025-01", "2025-06", articulos=2)
    with conexion_propia() as otra, otra.transaction():
        # Holds the training in its query, whatever the machine's speed.
        otra.execute("LOCK TABLE movimientos_inventario IN ACCESS EXCLUSIVE MODE")
        tarea = tarea_de(mundo.operador.post(RUTA, {"empresa_servidor_id": mundo.andina.id}))
        assert wait_until(lambda: espera_el_cerrojo(otra), PACIENCIA_S), trabajador.registro()
        assert mundo.operador.post(f"/api/tareas/{tarea.id}/cancelar/").status_code == 200
        assert wait_until(lambda: terminada(tarea), PACIENCIA_S), trabajador.registro()
    assert tarea.estado == EstadoTarea.CANCELADA
    assert not ModeloML.objects.exists()
    assert not list(Path(os.environ["MODELOS_ML_DIR"]).glob(".entrenando-*"))


@pytest.mark.fallas
def test_a_training_whose_worker_was_killed_is_taken_up_again_and_makes_one_model(
    mundo: Mundo, trabajador: Trabajador
) -> None:
    tienda([mundo.andina], "2025-01", "2025-06", articulos=2)
    with conexion_propia() as otra, otra.transaction():
        otra.execute("LOCK TABLE movimientos_inventario IN ACCESS EXCLUSIVE MODE")
        tarea = tarea_de(mundo.operador.post(RUTA, {"empresa_servidor_id": mundo.andina.id}))
        assert wait_until(lambda: espera_el_cerrojo(otra), PACIENCIA_S), trabajador.registro()
        trabajador.kill()
    trabajador.start()
    assert wait_until(lambda: terminada(tarea), PACIENCIA_S), trabajador.registro()
    assert (tarea.estado, tarea.intentos) == (EstadoTarea.EXITO, 2), trabajador.registro()
    assert ModeloML.objects.count() == 1


def espera_el_cerrojo(conexion: psycopg.Connection[Any]) -> bool:
    """Whether somebody waits for the table that this connection holds."""
    consulta = """SELECT count(*) FROM pg_locks
        WHERE relation = 'movimientos_inventario'::regclass AND NOT granted"""
    return bool(conexion.execute(consulta).fetchone()[0])  # type: ignore[index]


@pytest.mark.parametrize("quien", ["lector", "sin_rol"])
def test_only_who_may_operate_trains(mundo: Mundo, quien: str) -> None:
    assert mundo.clientes[quien].post(RUTA, {"empresa_servidor_id": mundo.andina.id}).status_code == 403


def test_an_unknown_company_is_a_404(mundo: Mundo) -> None:
    assert mundo.operador.post(RUTA, {"empresa_servidor_id": 987654}).json()["codigo"] == "empresa_no_encontrada"
