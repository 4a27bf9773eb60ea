"""What the console does when the network takes away a piece of it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.e2e.conftest import CLAVE
from tests.e2e.navegante import Navegante

pytestmark = pytest.mark.navegador

CODIGO = "**/assets/Modelos-*.js"


@pytest.fixture
def dentro(navegante: Navegante) -> Navegante:
    """Somebody who signed in, whose browser may complain of what is cut here."""
    navegante.tolerar("ERR_FAILED")
    navegante.tolerar("dynamically imported module")
    navegante.abrir("/")
    navegante.entrar("marcela", CLAVE)
    navegante.pagina.locator("h1").first.wait_for()
    return navegante


def test_a_page_whose_code_did_not_arrive_is_asked_for_again(dentro: Navegante) -> None:
    cortados: list[str] = []

    def cortar_una_vez(ruta: Any) -> None:
        if cortados:
            ruta.continue_()
        else:
            cortados.append(ruta.request.url)
            ruta.abort()

    dentro.pagina.route(CODIGO, cortar_una_vez)
    dentro.pulsar("ML / Modelos", rol="link")
    dentro.pagina.wait_for_url("**/modelos")
    dentro.pagina.get_by_role("heading", name="Modelos").first.wait_for()
    assert cortados


def test_an_installation_that_is_down_is_not_asked_in_circles(dentro: Navegante) -> None:
    documentos: list[str] = []
    dentro.pagina.on("request", lambda p: documentos.append(p.url) if p.resource_type == "document" else None)
    dentro.pagina.route(CODIGO, lambda ruta: ruta.abort())
    dentro.pulsar("ML / Modelos", rol="link")
    dentro.pagina.wait_for_url("**/modelos")
    dentro.ver("No se pudo cargar esta parte de la consola")
    dentro.pagina.unroute(CODIGO)
    dentro.pulsar("Recargar")
    dentro.pagina.get_by_role("heading", name="Modelos").first.wait_for()
    assert len(documentos) == 2  # once by itself, once by hand
