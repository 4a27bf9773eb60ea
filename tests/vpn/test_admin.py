"""The admin shows tunnels usefully and no secret."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.mundo import crear_usuario
from tns.vpn import enlaces

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(db: None) -> Client:
    cliente = Client()
    cliente.force_login(crear_usuario("jefe", "administrador", is_staff=True, is_superuser=True))
    return cliente


@pytest.mark.parametrize("modelo", ["servidorwireguard", "vpnconfig", "vpnmuestra", "vpnenlace"])
def test_every_list_opens_and_searches(admin: Client, config: Any, modelo: str) -> None:
    enlaces.crear_enlace(config=config, usuario=None)
    assert admin.get(f"/admin/vpn/{modelo}/?q=norte").status_code == 200


def test_no_page_shows_a_secret(admin: Client, config: Any) -> None:
    servidor = config.servidor_wireguard
    paginas = "".join(
        admin.get(f"/admin/vpn/{ruta}/change/").content.decode()
        for ruta in (f"servidorwireguard/{servidor.pk}", f"vpnconfig/{config.pk}")
    )
    assert config.nombre in paginas
    for secreto in (config.private_key, config.preshared_key, servidor.ssh_password):
        assert secreto.revelar() not in paginas
        assert secreto.token not in paginas


def test_nothing_changes_there_because_the_server_would_not_hear_of_it(admin: Client, config: Any) -> None:
    assert admin.post(f"/admin/vpn/vpnconfig/{config.pk}/delete/", {"post": "yes"}).status_code == 403
    assert admin.get("/admin/vpn/vpnconfig/add/").status_code == 403
