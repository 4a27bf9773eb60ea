"""What the console says when things go wrong."""

from __future__ import annotations

import re

import pytest

from tests.e2e.conftest import CLAVE
from tests.e2e.navegante import Navegante
from tns.local.servicios.base import free_port
from tns.servidores.models import Servidor

pytestmark = pytest.mark.navegador


def test_a_wrong_password_says_so_and_keeps_the_page(navegante: Navegante) -> None:
    navegante.tolerar("401")
    navegante.abrir("/servidores")
    navegante.entrar("marcela", "no es esta")
    navegante.ver("El usuario o la contraseña no coinciden")
    navegante.entrar("marcela", CLAVE)
    navegante.pagina.wait_for_url(re.compile("/servidores$"))


def test_a_server_that_is_down_is_told_with_what_to_do(navegante: Navegante) -> None:
    navegante.tolerar("422")
    servidor = Servidor.objects.create(
        nombre="Apagado", host="127.0.0.1", puerto=free_port(), usuario="SYSDBA", password="x", ruta_maestra="C:\\A.GDB"
    )
    navegante.abrir(f"/servidores/{servidor.id}")
    navegante.entrar("marcela", CLAVE)
    navegante.pulsar("Probar conexión")
    aviso = navegante.pagina.get_by_role("alert").first
    aviso.wait_for()
    assert "puerto" in aviso.inner_text().lower()


def test_an_expired_session_asks_to_sign_in_and_comes_back(navegante: Navegante) -> None:
    navegante.tolerar("401")
    navegante.abrir("/empresas")
    navegante.entrar("marcela", CLAVE)
    navegante.ver("Aún no hay empresas")
    navegante.pagina.context.clear_cookies(name="sessionid")
    navegante.pulsar("API Keys", rol="link")
    navegante.ver("Su sesión terminó")
    navegante.entrar("marcela", CLAVE)
    navegante.pagina.wait_for_url(re.compile("/api-keys$"))


def test_a_field_that_is_missing_is_pointed_at(navegante: Navegante) -> None:
    navegante.tolerar("400")
    navegante.abrir("/servidores/nuevo")
    navegante.entrar("marcela", CLAVE)
    navegante.pulsar("Guardar")
    navegante.ver("Este campo no puede estar en blanco")
