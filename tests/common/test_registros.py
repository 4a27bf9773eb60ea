"""Log lines tell which request or task they belong to."""

from __future__ import annotations

import json
import logging
import uuid

from tns.common.contexto import de_tarea
from tns.common.registros import ConContexto, FormatoJSON


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


def test_an_error_is_one_line_with_its_trace() -> None:
    dicha = linea("Falló", error=ValueError("dos\nlíneas"))
    assert "ValueError" in dicha["traza"]
