"""What may be asked of a tunnel, what each act writes down, and what is refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.mundo import Mundo
from tns.engines.wireguard import keys
from tns.servidores.models import Servidor
from tns.tareas.models import Tarea
from tns.vpn.models import VpnConfig


def url(config: Any, acto: str = "") -> str:
    return f"/api/vpn/configs/{config.pk}/{acto + '/' if acto else ''}"


@pytest.mark.parametrize("acto", ["deshabilitar", "habilitar", "rotar", "aplicar"])
def test_an_act_is_a_task_that_carries_no_secret(mundo: Mundo, config: Any, acto: str) -> None:
    respuesta = mundo.operador.post(url(config, acto))
    assert respuesta.status_code == 202
    tarea = Tarea.objects.get(id=respuesta.json()["task_id"])
    assert (tarea.tipo, tarea.objeto, tarea.cola) == ("vpn_aplicar", f"vpn:{config.pk}", "rapidas")
    assert tarea.argumentos == {"config_id": config.pk, "acto": acto}


def test_every_act_is_written_down_with_who_asked(mundo: Mundo, config: Any) -> None:
    mundo.operador.post(url(config, "deshabilitar"))
    actos = mundo.administrador.get(f"/api/auditoria/?objeto_tipo=vpnconfig&objeto_id={config.pk}").json()["results"]
    assert (actos[0]["accion"], actos[0]["actor_nombre"]) == ("deshabilitar", "operador")
    assert actos[0]["cambios"]["activo"] == [True, False]


def test_a_second_act_waits_for_the_first(mundo: Mundo, config: Any) -> None:
    primera = mundo.operador.post(url(config, "deshabilitar")).json()
    respuesta = mundo.operador.post(url(config, "habilitar"))
    assert (respuesta.status_code, respuesta.json()["codigo"]) == (409, "tarea_en_curso")
    assert respuesta.json()["task_id"] == primera["task_id"]
    config.refresh_from_db()
    assert config.activo is False, "what was refused changed nothing"


def test_rotating_makes_new_keys_and_keeps_address_and_the_old_key_for_a_while(mundo: Mundo, config: Any) -> None:
    assert mundo.operador.post(url(config, "rotar"), {"solape_horas": 24}).status_code == 202
    nueva = VpnConfig.objects.get(pk=config.pk)
    assert nueva.public_key != config.public_key
    assert nueva.preshared_key.revelar() != config.preshared_key.revelar()
    assert (nueva.ip_address, nueva.anterior_public_key) == (config.ip_address, config.public_key)
    assert nueva.anterior_hasta > timezone.now() + timedelta(hours=23)
    Tarea.objects.all().delete()
    otra = mundo.operador.post(url(config, "rotar"))
    assert (otra.status_code, otra.json()["codigo"]) == (409, "rotacion_en_curso")
    assert mundo.operador.post(url(config, "completar_rotacion")).status_code == 202


def test_a_client_that_keeps_its_key_rotates_with_its_own(mundo: Mundo, config: Any) -> None:
    propia = keys.new_key_pair().public
    mundo.operador.post(url(config, "rotar"), {"public_key": propia})
    nueva = VpnConfig.objects.get(pk=config.pk)
    assert (nueva.public_key, nueva.llave_del_cliente) == (propia, True)


@pytest.mark.parametrize(
    "datos", [{"solape_horas": -1}, {"solape_horas": 721}, {"solape_horas": "x"}, {"public_key": "x"}]
)
def test_a_bad_rotation_is_a_400(mundo: Mundo, config: Any, datos: dict[str, Any]) -> None:
    respuesta = mundo.operador.post(url(config, "rotar"), datos)
    assert (respuesta.status_code, set(respuesta.json()["errores"])) == (400, set(datos))


def test_nothing_rotates_that_is_disabled(mundo: Mundo, config: Any) -> None:
    VpnConfig.objects.update(activo=False)
    respuesta = mundo.operador.post(url(config, "rotar"))
    assert (respuesta.status_code, respuesta.json()["codigo"]) == (409, "vpn_inactiva")


def test_an_expired_one_is_not_enabled_until_its_date_changes(mundo: Mundo, config: Any) -> None:
    VpnConfig.objects.update(activo=False, expira_en=timezone.now() - timedelta(days=1))
    respuesta = mundo.operador.post(url(config, "habilitar"))
    assert (respuesta.status_code, respuesta.json()["codigo"]) == (409, "vpn_vencida")
    assert mundo.operador.patch(url(config), {"expira_en": None}).status_code == 200
    Tarea.objects.all().delete()
    assert mundo.operador.post(url(config, "habilitar")).status_code == 202


def test_notes_and_linked_server_change_without_a_task(mundo: Mundo, config: Any) -> None:
    respuesta = mundo.operador.patch(url(config), {"notas": "router nuevo", "servidor": mundo.servidor.pk})
    assert respuesta.status_code == 200
    assert respuesta.json()["task_id"] is None
    assert respuesta.json()["servidor_nombre"] == mundo.servidor.nombre
    assert not Tarea.objects.filter(tipo="vpn_aplicar").exists()


def test_an_address_changes_with_a_task_and_only_to_a_free_one(mundo: Mundo, config: Any) -> None:
    assert mundo.operador.patch(url(config), {"ip_address": "10.8.3.1"}).json()["codigo"] == "direccion_ocupada"
    respuesta = mundo.operador.patch(url(config), {"ip_address": "10.8.3.77"})
    assert (respuesta.json()["ip_address"], respuesta.json()["estado"]) == ("10.8.3.77", "PENDIENTE")
    assert respuesta.json()["task_id"]


@pytest.mark.parametrize(
    "campo", ["public_key", "activo", "estado", "private_key", "servidor_wireguard", "eliminando", "presente"]
)
def test_what_is_not_for_the_caller_does_not_change(mundo: Mundo, config: Any, campo: str) -> None:
    mundo.operador.patch(url(config), {campo: "otro"})
    igual = VpnConfig.objects.get(pk=config.pk)
    assert str(getattr(igual, campo)) == str(getattr(config, campo))
    if campo == "private_key":
        assert igual.private_key.revelar() == config.private_key.revelar()


def test_deleting_keeps_the_row_and_its_address_until_the_server_forgot_it(mundo: Mundo, config: Any) -> None:
    assert mundo.operador.delete(url(config)).status_code == 202
    assert VpnConfig.objects.get(pk=config.pk).eliminando
    respuesta = mundo.operador.post(url(config, "habilitar"))
    assert (respuesta.status_code, respuesta.json()["codigo"]) == (409, "vpn_eliminando")


def test_a_row_whose_server_is_gone_can_be_forgotten(mundo: Mundo, config: Any) -> None:
    assert mundo.operador.delete(url(config) + "?olvidar=true").status_code == 204
    assert not VpnConfig.objects.exists()
    assert mundo.administrador.get("/api/auditoria/?accion=olvidar").json()["count"] == 1


def test_deleting_the_database_server_leaves_the_tunnel(mundo: Mundo, config: Any) -> None:
    servidor = Servidor.objects.create(
        nombre="Sin empresas", host="10.8.3.2", usuario="x", password="x", ruta_maestra="x"
    )
    VpnConfig.objects.update(servidor=servidor)
    assert mundo.administrador.delete(f"/api/servidores/{servidor.pk}/").status_code == 204
    assert VpnConfig.objects.get().servidor is None


def test_lists_are_filtered_sorted_and_searched(mundo: Mundo, config: Any) -> None:
    for consulta, cuantos in (
        ("activo=true", 1),
        ("activo=false", 0),
        ("buscar=norte", 1),
        ("buscar=sur", 0),
        ("orden=-ip_address", 1),
    ):
        assert mundo.lector.get(f"/api/vpn/configs/?{consulta}").json()["count"] == cuantos, consulta


def test_a_history_is_asked_by_hours(mundo: Mundo, config: Any) -> None:
    assert mundo.lector.get(url(config, "historial") + "?horas=48").json() == []
    for horas in ("0", "721", "-1", "x", "9" * 40):
        assert mundo.lector.get(url(config, "historial") + f"?horas={horas}").status_code == 400
