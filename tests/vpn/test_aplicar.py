"""Applying on a real server: what the row says becomes true there, or the row says why not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.engines.wireguard.world import World
from tests.vpn.conftest import nueva_config
from tns.engines.errors import TNSError
from tns.engines.progress import NullProgress
from tns.engines.wireguard import keys
from tns.tareas.models import Tarea
from tns.vpn import aplicacion, services
from tns.vpn.actos import Acto
from tns.vpn.models import VpnConfig

pytestmark = [pytest.mark.wireguard, pytest.mark.django_db]


def aplicar(config: Any, acto: str = Acto.APLICAR) -> aplicacion.ResultadoAplicar:
    Tarea.objects.all().delete()
    return aplicacion.aplicar(config_id=config.pk, acto=acto, progreso=NullProgress())


def actual(config: Any) -> Any:
    return VpnConfig.objects.get(pk=config.pk)


@pytest.fixture
def aplicada(servidor_vivo: Any) -> Any:
    config = nueva_config(servidor_vivo)
    aplicar(config, Acto.CREAR)
    return actual(config)


def test_a_new_one_is_on_the_interface_and_in_the_file(world: World, aplicada: Any) -> None:
    assert (aplicada.estado, aplicada.presente, aplicada.ip_address) == ("APLICADA", True, "10.8.3.3")
    assert world.wg.peers()[aplicada.public_key] == "10.8.3.3/32"
    assert [aplicada.public_key, aplicada.preshared_key.revelar()] in world.wg.show("preshared-keys")
    assert f"# tns-core: {aplicada.nombre}\n[Peer]\nPublicKey = {aplicada.public_key}\n" in world.wg.file.read_text()


def test_disabling_enabling_and_deleting_do_the_reverse(world: World, aplicada: Any) -> None:
    con_el = world.wg.file.read_bytes()
    services.deshabilitar(config=aplicada, usuario=None)
    assert not aplicar(aplicada).en_servidor
    assert aplicada.public_key not in world.wg.peers()
    assert aplicada.public_key not in world.wg.file.read_text()
    services.habilitar(config=aplicada, usuario=None)
    aplicar(aplicada)
    assert world.wg.peers()[aplicada.public_key] == "10.8.3.3/32"
    assert world.wg.file.read_bytes() == con_el
    services.eliminar(config=aplicada, usuario=None)
    aplicar(aplicada)
    assert set(world.wg.peers()) == {world.wg.hand_made.public}
    assert not VpnConfig.objects.filter(pk=aplicada.pk).exists()


def test_rotating_at_once_swaps_the_keys(world: World, aplicada: Any) -> None:
    services.rotar(config=aplicada, usuario=None)
    aplicar(aplicada)
    nueva = actual(aplicada)
    assert world.wg.peers() == {world.wg.hand_made.public: "10.8.3.2/32", nueva.public_key: "10.8.3.3/32"}
    assert aplicada.public_key not in world.wg.file.read_text()
    assert not nueva.rotando


def test_rotating_with_overlap_keeps_the_old_key_working_until_completed(world: World, aplicada: Any) -> None:
    services.rotar(config=aplicada, usuario=None, solape_horas=1)
    aplicar(aplicada)
    nueva = actual(aplicada)
    assert (world.wg.peers()[aplicada.public_key], world.wg.peers()[nueva.public_key]) == ("10.8.3.3/32", "(none)")
    Tarea.objects.all().delete()
    services.completar_rotacion(config=nueva, usuario=None)
    aplicar(nueva)
    assert aplicada.public_key not in world.wg.peers()
    assert world.wg.peers()[nueva.public_key] == "10.8.3.3/32"
    assert not actual(nueva).rotando


def test_disabling_in_the_middle_of_a_rotation_takes_both_keys_out(world: World, aplicada: Any) -> None:
    services.rotar(config=aplicada, usuario=None, solape_horas=1)
    aplicar(aplicada)
    services.deshabilitar(config=aplicada, usuario=None)
    aplicar(aplicada)
    assert set(world.wg.peers()) == {world.wg.hand_made.public}
    assert not actual(aplicada).rotando


def test_an_expired_one_leaves_the_server(world: World, aplicada: Any) -> None:
    VpnConfig.objects.update(expira_en=timezone.now() - timedelta(seconds=1))
    aplicar(aplicada)
    assert aplicada.public_key not in world.wg.peers()


def test_a_cut_half_way_leaves_it_pending_with_the_cause_and_the_next_run_finishes(
    world: World, servidor_vivo: Any
) -> None:
    config = nueva_config(servidor_vivo)
    world.cut_after_wg_set()
    with pytest.raises(TNSError):
        aplicar(config, Acto.CREAR)
    mitad = actual(config)
    assert (mitad.estado, mitad.ultimo_error_codigo) == ("PENDIENTE", "ssh_cortado")
    assert config.public_key in world.wg.peers()
    assert config.public_key not in world.wg.file.read_text()
    aplicar(config)
    assert (actual(config).estado, actual(config).ultimo_error) == ("APLICADA", "")
    assert config.public_key in world.wg.file.read_text()


def test_an_address_taken_there_meanwhile_is_told_and_another_one_is_given(world: World, servidor_vivo: Any) -> None:
    config = nueva_config(servidor_vivo)
    intruso = keys.new_key_pair().public
    world.namespace.run("wg", "set", world.wg.interface, "peer", intruso, "allowed-ips", "10.8.3.3/32")
    with pytest.raises(TNSError):
        aplicar(config)
    assert (actual(config).estado, actual(config).ultimo_error_codigo) == ("PENDIENTE", "direccion_ocupada")
    assert world.wg.peers()[intruso] == "10.8.3.3/32"
    Tarea.objects.all().delete()
    services.editar_config(config=config, usuario=None, ip_address="10.8.3.44")
    aplicar(config)
    assert world.wg.peers()[config.public_key] == "10.8.3.44/32"


def test_a_wish_that_changed_while_it_ran_stays_pending(
    world: World, aplicada: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ejecutar = aplicacion.ejecutar

    def cambiar_y_ejecutar(*args: Any) -> None:
        VpnConfig.objects.filter(pk=aplicada.pk).update(generacion=99, estado="PENDIENTE", activo=False)
        ejecutar(*args)

    monkeypatch.setattr(aplicacion, "ejecutar", cambiar_y_ejecutar)
    assert aplicar(aplicada).estado == "PENDIENTE"
    assert actual(aplicada).estado == "PENDIENTE"


def test_a_restart_of_the_interface_from_its_file_keeps_every_peer(world: World, aplicada: Any) -> None:
    antes = sorted(world.wg.show("dump"))
    conf = world.namespace.run("wg-quick", "strip", str(world.wg.file))
    world.namespace.run("wg", "setconf", world.wg.interface, "/dev/stdin", stdin=conf)
    assert sorted(world.wg.show("dump")) == antes


def test_a_deleted_row_is_nothing_to_apply(servidor_vivo: Any) -> None:
    assert "ya no existe" in aplicacion.aplicar(config_id=0, acto=Acto.APLICAR, progreso=NullProgress()).detalle
