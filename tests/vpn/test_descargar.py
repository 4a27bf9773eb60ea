"""The client's file: by download, by QR, by a link that works once."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient

from tests.mundo import Mundo
from tns.vpn import enlaces
from tns.vpn.models import VpnEnlace


def test_the_file_holds_the_keys_and_is_never_cached(mundo: Mundo, config: Any) -> None:
    respuesta = mundo.operador.get(f"/api/vpn/configs/{config.pk}/download_config/")
    texto = respuesta.content.decode()
    assert f"PrivateKey = {config.private_key.revelar()}\n" in texto
    assert f"PresharedKey = {config.preshared_key.revelar()}\n" in texto
    assert f"PublicKey = {config.servidor_wireguard.public_key}\n" in texto
    assert "Address = 10.8.3.2/32\n" in texto
    assert "AllowedIPs = 10.8.3.0/24\n" in texto
    assert "Endpoint = vpn.ejemplo.co:51820\n" in texto
    assert respuesta["Content-Disposition"] == 'attachment; filename="clinica-norte.conf"'
    assert respuesta["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("formato", "tipo", "inicio"), [("svg", "image/svg+xml", b"<svg"), ("png", "image/png", b"\x89PNG")]
)
def test_the_qr_comes_as_svg_and_png(mundo: Mundo, config: Any, formato: str, tipo: str, inicio: bytes) -> None:
    respuesta = mundo.operador.get(f"/api/vpn/configs/{config.pk}/qr/?formato={formato}")
    assert (respuesta["Content-Type"], respuesta["Cache-Control"]) == (tipo, "no-store")
    assert respuesta.content.startswith(inicio)


def test_an_unknown_format_is_a_400(mundo: Mundo, config: Any) -> None:
    assert mundo.operador.get(f"/api/vpn/configs/{config.pk}/qr/?formato=gif").status_code == 400


def test_readers_never_get_keys(mundo: Mundo, config: Any) -> None:
    base = f"/api/vpn/configs/{config.pk}/"
    assert mundo.lector.get(base).status_code == 200
    assert {mundo.lector.get(base + que).status_code for que in ("download_config/", "qr/")} == {403}
    assert mundo.lector.post(base + "enlace/").status_code == 403


def test_every_download_is_written_down(mundo: Mundo, config: Any) -> None:
    mundo.operador.get(f"/api/vpn/configs/{config.pk}/download_config/")
    actos = mundo.administrador.get("/api/auditoria/?accion=descargar").json()["results"]
    assert [(acto["actor_nombre"], acto["objeto_nombre"]) for acto in actos] == [("operador", "Clínica Norte")]
    assert config.private_key.revelar() not in str(actos)


def test_a_server_without_public_key_gives_no_file(mundo: Mundo, config: Any) -> None:
    config.servidor_wireguard.public_key = ""
    config.servidor_wireguard.save()
    respuesta = mundo.operador.get(f"/api/vpn/configs/{config.pk}/download_config/")
    assert (respuesta.status_code, respuesta.json()["codigo"]) == (409, "servidor_sin_probar")


def pedir_enlace(mundo: Mundo, config: Any, **datos: Any) -> str:
    respuesta = mundo.operador.post(f"/api/vpn/configs/{config.pk}/enlace/", datos)
    assert respuesta.status_code == 201
    return re.sub(r"^https?://[^/]+", "", respuesta.json()["url"])


def test_a_link_gives_the_file_once_to_whoever_holds_it(mundo: Mundo, config: Any) -> None:
    url = pedir_enlace(mundo, config)
    pagina = APIClient().get(url)
    assert pagina.status_code == 200
    assert "una sola vez" in pagina.content.decode()
    assert APIClient().get(url).status_code == 200, "looking at the page does not spend the link"
    archivo = APIClient(enforce_csrf_checks=True).post(url, {"formato": "conf"}, format="multipart")
    assert config.private_key.revelar() in archivo.content.decode()
    for respuesta in (APIClient().post(url), APIClient().get(url)):
        assert respuesta.status_code == 404
        assert "ya se usó o venció" in respuesta.content.decode()


def test_a_link_may_give_the_qr_instead(mundo: Mundo, config: Any) -> None:
    respuesta = APIClient().post(pedir_enlace(mundo, config), {"formato": "qr"}, format="multipart")
    assert respuesta.content.startswith(b"<svg")


def test_the_page_tells_nothing_and_runs_nothing(mundo: Mundo, config: Any) -> None:
    pagina = APIClient().get(pedir_enlace(mundo, config))
    assert config.nombre not in pagina.content.decode()
    assert config.ip_address not in pagina.content.decode()
    assert "default-src 'none'" in pagina["Content-Security-Policy"]
    assert pagina["Referrer-Policy"] == "no-referrer"


def test_a_link_expires(mundo: Mundo, config: Any) -> None:
    url = pedir_enlace(mundo, config, horas=1)
    VpnEnlace.objects.update(expira=timezone.now() - timedelta(seconds=1))
    assert APIClient().post(url).status_code == 404


def test_only_the_hash_of_a_link_is_stored(mundo: Mundo, config: Any) -> None:
    token = pedir_enlace(mundo, config).rstrip("/").rsplit("/", 1)[1]
    with connection.cursor() as cursor:
        cursor.execute("SELECT t::text FROM vpn_enlaces t UNION ALL SELECT a::text FROM auditoria a")
        assert token not in "".join(fila[0] for fila in cursor.fetchall())


@pytest.mark.django_db(transaction=True)
def test_of_two_at_the_same_time_one_gets_the_file(config: Any) -> None:
    _, token = enlaces.crear_enlace(config=config, usuario=None)

    def usar(_: int) -> int:
        try:
            return APIClient().post(f"/api/vpn/enlaces/{token}/").status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as hilos:
        estados = list(hilos.map(usar, range(8)))
    assert sorted(estados) == [200] + [404] * 7


@pytest.mark.parametrize("horas", [0, -1, 169, "mañana"])
def test_a_link_lasts_a_week_at_most(mundo: Mundo, config: Any, horas: Any) -> None:
    assert mundo.operador.post(f"/api/vpn/configs/{config.pk}/enlace/", {"horas": horas}).status_code == 400
