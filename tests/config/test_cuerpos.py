"""A body too large is refused before it has come whole, on a real server."""

from __future__ import annotations

import json
import socket
from typing import Any

import httpx
import pytest

from tests.mundo import ANDINA, crear_usuario
from tests.tareas.conftest import LIMITE_S, NuevaWeb, Web, nueva_web  # noqa: F401  the fixture
from tns.api_keys.services import generar_llave
from tns.config.cuerpos import ANONIMO, CONOCIDO
from tns.cuentas.models import Rol

pytestmark = pytest.mark.django_db(transaction=True)
VALIDAR = "/api/api-keys/validar_api_key/"


def preguntar(web: Web, cabeceras: dict[str, str], comienzo: bytes) -> tuple[int, dict[str, str], Any]:
    """Status, headers and body of the answer to a request of which only `comienzo` is ever sent."""
    lineas = "".join(f"{nombre}: {valor}\r\n" for nombre, valor in cabeceras.items())
    cabecera = f"POST {VALIDAR} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n{lineas}\r\n"
    with socket.create_connection(("127.0.0.1", web.port), timeout=LIMITE_S) as enchufe:
        enchufe.sendall(cabecera.encode() + comienzo)
        respuesta = b""
        while trozo := enchufe.recv(65536):
            respuesta += trozo
    encabezado, _, cuerpo = respuesta.partition(b"\r\n\r\n")
    estado, *campos = encabezado.decode().split("\r\n")
    return int(estado.split()[1]), dict(campo.lower().split(": ", 1) for campo in campos), json.loads(cuerpo)


def test_nobody_sends_much(nueva_web: NuevaWeb) -> None:  # noqa: F811
    web = nueva_web()
    trozo = b"%x\r\n%s\r\n" % (ANONIMO + 1, b"x" * (ANONIMO + 1))
    for cabeceras, comienzo in (
        ({"Content-Length": str(10**12)}, b"{"),
        ({"Content-Length": str(ANONIMO + 1), "Cookie": "sessionid=inventada"}, b"{"),
        ({"Content-Length": str(ANONIMO + 1), "Authorization": "Api-Key sk_inventada-pero-bien-escrita"}, b"{"),
        ({"Transfer-Encoding": "chunked"}, trozo),
    ):
        estado, devueltas, cuerpo = preguntar(web, cabeceras | {"X-Request-ID": "la-de-quien-pide"}, comienzo)
        assert (estado, cuerpo["codigo"]) == (413, "cuerpo_demasiado_grande"), cabeceras
        assert devueltas["content-type"] == "application/problem+json"
        assert devueltas["x-request-id"] == "la-de-quien-pide"
        assert devueltas["connection"] == "close"
        assert "Inicie sesión" in cuerpo["que_hacer"]


def test_a_client_that_goes_on_sending_still_reads_the_answer(nueva_web: NuevaWeb) -> None:  # noqa: F811
    web = nueva_web()
    respuesta = httpx.post(
        f"http://127.0.0.1:{web.port}{VALIDAR}", content=b"x" * (20 * ANONIMO), trust_env=False, timeout=LIMITE_S
    )
    assert respuesta.status_code == 413


def test_whoever_is_known_sends_more_but_not_without_end(nueva_web: NuevaWeb) -> None:  # noqa: F811
    web = nueva_web()
    _, llave = generar_llave(nit=ANDINA, nombre_cliente="Tienda")
    relleno = {"api_key": llave, "relleno": "x" * (2 * ANONIMO)}
    galletas = web.entrar(crear_usuario("lectora", Rol.LECTOR)).cookies
    sin_rol = web.entrar(crear_usuario("sin-rol", Rol.NINGUNO)).cookies
    direccion = f"http://127.0.0.1:{web.port}{VALIDAR}"
    opciones: dict[str, Any] = {"trust_env": False, "timeout": LIMITE_S}
    with_key = {"Authorization": f"Api-Key {llave}"}
    assert httpx.post(direccion, json=relleno, headers=with_key, **opciones).status_code == 200
    assert httpx.post(direccion, json=relleno, cookies=galletas, **opciones).status_code == 200
    assert httpx.post(direccion, json=relleno, cookies=sin_rol, **opciones).status_code == 413
    estado, _, cuerpo = preguntar(web, with_key | {"Content-Length": str(CONOCIDO + 1)}, b"{")
    assert (estado, "40 MB" in cuerpo["detail"]) == (413, True)


def test_every_answer_carries_an_id_even_to_what_is_no_address(nueva_web: NuevaWeb) -> None:  # noqa: F811
    web = nueva_web()
    for camino in ("/health/live/", "/no-existe/", "/api/%ff/", "/static/consola/nada.js"):
        respuesta = httpx.get(f"http://127.0.0.1:{web.port}{camino}", trust_env=False, timeout=LIMITE_S)
        assert len(respuesta.headers["X-Request-ID"]) == 32, camino
