"""POST /api/vpn/configs/: keys, the next free address, and nobody gets another's."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient

from tests.mundo import Mundo, cliente_de, crear_usuario
from tns.engines.wireguard import keys

URL = "/api/vpn/configs/"


def test_gives_keys_and_the_next_free_address(mundo: Mundo, servidor_wg: Any) -> None:
    primera = mundo.operador.post(URL, {"servidor_wireguard": servidor_wg.pk, "nombre": "Clínica Norte"})
    segunda = mundo.operador.post(URL, {"servidor_wireguard": servidor_wg.pk, "nombre": "Clínica Sur"})
    assert primera.status_code == segunda.status_code == 201
    assert (primera.json()["ip_address"], segunda.json()["ip_address"]) == ("10.8.3.2", "10.8.3.3")
    assert primera.json()["estado"] == "PENDIENTE"
    assert primera.json()["task_id"]


def test_private_keys_are_encrypted_at_rest_and_never_told(mundo: Mundo, servidor_wg: Any) -> None:
    from tns.vpn.models import VpnConfig

    cuerpo = mundo.operador.post(URL, {"servidor_wireguard": servidor_wg.pk, "nombre": "Norte"}).json()
    config = VpnConfig.objects.get(pk=cuerpo["id"])
    privada, compartida = config.private_key.revelar(), config.preshared_key.revelar()
    assert keys.public_key(privada) == cuerpo["public_key"]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t::text FROM vpn_configs t UNION ALL SELECT a::text FROM auditoria a "
            "UNION ALL SELECT x::text FROM tareas x"
        )
        guardado = "".join(fila[0] for fila in cursor.fetchall())
    detalle = mundo.administrador.get(f"{URL}{config.pk}/").content.decode()
    for secreto in (privada, compartida):
        assert secreto not in guardado + detalle + repr(cuerpo) + repr(config.__dict__)


def test_a_client_may_keep_its_own_key(mundo: Mundo, servidor_wg: Any) -> None:
    propia = keys.new_key_pair().public
    cuerpo = mundo.operador.post(
        URL, {"servidor_wireguard": servidor_wg.pk, "nombre": "Norte", "public_key": propia}
    ).json()
    assert cuerpo["public_key"] == propia
    assert cuerpo["llave_del_cliente"] is True
    archivo = mundo.operador.get(f"{URL}{cuerpo['id']}/download_config/").content.decode()
    assert "PEGUE_AQUI_SU_LLAVE_PRIVADA" in archivo


def test_addresses_found_on_the_server_are_respected(mundo: Mundo, servidor_wg: Any) -> None:
    servidor_wg.ocupadas = ["10.8.3.2/32", "10.8.3.4/30", "0.0.0.0/0"]
    servidor_wg.save()
    ips = [
        mundo.operador.post(URL, {"servidor_wireguard": servidor_wg.pk, "nombre": f"N{i}"}).json()["ip_address"]
        for i in range(2)
    ]
    assert ips == ["10.8.3.3", "10.8.3.8"]


def test_both_families_get_an_address(mundo: Mundo, nuevo_servidor_wg: Callable[..., Any]) -> None:
    servidor = nuevo_servidor_wg(red_ipv6="fd00:8:3::/64", direccion_ipv6="fd00:8:3::1")
    cuerpo = mundo.operador.post(URL, {"servidor_wireguard": servidor.pk, "nombre": "Norte"}).json()
    assert (cuerpo["ip_address"], cuerpo["ipv6_address"]) == ("10.8.3.2", "fd00:8:3::2")


@pytest.mark.parametrize(
    ("ip", "estado", "codigo"),
    [
        ("10.8.3.10", 201, None),
        ("10.8.3.1", 409, "direccion_ocupada"),
        ("10.8.3.0", 400, "datos_invalidos"),
        ("10.9.0.5", 400, "datos_invalidos"),
        ("hola", 400, "datos_invalidos"),
    ],
)
def test_a_chosen_address_must_be_free_and_of_the_network(
    mundo: Mundo, servidor_wg: Any, ip: str, estado: int, codigo: str | None
) -> None:
    respuesta = mundo.operador.post(URL, {"servidor_wireguard": servidor_wg.pk, "nombre": "Norte", "ip_address": ip})
    assert (respuesta.status_code, respuesta.json().get("codigo")) == (estado, codigo)


def test_an_exhausted_network_says_so(mundo: Mundo, nuevo_servidor_wg: Callable[..., Any]) -> None:
    servidor = nuevo_servidor_wg(red_ipv4="10.8.3.0/30")
    assert mundo.operador.post(URL, {"servidor_wireguard": servidor.pk, "nombre": "Una"}).status_code == 201
    respuesta = mundo.operador.post(URL, {"servidor_wireguard": servidor.pk, "nombre": "Dos"})
    assert (respuesta.status_code, respuesta.json()["codigo"]) == (422, "red_agotada")
    assert "Amplíe la red" in respuesta.json()["que_hacer"]


@pytest.mark.parametrize(
    "cambio",
    [
        {"nombre": "a\nPostUp = reboot"},
        {"nombre": ""},
        {"public_key": "corta"},
        {"public_key": "A" * 44},
        {"expira_en": "2020-01-01T00:00:00Z"},
        {"servidor_wireguard": 0},
        {"ip_address": "10.8.3.5; reboot"},
    ],
)
def test_bad_input_is_a_400_in_spanish(mundo: Mundo, servidor_wg: Any, cambio: dict[str, Any]) -> None:
    respuesta = mundo.operador.post(URL, {"servidor_wireguard": servidor_wg.pk, "nombre": "Norte"} | cambio)
    assert respuesta.status_code == 400
    assert set(respuesta.json()["errores"]) == set(cambio)


def test_names_and_keys_are_not_repeated_in_a_server(mundo: Mundo, servidor_wg: Any) -> None:
    llave = keys.new_key_pair().public
    base = {"servidor_wireguard": servidor_wg.pk, "nombre": "Norte", "public_key": llave}
    assert mundo.operador.post(URL, base).status_code == 201
    for otra, codigo in ((base, "nombre_repetido"), (base | {"nombre": "Sur"}, "llave_repetida")):
        respuesta = mundo.operador.post(URL, otra)
        assert (respuesta.status_code, respuesta.json()["codigo"]) == (409, codigo)


@pytest.mark.parametrize("falta", [{"llave_aprobada": ""}, {"public_key": ""}, {"alarma_desde": timezone.now()}])
def test_a_server_that_is_not_ready_makes_no_configurations(
    mundo: Mundo, nuevo_servidor_wg: Callable[..., Any], falta: dict[str, Any]
) -> None:
    servidor = nuevo_servidor_wg(**falta)
    respuesta = mundo.operador.post(URL, {"servidor_wireguard": servidor.pk, "nombre": "Norte"})
    assert (respuesta.status_code, respuesta.json()["codigo"]) == (409, "servidor_sin_probar")


@pytest.mark.django_db(transaction=True)
def test_fifty_at_the_same_time_get_fifty_addresses(nuevo_servidor_wg: Callable[..., Any]) -> None:
    servidor, usuario = nuevo_servidor_wg(), crear_usuario("operador", "operador")

    def crear(numero: int) -> tuple[int, str]:
        try:
            respuesta = cliente_de(usuario).post(
                URL, {"servidor_wireguard": servidor.pk, "nombre": f"Clínica {numero}"}
            )
            return respuesta.status_code, respuesta.json().get("ip_address", "")
        finally:
            connection.close()

    with ThreadPoolExecutor(25) as hilos:
        respuestas = list(hilos.map(crear, range(50)))
    assert {estado for estado, _ in respuestas} == {201}
    assert {ip for _, ip in respuestas} == {f"10.8.3.{n}" for n in range(2, 52)}


def test_expiry_is_kept(mundo: Mundo, servidor_wg: Any) -> None:
    fecha = timezone.now() + timedelta(days=30)
    cuerpo = mundo.operador.post(
        URL, {"servidor_wireguard": servidor_wg.pk, "nombre": "Norte", "expira_en": fecha.isoformat()}
    ).json()
    assert cuerpo["expira_en"] is not None


def test_the_database_refuses_a_repeated_address(servidor_wg: Any) -> None:
    from django.db import IntegrityError

    from tns.vpn.models import VpnConfig

    VpnConfig.objects.create(
        servidor_wireguard=servidor_wg, nombre="a", ip_address="10.8.3.9", public_key=keys.new_key_pair().public
    )
    with pytest.raises(IntegrityError, match="vpn_ipv4_unica"):
        VpnConfig.objects.create(
            servidor_wireguard=servidor_wg, nombre="b", ip_address="10.8.3.9", public_key=keys.new_key_pair().public
        )


def test_who_may(mundo: Mundo, servidor_wg: Any) -> None:
    def estado(cliente: APIClient, nombre: str) -> int:
        return cliente.post(URL, {"servidor_wireguard": servidor_wg.pk, "nombre": nombre}).status_code

    esperado = {
        "nadie": 401,
        "sin_rol": 403,
        "lector": 403,
        "operador": 201,
        "administrador": 201,
        "administrador_andina": 403,
        "llave_andina": 403,
    }
    assert {nombre: estado(mundo.clientes[nombre], nombre) for nombre in esperado} == esperado
