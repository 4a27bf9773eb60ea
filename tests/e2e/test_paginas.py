"""Every page: it opens without a complaint, on a desk and on a phone, in both themes, and axe finds no barrier."""

from __future__ import annotations

import pytest

from tests.e2e.conftest import CLAVE
from tests.e2e.navegante import Navegante
from tests.mundo import construir

pytestmark = pytest.mark.navegador
PAGINAS = (
    "/", "/servidores", "/servidores/nuevo", "/vpn", "/empresas", "/api-keys", "/modelos", "/dian/enviados",
    "/dian/recibidos", "/dian/configuracion", "/tareas", "/configuracion", "/configuracion/variables",
    "/configuracion/auditoria", "/configuracion/usuarios", "/configuracion/programaciones",
)  # fmt: skip
DEL_TELEFONO = (
    "/", "/servidores", "/empresas", "/api-keys", "/dian/recibidos", "/configuracion", "/configuracion/programaciones",
    "/configuracion/usuarios", "/vpn",
)  # fmt: skip
DE_LA_EMPRESA = ("", "/movimientos", "/consulta", "/personalizacion", "/tienda", "/dominios")


@pytest.mark.parametrize(("ancho", "tema", "paginas"), [(1360, "light", PAGINAS), (390, "dark", DEL_TELEFONO)])
def test_no_page_has_a_barrier(navegante: Navegante, ancho: int, tema: str, paginas: tuple[str, ...]) -> None:
    mundo = construir()
    navegante.pagina.set_viewport_size({"width": ancho, "height": 850})
    navegante.pagina.emulate_media(color_scheme=tema, reduced_motion="reduce")
    navegante.abrir("/entrar")
    faltas = {"/entrar": navegante.barreras()}
    navegante.entrar("marcela", CLAVE)
    navegante.ver("Necesita atención")
    for ruta in (*paginas, *(f"/empresas/{mundo.andina.id}{seccion}" for seccion in DE_LA_EMPRESA)):
        navegante.abrir(ruta)
        navegante.pagina.locator(".animate-pulse").first.wait_for(state="hidden")
        faltas[ruta] = navegante.barreras()
        assert navegante.pagina.evaluate("() => document.documentElement.scrollWidth") <= ancho, ruta
    assert {ruta: lista for ruta, lista in faltas.items() if lista} == {}


def test_the_palette_opens_with_the_keyboard_and_finds_a_company(navegante: Navegante) -> None:
    mundo = construir()
    navegante.abrir("/")
    navegante.entrar("marcela", CLAVE)
    navegante.ver("Necesita atención")
    navegante.pagina.keyboard.press("Control+k")
    navegante.pagina.get_by_placeholder("Busque una empresa").fill(mundo.andina.nombre[:6])
    navegante.pulsar(mundo.andina.nombre, exacto=False, rol="option")
    navegante.pagina.wait_for_url(f"**/empresas/{mundo.andina.id}")
