"""A tunnel's life by clicks, on a real WireGuard server in a network namespace of its own."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from tests.e2e.conftest import CLAVE
from tests.e2e.navegante import Navegante
from tests.engines.wireguard.world import World
from tests.vpn.conftest import registrar_mundo, world
from tns.vpn.models import VpnConfig

__all__ = ["world"]
pytestmark = [pytest.mark.navegador, pytest.mark.wireguard]


def _registrar(world: World) -> None:
    try:
        registrar_mundo(world)
    finally:
        connection.close()


def _esperar_el_final(navegante: Navegante, dice: str) -> None:
    emergente = navegante.pagina.locator(".swal2-popup")
    emergente.get_by_text("terminada").wait_for(timeout=60_000)
    assert dice in emergente.inner_text(), emergente.inner_text()
    navegante.pulsar("Cerrar", dentro=emergente)
    emergente.wait_for(state="detached")


def _del_servidor(navegante: Navegante, acto: str) -> None:
    navegante.pulsar("Acciones de Oficina")
    navegante.pulsar(acto, rol="menuitem")


def test_a_tunnel_is_created_rotated_imported_compared_and_repaired(world: World, navegante: Navegante) -> None:
    # The wire to the server's namespace is a change of network, and Chromium cuts what it was asking for: the console
    # asks again.
    navegante.tolerar("ERR_NETWORK_CHANGED")
    navegante.tolerar("dynamically imported module")
    with ThreadPoolExecutor(1) as otro_hilo:  # this one has Playwright's event loop, and asyncssh needs its own
        otro_hilo.submit(_registrar, world).result()
    pagina = navegante.pagina
    navegante.abrir("/vpn")
    navegante.entrar("marcela", CLAVE)
    navegante.ver("Listo")
    navegante.pulsar("Crear túnel")
    navegante.escribir("nombre", "Bodega")
    navegante.pulsar("Crear", dentro=navegante.dialogo)
    _esperar_el_final(navegante, "El túnel quedó en el servidor WireGuard")
    llave = VpnConfig.objects.get().public_key
    assert llave in world.wg.peers()

    navegante.pulsar("Bodega", rol="link")
    navegante.pulsar("Rotar la llave")
    navegante.escribir("solape_horas", "1")
    navegante.pulsar("Rotar", dentro=navegante.dialogo)
    _esperar_el_final(navegante, "El túnel quedó en el servidor WireGuard")
    assert llave in world.wg.peers()
    navegante.pulsar("Terminar la rotación")
    _esperar_el_final(navegante, "El túnel quedó en el servidor WireGuard")
    nueva = VpnConfig.objects.get().public_key
    assert nueva != llave
    assert set(world.wg.peers()) == {world.wg.hand_made.public, nueva}
    pagina.keyboard.press("Escape")
    pagina.get_by_role("dialog").wait_for(state="detached")

    _del_servidor(navegante, "Importar los túneles que ya tiene")
    _esperar_el_final(navegante, "1 túnel importado")
    assert VpnConfig.objects.filter(public_key=world.wg.hand_made.public).exists()

    world.namespace.run("wg", "set", world.wg.interface, "peer", nueva, "remove")
    _del_servidor(navegante, "Comparar con el servidor")
    _esperar_el_final(navegante, "1 diferencia")
    pagina.get_by_text(re.compile(r"Comparado .*: 1 diferencia")).wait_for()
    _del_servidor(navegante, "Reparar lo que difiera")
    _esperar_el_final(navegante, "1 túnel reparado")
    assert nueva in world.wg.peers()
