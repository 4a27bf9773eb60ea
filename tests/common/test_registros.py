"""Log lines tell which request or task they belong to."""

from __future__ import annotations

import json
import logging
import uuid

import pytest

from tests.mundo import Mundo
from tns.common.contexto import CABECERA, de_tarea
from tns.common.registros import ConContexto, FormatoJSON
from tns.tareas.ejecucion import ejecutar


def linea(mensaje: str, *, error: BaseException | None = None) -> dict[str, str]:
    traza = (type(error), error, None) if error else None
    registro = logging.LogRecord("tns.prueba", logging.WARNING, __file__, 1, mensaje, (), traza)
    assert ConContexto().filter(registro)
    return json.loads(FormatoJSON().format(registro))


def test_a_line_of_a_task_names_it() -> None:
    tarea = uuid.uuid4()
    with de_tarea(tarea, None):
        dicha = linea("Va bien")
    assert (dicha["mensaje"], dicha["nivel"], dicha["tarea"]) == ("Va bien", "WARNING", str(tarea))
    assert "tarea" not in linea("Después")


@pytest.mark.django_db(transaction=True)
def test_a_task_logs_with_the_id_of_the_request_that_asked_for_it(mundo: Mundo, sin_trabajador: None) -> None:
    pedido = {"servidor_id": mundo.servidor.id}
    respuesta = mundo.administrador.post(
        "/api/sistema/descubrir_empresas/", pedido, headers={CABECERA: "de-la-consola"}
    )
    dichas: list[dict[str, str]] = []
    ejecutar(uuid.UUID(respuesta.json()["task_id"]), lambda _, **argumentos: dichas.append(linea("Va bien")))
    assert (dichas[0]["id_peticion"], dichas[0]["tarea"]) == ("de-la-consola", respuesta.json()["task_id"])


def test_an_error_is_one_line_with_its_trace() -> None:
    dicha = linea("Falló", error=ValueError("dos\nlíneas"))
    assert "ValueError" in dicha["traza"]
