"""Live progress over a real ASGI server: Server-Sent Events that begin with what is and end with the task."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.mundo import ANDINA, BOREAL, crear_usuario
from tests.tareas.conftest import NuevaWeb, TrabajadorDePruebas, corridas, hasta, terminada
from tests.tareas.tareas_de_prueba import contar_task, esperar_task
from tns.cuentas.models import Rol
from tns.tareas import services
from tns.tareas.models import EstadoTarea
from tns.tareas.services import encolar


def eventos(respuesta: httpx.Response) -> Iterator[tuple[str, Any]]:
    """Name and data of each event, as they come."""
    nombre = ""
    for linea in respuesta.iter_lines():
        if linea.startswith("event: "):
            nombre = linea.removeprefix("event: ")
        elif linea.startswith("data: "):
            yield nombre, json.loads(linea.removeprefix("data: "))


def test_a_stream_tells_the_state_the_progress_and_the_end(
    obrero: TrabajadorDePruebas, nueva_web: NuevaWeb, tmp_path: Path
) -> None:
    navegador = nueva_web().entrar(crear_usuario("lectora", Rol.LECTOR))
    tarea = encolar(esperar_task, titulo="Esperar", argumentos={"carpeta": str(tmp_path)})
    hasta(lambda: corridas(tmp_path), "the run")
    vistos: list[str] = []
    with navegador.stream("GET", f"/api/tareas/{tarea.id}/eventos/") as respuesta:
        assert respuesta.headers["content-type"] == "text/event-stream"
        assert respuesta.headers["cache-control"] == "no-store"
        for nombre, datos in eventos(respuesta):
            vistos.append(nombre)
            if nombre == "avance" and datos["avance"]["hecho"] > 0:
                (tmp_path / "siga").touch()
            ultimo = datos
    assert vistos[0] == "tarea"
    assert "avance" in vistos
    assert ultimo["estado"] == EstadoTarea.EXITO
    assert ultimo["resultado"]["pid"]


def test_the_stream_of_a_task_that_is_over_tells_it_and_ends(obrero: TrabajadorDePruebas, nueva_web: NuevaWeb) -> None:
    tarea = terminada(encolar(contar_task, titulo="Contar", argumentos={"hasta": 3}))
    navegador = nueva_web().entrar(crear_usuario("lectora", Rol.LECTOR))
    with navegador.stream("GET", f"/api/tareas/{tarea.id}/eventos/") as respuesta:
        assert [(nombre, datos["estado"]) for nombre, datos in eventos(respuesta)] == [("tarea", "EXITO")]


def test_the_stream_of_all_tells_only_what_the_caller_may_see(obrero: TrabajadorDePruebas, nueva_web: NuevaWeb) -> None:
    navegador = nueva_web().entrar(crear_usuario("de_boreal", Rol.LECTOR, nits_base=[BOREAL]))
    with navegador.stream("GET", "/api/tareas/eventos/") as respuesta:
        flujo = eventos(respuesta)
        assert next(flujo) == ("vivas", [])
        encolar(contar_task, titulo="Ajena", argumentos={"hasta": 1}, nit_base=ANDINA)
        encolar(contar_task, titulo="De todos", argumentos={"hasta": 1})
        propia = encolar(contar_task, titulo="Propia", argumentos={"hasta": 1}, nit_base=BOREAL)
        for nombre, datos in flujo:
            if nombre == "tarea":
                assert datos["titulo"] == "Propia"
                if datos["estado"] == EstadoTarea.EXITO:
                    break
            elif nombre == "avance":
                assert datos["task_id"] == str(propia.id)


@pytest.mark.parametrize(
    ("pk", "estado", "codigo"),
    [
        ("00000000-0000-4000-8000-000000000000", 404, "tarea_no_encontrada"),
        ("no-es-un-id", 400, "datos_invalidos"),
    ],
)
def test_an_unknown_task_has_no_stream(
    nueva_web: NuevaWeb, transactional_db: None, pk: str, estado: int, codigo: str
) -> None:
    navegador = nueva_web().entrar(crear_usuario("lectora", Rol.LECTOR))
    respuesta = navegador.get(f"/api/tareas/{pk}/eventos/")
    assert (respuesta.status_code, respuesta.json()["codigo"]) == (estado, codigo)
    respuesta = navegador.get("/api/sistema/estado-tarea/", params={"task_id": pk})
    assert (respuesta.status_code, respuesta.json()["codigo"]) == (estado, codigo)


def test_a_cancellation_over_the_api_reaches_the_worker(
    obrero: TrabajadorDePruebas, nueva_web: NuevaWeb, tmp_path: Path
) -> None:
    navegador = nueva_web().entrar(crear_usuario("operadora", Rol.OPERADOR))
    tarea = encolar(esperar_task, titulo="Esperar", argumentos={"carpeta": str(tmp_path)})
    hasta(lambda: corridas(tmp_path), "the run")
    respuesta = navegador.post(f"/api/tareas/{tarea.id}/cancelar/")
    assert (respuesta.status_code, respuesta.json()["cancelacion_solicitada"]) == (200, True)
    assert terminada(tarea).estado == EstadoTarea.CANCELADA
    respuesta = navegador.post(f"/api/tareas/{tarea.id}/cancelar/")
    assert (respuesta.status_code, respuesta.json()["codigo"]) == (409, "tarea_terminada")
    assert services.recuperar_tareas() == 0
