"""What fails while nobody watches is told once, to whoever is configured, and never lost on the way."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone
from pytest_django import Settings

from tests.mundo import crear_usuario
from tns.common.valkey import cliente
from tns.sistema import avisos
from tns.tareas.models import EstadoTarea, Tarea

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _sin_marca() -> Iterator[None]:
    cliente().delete("tns:avisos:hasta")
    yield
    cliente().delete("tns:avisos:hasta")


@pytest.fixture
def recibidos(settings: Settings) -> Iterator[list[dict[str, Any]]]:
    """A webhook that keeps what it is sent."""
    llegados: list[dict[str, Any]] = []

    class Oreja(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            llegados.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            return None

    with HTTPServer(("127.0.0.1", 0), Oreja) as servidor:
        hilo = threading.Thread(target=servidor.serve_forever, daemon=True)
        hilo.start()
        settings.TNS_AVISOS_WEBHOOK = f"http://127.0.0.1:{servidor.server_port}/"
        yield llegados
        servidor.shutdown()
        hilo.join(10)


def fallar(titulo: str = "Extraer", **campos: Any) -> Tarea:
    return Tarea.objects.create(
        tipo="extraccion", nombre_celery="x", cola="extraccion", titulo=titulo, estado=EstadoTarea.FALLO,
        error_codigo="servidor_inalcanzable", error_detalle="No respondió.", terminada=timezone.now(), **campos,
    )  # fmt: skip


def test_many_failures_are_one_message_and_are_told_once(settings: Settings, recibidos: list[dict[str, Any]]) -> None:
    settings.TNS_AVISOS_CORREO = ["guardia@example.com"]
    for numero in range(30):
        fallar(f"Extraer {numero}")
    assert avisos.avisar_fallas() == 30
    assert avisos.avisar_fallas() == 0
    (correo,), (llegado,) = mail.outbox, recibidos
    assert correo.subject == llegado["asunto"] == "TNS Core: fallaron 30 tareas"
    assert len(correo.body.splitlines()) == avisos.MAX_LINEAS + 1
    assert llegado["tareas"][0]["codigo"] == "servidor_inalcanzable"


def test_what_a_person_asked_for_is_his_to_see(settings: Settings) -> None:
    settings.TNS_AVISOS_CORREO = ["guardia@example.com"]
    fallar(creada_por=crear_usuario("operadora"))
    assert avisos.avisar_fallas() == 0
    assert not mail.outbox


def test_what_could_not_be_delivered_is_told_in_the_next_round(
    settings: Settings, recibidos: list[dict[str, Any]]
) -> None:
    buena, settings.TNS_AVISOS_WEBHOOK = settings.TNS_AVISOS_WEBHOOK, "http://127.0.0.1:1/"
    fallar()
    assert avisos.avisar_fallas() == 0
    settings.TNS_AVISOS_WEBHOOK = buena
    assert avisos.avisar_fallas() == 1
    assert recibidos[0]["asunto"] == "TNS Core: falló Extraer"


def test_nobody_to_tell_is_no_error() -> None:
    fallar()
    assert avisos.avisar_fallas() == 0
