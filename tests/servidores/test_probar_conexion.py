"""The test of a server's connection: what answers, or one clear cause among many."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.instalados import registrar
from tests.mundo import Mundo, cliente_de, crear_servidor, crear_usuario
from tns.cuentas.models import Rol
from tns.local.servicios.base import free_port
from tns.servidores.models import Servidor

pytestmark = pytest.mark.django_db
LIMITE_S = 15


@pytest.fixture
def ruta_maestra(instalados: tuple[Any, Any, Any]) -> str:
    return str(instalados[2].servidores[0].ruta_maestra)


def probar(servidor: Servidor) -> Any:
    cliente = cliente_de(crear_usuario("operadora", Rol.OPERADOR))
    inicio = time.monotonic()
    respuesta = cliente.post(f"/api/servidores/{servidor.id}/probar_conexion/")
    assert time.monotonic() - inicio < LIMITE_S
    assert servidor.password.revelar() not in respuesta.content.decode()
    return respuesta


def test_a_server_that_answers_tells_what_it_is(instalados: tuple[Any, Any, Any], ruta_maestra: str) -> None:
    respuesta = probar(registrar(instalados[0], ruta_maestra=ruta_maestra))
    assert respuesta.status_code == 200, respuesta.content
    cuerpo = respuesta.json()
    assert cuerpo["ok"] is True
    assert cuerpo["charset"] == "WIN1252"
    assert cuerpo["empresas"] > 0
    assert cuerpo["latencia_ms"] > 0


@pytest.mark.parametrize(
    ("campos", "codigo"),
    [
        ({"host": "no-existe.invalid"}, "servidor_inalcanzable"),
        ({"puerto": free_port()}, "conexion_rechazada"),
        ({"password": "equivocada"}, "credenciales_invalidas"),
        ({"ruta_maestra": r"C:\no\existe.gdb"}, "base_no_encontrada"),
    ],
)
def test_each_cause_has_its_own_code(
    instalados: tuple[Any, Any, Any], ruta_maestra: str, campos: dict[str, Any], codigo: str
) -> None:
    respuesta = probar(registrar(instalados[0], **{"ruta_maestra": ruta_maestra} | campos))
    assert respuesta.status_code == 422
    cuerpo = respuesta.json()
    assert cuerpo["codigo"] == codigo
    assert cuerpo["detail"]
    assert cuerpo["que_hacer"]


def test_a_database_without_companies_is_not_an_admin(instalados: tuple[Any, Any, Any]) -> None:
    base = next(b for b in instalados[2].verdad.bases if b.servidor == "A")
    respuesta = probar(registrar(instalados[0], ruta_maestra=base.ruta))
    assert respuesta.json()["codigo"] == "tabla_empresas_ausente"


@pytest.fixture
def puerto_sordo() -> Iterator[int]:
    """Where no handshake ever ends: the queue of whoever listens there is full, so the kernel drops what comes."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as oreja:
        puerto = oreja.getsockname()[1]
        llenan = [socket.socket() for _ in range(4)]
        for enchufe in llenan:
            enchufe.setblocking(False)
            enchufe.connect_ex(("127.0.0.1", puerto))
        yield puerto
        for enchufe in llenan:
            enchufe.close()


def test_a_host_that_drops_everything_is_unreachable(puerto_sordo: int) -> None:
    assert probar(crear_servidor(puerto=puerto_sordo)).json()["codigo"] == "servidor_inalcanzable"


def test_a_server_that_accepts_and_never_speaks_is_told_apart(puerto_mudo: int) -> None:
    assert probar(crear_servidor(puerto=puerto_mudo)).json()["codigo"] == "servidor_mudo"


def test_the_password_goes_in_and_never_comes_out(mundo: Mundo) -> None:
    datos = {"nombre": "Nuevo", "host": "h", "usuario": "SYSDBA", "password": "clave-1", "ruta_maestra": r"C:\A.GDB"}
    creado = mundo.administrador.post("/api/servidores/", datos)
    assert creado.status_code == 201, creado.content
    assert creado.json()["puerto"] == 3050
    url = f"/api/servidores/{creado.json()['id']}/"
    textos = [creado, mundo.administrador.get(url), mundo.administrador.patch(url, {"host": "otro"})]
    assert not any("clave-1" in r.content.decode() or "password" in r.json() for r in textos)
    assert Servidor.objects.get(nombre="Nuevo").password.revelar() == "clave-1"


def test_a_server_with_companies_is_not_deleted(mundo: Mundo) -> None:
    respuesta = mundo.administrador.delete(f"/api/servidores/{mundo.servidor.id}/")
    assert (respuesta.status_code, respuesta.json()["codigo"]) == (409, "servidor_con_empresas")


def test_the_default_port_is_that_of_the_kind(mundo: Mundo) -> None:
    datos = {"nombre": "S", "host": "h", "usuario": "sa", "password": "x", "ruta_maestra": "TNS"}
    respuesta = mundo.administrador.post("/api/servidores/", datos | {"tipo_servidor": "SQL_SERVER"})
    assert respuesta.json()["puerto"] == 1433
