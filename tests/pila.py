"""The real stack under the tests: started by pytest itself, gone when pytest is gone, even after `kill -9`.

With `-n 2` (pytest-xdist) each process has a stack of its own.

PostgreSQL and Valkey start at once (about a second) in a temporary directory; everything slower starts when a test asks
for its fixture, once per session: `firebird_server`, `mlflow_url`, `trabajador`.
"""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest

from tests.espera import wait_until
from tns.local.guardian import Guard
from tns.local.rutas import checkout, temporary_directory
from tns.local.servicios.base import Service, free_port
from tns.local.servicios.celery import Worker
from tns.local.servicios.mlflow import MLflow
from tns.local.servicios.postgresql import PostgreSQL
from tns.local.servicios.valkey import Valkey
from tns.local.servicios.web import Web

if TYPE_CHECKING:
    from tns.local.firebird import FirebirdServer


@dataclass
class Pila:
    """What runs for this session of pytest."""

    carpeta: Path
    guardian: Guard
    postgresql: PostgreSQL
    valkey: Valkey
    otros: list[Service]
    entorno: dict[str, str] = field(default_factory=dict)

    def iniciar(self, servicio: Service) -> None:
        """Start a service that ends with the session."""
        self.otros.append(servicio)
        servicio.start()

    def detener(self) -> None:
        for servicio in (*reversed(self.otros), self.valkey, self.postgresql):
            servicio.stop()
        self.guardian.close()
        for nombre in self.entorno:
            os.environ.pop(nombre, None)


_pila: Pila | None = None


def levantar() -> None:
    """Start PostgreSQL and Valkey and point Django's settings at them; called while the root conftest loads."""
    global _pila
    if _pila is not None:
        return
    carpeta = temporary_directory("tns-pruebas-")
    guardian = Guard(carpeta, remove=carpeta)
    _pila = Pila(
        carpeta,
        guardian,
        PostgreSQL(carpeta / "postgresql", password=secrets.token_urlsafe(12), durable=False),
        Valkey(carpeta / "valkey", password=secrets.token_urlsafe(12), durable=False),
        otros=[],
    )
    try:
        with ThreadPoolExecutor(2) as hilos:
            list(hilos.map(lambda servicio: servicio.start(), (_pila.postgresql, _pila.valkey)))
    except BaseException:
        _pila.detener()
        raise
    _pila.entorno = {
        "DJANGO_SETTINGS_MODULE": "tns.config.settings",
        "TNS_ENV": os.devnull,  # the developer's own .env says nothing to the tests
        "DATABASE_URL": _pila.postgresql.url,
        "REDIS_URL": _pila.valkey.url,
        "SECRET_KEY": secrets.token_urlsafe(48),
        "TNS_CLAVES_CIFRADO": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "MLFLOW_TRACKING_URI": "",
        "MODELOS_ML_DIR": str(carpeta / "modelos_ml"),
        "TNS_MEDIOS_DIR": str(carpeta / "medios"),
    }
    os.environ.update(_pila.entorno)
    # pytest-django looked for settings before this file was loaded and finishes its set-up only if Django is imported.
    import django

    django.setup()


def pytest_unconfigure() -> None:
    """Also after Ctrl-C; when pytest is killed outright, the guard does it."""
    global _pila
    if _pila is not None:
        _pila.detener()
        _pila = None


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """The process that only deals the tests out lets its stack go: those that run them start one each, and must not
    inherit the address of this one.
    """
    pytest_unconfigure()


@pytest.fixture(scope="session")
def pila() -> Pila:
    assert _pila is not None
    return _pila


@pytest.fixture(scope="session")
def nuevo_firebird(pila: Pila) -> Callable[..., FirebirdServer]:
    """Start one more real Firebird server: `nuevo_firebird("otro", variant="legacy")`; it ends with the session."""
    from tns.local.firebird import FirebirdServer
    from tns.local.paquetes_debian import PaquetesNoDisponibles

    def iniciar(nombre: str, *, variant: Literal["srp", "legacy"] = "srp") -> FirebirdServer:
        servidor = FirebirdServer(
            pila.carpeta / nombre, free_port(), variant=variant, password=secrets.token_hex(8), name=nombre
        )
        try:
            pila.iniciar(servidor)
        except PaquetesNoDisponibles as error:
            pytest.skip(f"Firebird cannot be had on this machine: {error}")
        os.environ.update(servidor.client_env)
        return servidor

    return iniciar


@pytest.fixture(scope="session")
def firebird_server(nuevo_firebird: Callable[..., FirebirdServer]) -> FirebirdServer:
    """The session's Firebird server, with SYSDBA's password in `.password`."""
    return nuevo_firebird("firebird")


@pytest.fixture(scope="session")
def mlflow_url(pila: Pila) -> str:
    """Address of a real MLflow server; the first test that asks waits some ten seconds for it."""
    servidor = MLflow(pila.carpeta / "mlflow", free_port())
    pila.iniciar(servidor)
    return servidor.url


@contextmanager
def servidor_web(pila: Pila, nombre: str = "web") -> Iterator[str]:
    """Address of a real web process on the test database, while open."""
    from django.db import connection

    servicio = Web(
        nombre,
        pila.carpeta / nombre,
        port=free_port(),
        cwd=checkout(),
        env={"DATABASE_URL": pila.postgresql.url_of(connection.settings_dict["NAME"])},
    )
    pila.iniciar(servicio)
    try:
        yield servicio.url
    finally:
        servicio.stop()


class Trabajador(Worker):
    """A real Celery worker of all queues on the test database; its log is `log_file`."""

    def registro(self) -> str:
        """Everything it wrote so far."""
        return self.log_file.read_text(encoding="utf-8", errors="replace")


@pytest.fixture(scope="session")
def _trabajador_de_la_sesion(pila: Pila, django_db_setup: None) -> Iterator[Trabajador]:
    from django.db import connection

    trabajador = Trabajador(
        "trabajador",
        pila.carpeta / "trabajador",
        queues=("rapidas", "extraccion", "ml"),
        concurrency=2,
        cwd=checkout(),
        env={"DATABASE_URL": pila.postgresql.url_of(connection.settings_dict["NAME"])},
    )
    yield trabajador
    trabajador.stop()


@pytest.fixture
def trabajador(_trabajador_de_la_sesion: Trabajador, transactional_db: None) -> Iterator[Trabajador]:
    """The worker, running: a test may kill it (`.kill()`), the next one gets it started again.

    The test's rows are committed, so that the worker sees them, and emptied afterwards.
    """
    if not _trabajador_de_la_sesion.running:
        _trabajador_de_la_sesion.start()
    yield _trabajador_de_la_sesion
    _detener_tareas()


def _detener_tareas() -> None:
    """Nothing that the test left running holds its tables when they are emptied; a running task holds its lock."""
    from django.db import connection

    from tns.tareas.models import EstadoTarea, Tarea

    Tarea.objects.filter(estado=EstadoTarea.PENDIENTE).update(estado=EstadoTarea.CANCELADA)
    Tarea.objects.filter(estado=EstadoTarea.EN_PROGRESO).update(cancelacion_solicitada=True)

    def quieto() -> bool:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database"
                " WHERE datname = current_database() AND locktype = 'advisory' AND pid <> pg_backend_pid()"
            )
            return bool(cursor.fetchone()[0] == 0)

    wait_until(quieto, 30)


@pytest.fixture
def sin_trabajador(_trabajador_de_la_sesion: Trabajador) -> None:
    """The session's worker is stopped: a test with a worker of its own kind on the same queues needs every message."""
    _trabajador_de_la_sesion.stop()
