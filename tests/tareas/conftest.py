"""A worker of the tests' own queue, that knows the tasks of `tareas_de_prueba.py`."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.test import Client

from tests.pila import Pila, Trabajador
from tns.cuentas.models import Usuario
from tns.local.servicios.base import LOOPBACK, Service, free_port, port_answers
from tns.tareas.models import Tarea

LIMITE_S = 60.0


class TrabajadorDePruebas(Trabajador):
    @property
    def command(self) -> Sequence[str | os.PathLike[str]]:
        return [*super().command, "--include", "tests.tareas.tareas_de_prueba"]


@pytest.fixture(scope="session")
def _obrero_de_la_sesion(pila: Pila, django_db_setup: None) -> Iterator[TrabajadorDePruebas]:
    from django.db import connection

    from tns.local.rutas import checkout

    obrero = TrabajadorDePruebas(
        "obrero",
        pila.carpeta / "obrero",
        queues=("pruebas",),
        concurrency=2,
        cwd=checkout(),
        env={"DATABASE_URL": pila.postgresql.url_of(connection.settings_dict["NAME"])},
    )
    yield obrero
    obrero.stop()


@pytest.fixture
def obrero(_obrero_de_la_sesion: TrabajadorDePruebas, transactional_db: None) -> TrabajadorDePruebas:
    """That worker, running; a test may kill it and start it again."""
    if not _obrero_de_la_sesion.running:
        _obrero_de_la_sesion.start()
    return _obrero_de_la_sesion


class Web(Service):
    """The program's web process, as in production, on the test database."""

    ready_timeout = 60.0

    @property
    def command(self) -> Sequence[str | os.PathLike[str]]:
        return [
            sys.executable, "-m", "uvicorn", "tns.config.asgi:application",
            "--host", LOOPBACK, "--port", str(self.port), "--log-level", self.env.get("NIVEL_UVICORN", "warning"),
        ]  # fmt: skip

    def ready(self) -> bool:
        return self.running and port_answers(self.port or 0)

    def entrar(self, usuario: Usuario) -> httpx.Client:
        """A browser with that user's session and a CSRF token."""
        cliente = Client()
        cliente.force_login(usuario)
        galletas = {"sessionid": cliente.cookies["sessionid"].value, "csrftoken": "a" * 32}
        return httpx.Client(
            base_url=f"http://{LOOPBACK}:{self.port}",
            cookies=galletas,
            headers={"X-CSRFToken": "a" * 32},
            timeout=LIMITE_S,
            trust_env=False,
        )


NuevaWeb = Callable[..., Web]


@pytest.fixture
def nueva_web(pila: Pila, transactional_db: None, tmp_path: Path) -> Iterator[NuevaWeb]:
    """Start a web process; keyword arguments are variables of its environment."""
    from django.db import connection

    from tns.local.rutas import checkout

    iniciadas: list[Web] = []

    def iniciar(**entorno: str) -> Web:
        base = {"DATABASE_URL": pila.postgresql.url_of(connection.settings_dict["NAME"])}
        web = Web(f"web{len(iniciadas)}", tmp_path, port=free_port(), cwd=checkout(), env=base | entorno)
        iniciadas.append(web)
        web.start()
        return web

    yield iniciar
    for web in iniciadas:
        web.stop()


def hasta(condicion: Callable[[], Any], que: str = "the condition") -> Any:
    """What `condicion` answers once it is true; fails when it never is."""
    limite = time.monotonic() + LIMITE_S
    while not (valor := condicion()):
        assert time.monotonic() < limite, f"{que} did not come in {LIMITE_S:.0f} s"
        time.sleep(0.05)
    return valor


def terminada(tarea: Tarea) -> Tarea:
    """The task once it is over."""

    def acabo() -> bool:
        tarea.refresh_from_db()
        return not tarea.viva

    hasta(acabo, f"the end of {tarea}")
    return tarea


def corridas(carpeta: Path) -> list[int]:
    """Process ids of the runs of `esperar_task` so far."""
    archivo = carpeta / "corridas"
    return [int(linea) for linea in archivo.read_text().split()] if archivo.exists() else []
