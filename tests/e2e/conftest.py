"""A real browser on the real stack: Chromium, uvicorn, a worker, PostgreSQL, Valkey and two small Firebird servers."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.navegante import Navegante
from tests.pila import Pila, Trabajador, servidor_web

if TYPE_CHECKING:
    from tns.local.firebird import FirebirdServer

CLAVE = "una-clave-de-pruebas-7"
_OPCIONES = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
)  # fmt: skip


@pytest.fixture(scope="package")
def chromium() -> Iterator[Any]:
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    ejecutable = shutil.which("chromium") or shutil.which("google-chrome")
    if ejecutable is None:
        pytest.skip("Chromium is not on this machine")
    # Playwright keeps an event loop in this thread, and Django then refuses the ORM although nothing here is async.
    antes = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_api.sync_playwright() as playwright:
        navegador = playwright.chromium.launch(executable_path=ejecutable, args=list(_OPCIONES))
        yield navegador
        navegador.close()
    if antes is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="package")
def servidores_tns(nuevo_firebird: Callable[..., FirebirdServer]) -> list[FirebirdServer]:
    """The two Firebird servers of a small installation."""
    from tns.local.instalacion import Escala, crear_instalacion

    servidores = [nuevo_firebird("e2e-a"), nuevo_firebird("e2e-b", variant="legacy")]
    crear_instalacion(servidores, escala=Escala.PRUEBA)
    return servidores


@pytest.fixture(scope="package")
def web(pila: Pila, django_db_setup: None, servidores_tns: list[FirebirdServer]) -> Iterator[str]:
    """Address of the web process; it starts after Firebird, whose client library the environment then names."""
    with servidor_web(pila) as url:
        yield url


@pytest.fixture
def navegante(chromium: Any, web: str, trabajador: Trabajador, tmp_path: Path) -> Iterator[Navegante]:
    """An administrator before the sign-in page. Whatever the browser complains of fails the test."""
    from tns.cuentas.models import Rol, Usuario

    Usuario.objects.create_user("marcela", password=CLAVE, rol=Rol.ADMINISTRADOR)
    contexto = chromium.new_context(
        locale="es-CO", timezone_id="America/Bogota", viewport={"width": 1360, "height": 850}
    )
    contexto.set_default_timeout(20_000)
    navegante = Navegante(contexto.new_page(), web)
    yield navegante
    contexto.close()
    assert navegante.quejas == []
