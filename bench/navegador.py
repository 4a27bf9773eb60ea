"""The console in a real Chromium, on the local stack with the demo's data: what `capturas.py` and `consola.py` share.

A stack that runs already is used; otherwise one is started, goes through the demo, and is stopped at the end.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tns.cli.pila import database_action
from tns.local.estado import read_environment, read_state, supervisor_pid
from tns.local.pila import logs_directory
from tns.local.rutas import data_directory

RAIZ = Path(__file__).resolve().parents[1]
CHROMIUM = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--hide-scrollbars")
LIMITE_DE_LA_DEMO_S = 1800
#: A page is done when its title is there and nothing says that it is still on its way.
LISTA = "() => document.querySelector('h1') && !document.querySelector('.animate-pulse, [data-cargando]')"
TAMANOS = {"escritorio": (1360, 850), "telefono": (390, 844)}
TEMAS = {"claro": "light", "oscuro": "dark"}


@dataclass(frozen=True)
class Pagina:
    """A page of the console: the name of its captures and its address."""

    nombre: str
    ruta: str


@contextlib.contextmanager
def pila() -> Iterator[str]:
    """Address of the web of a stack with the demo's data."""
    datos = data_directory()
    if supervisor_pid(datos) is not None:
        yield _direccion(datos)
        return
    orden = [str(RAIZ / ".venv" / "bin" / "tns"), "demo", "--seguir"]
    proceso = subprocess.Popen(orden, cwd=RAIZ, stdout=subprocess.PIPE, text=True)
    try:
        _esperar_la_demo(proceso)
        yield _direccion(datos)
    finally:
        proceso.send_signal(signal.SIGINT)
        proceso.wait()


def _esperar_la_demo(proceso: subprocess.Popen[str]) -> None:
    assert proceso.stdout is not None
    limite = time.monotonic() + LIMITE_DE_LA_DEMO_S
    for linea in proceso.stdout:
        print(linea, end="", file=sys.stderr)
        if linea.startswith("La pila queda en marcha") or time.monotonic() > limite:
            return
    raise SystemExit("La demostración no terminó bien: vea lo anterior.")


def _direccion(datos: Path) -> str:
    return next(parte.address for parte in read_state(datos)[1] if parte.name == "web")


@contextlib.contextmanager
def navegador() -> Iterator[Any]:
    """Debian's Chromium."""
    from playwright.sync_api import sync_playwright

    ejecutable = shutil.which("chromium") or shutil.which("google-chrome")
    if ejecutable is None:
        raise SystemExit("Falta Chromium en este equipo: apt-get install chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=ejecutable, args=list(CHROMIUM))
        yield chromium
        chromium.close()


@contextlib.contextmanager
def administrador(chromium: Any, raiz: str) -> Iterator[dict[str, Any]]:
    """State of a browser that is signed in as the demo's own administrator, who is closed again afterwards."""
    datos = data_directory()
    entorno, registros = read_environment(datos), logs_directory(datos)
    quien = database_action("abrir_demo", entorno, registros)
    try:
        contexto = chromium.new_context()
        contexto.request.get(f"{raiz}/api/auth/csrf/")
        galleta = next(g["value"] for g in contexto.cookies() if g["name"] == "csrftoken")
        respuesta = contexto.request.post(
            f"{raiz}/api/auth/login/",
            data={"username": quien["usuario"], "password": quien["clave"]},
            headers={"X-CSRFToken": galleta},
        )
        if not respuesta.ok:
            raise SystemExit(f"No se pudo entrar: {respuesta.text()}")
        estado = contexto.storage_state()
        contexto.close()
        yield estado
    finally:
        database_action("cerrar_demo", entorno, registros)


def contexto_de(chromium: Any, sesion: dict[str, Any] | None, tamano: str = "escritorio", tema: str = "claro") -> Any:
    ancho, alto = TAMANOS[tamano]
    contexto = chromium.new_context(
        locale="es-CO",
        timezone_id="America/Bogota",
        viewport={"width": ancho, "height": int(os.environ.get("ALTO", alto))},
        color_scheme=TEMAS[tema],
        reduced_motion="reduce",
        storage_state=sesion,
    )
    contexto.set_default_timeout(30_000)
    return contexto


def paginas(chromium: Any, raiz: str, sesion: dict[str, Any]) -> list[Pagina]:
    """Every page behind the sign-in, on the records that the demo made."""
    contexto = chromium.new_context(storage_state=sesion)

    def primero(ruta: str) -> dict[str, Any]:
        filas = contexto.request.get(raiz + ruta).json()["results"]
        if not filas:
            raise SystemExit(f"No hay datos en {ruta}: la pila que corre no tiene la demostración.")
        return dict(filas[0])

    servidor = primero("/api/servidores/?tamano=1&orden=id")["id"]
    modelo = primero("/api/ml/modelos/?tamano=1&estado=EN_SERVICIO")["nit_base"]
    empresa = primero(f"/api/empresas-servidor/?tamano=1&nit_base={modelo}&orden=-anio_fiscal")["id"]
    articulo = primero(f"/api/ml/recomendaciones_compra/?tamano=1&nit={modelo}&orden=-valor_12_meses")[
        "articulo_codigo"
    ]
    contexto.close()
    return [
        Pagina("inicio", "/"),
        Pagina("servidores", "/servidores"),
        Pagina("servidor", f"/servidores/{servidor}"),
        Pagina("servidor-nuevo", "/servidores/nuevo"),
        Pagina("vpn", "/vpn"),
        Pagina("empresas", "/empresas"),
        Pagina("empresa", f"/empresas/{empresa}"),
        Pagina("empresa-movimientos", f"/empresas/{empresa}/movimientos"),
        Pagina("empresa-consulta", f"/empresas/{empresa}/consulta"),
        Pagina("empresa-personalizacion", f"/empresas/{empresa}/personalizacion"),
        Pagina("empresa-tienda", f"/empresas/{empresa}/tienda"),
        Pagina("empresa-dominios", f"/empresas/{empresa}/dominios"),
        Pagina("api-keys", "/api-keys"),
        Pagina("modelos", "/modelos"),
        Pagina("modelo-pronostico", f"/modelos/{modelo}/pronostico/{articulo}"),
        Pagina("modelo-compras", f"/modelos/{modelo}/compras"),
        Pagina("modelo-calidad", f"/modelos/{modelo}/calidad"),
        Pagina("dian-enviados", "/dian/enviados"),
        Pagina("dian-recibidos", "/dian/recibidos"),
        Pagina("dian-configuracion", "/dian/configuracion"),
        Pagina("tareas", "/tareas"),
        Pagina("configuracion", "/configuracion"),
        Pagina("configuracion-variables", "/configuracion/variables"),
        Pagina("configuracion-auditoria", "/configuracion/auditoria"),
        Pagina("configuracion-usuarios", "/configuracion/usuarios"),
        Pagina("configuracion-programaciones", "/configuracion/programaciones"),
    ]
