"""Every minute: state into the rows, samples into the history, and what falls due begins."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.engines.wireguard.world import World
from tests.vpn.conftest import nueva_config
from tns.engines.progress import NullProgress
from tns.tareas.models import Tarea
from tns.vpn import aplicacion, muestreo, remoto
from tns.vpn.actos import Acto
from tns.vpn.models import ServidorWireGuard, VpnConfig, VpnEnlace, VpnMuestra

live = pytest.mark.wireguard
pytestmark = pytest.mark.django_db


@pytest.fixture
def viva(servidor_vivo: Any) -> Any:
    """An applied tunnel of a real server."""
    config = nueva_config(servidor_vivo)
    aplicacion.aplicar(config_id=config.pk, acto=Acto.CREAR, progreso=NullProgress())
    return VpnConfig.objects.get(pk=config.pk)


def muestrear(config: Any) -> list[tuple[str, str]]:
    """Sample its server and answer the tasks that began."""
    Tarea.objects.all().delete()
    assert muestreo.muestrear(servidor_id=config.servidor_wireguard_id)
    return [(tarea.objeto, tarea.argumentos["acto"]) for tarea in Tarea.objects.all()]


@live
def test_a_tunnel_that_never_connected_is_offline(viva: Any) -> None:
    assert muestrear(viva) == []
    leida = VpnConfig.objects.get(pk=viva.pk)
    assert (leida.en_linea, leida.ultimo_handshake) == (False, None)
    assert leida.leido is not None


@live
def test_samples_are_kept_every_five_minutes_and_not_for_ever(viva: Any) -> None:
    for _ in range(3):
        muestrear(viva)
    assert VpnMuestra.objects.count() == 1
    VpnMuestra.objects.update(instante=timezone.now() - timedelta(minutes=6))
    muestrear(viva)
    assert VpnMuestra.objects.count() == 2
    VpnMuestra.objects.update(instante=timezone.now() - timedelta(days=31))
    muestreo.purgar()
    assert VpnMuestra.objects.count() == 0


@live
def test_an_expiry_begins_the_removal(world: World, viva: Any) -> None:
    VpnConfig.objects.update(expira_en=timezone.now() - timedelta(seconds=1))
    assert muestrear(viva) == [(f"vpn:{viva.pk}", "vencer")]
    assert VpnConfig.objects.get().activo is False
    aplicacion.aplicar(config_id=viva.pk, acto="vencer", progreso=NullProgress())
    assert viva.public_key not in world.wg.peers()
    assert muestrear(viva) == []


@live
def test_the_end_of_an_overlap_begins_the_change(viva: Any) -> None:
    VpnConfig.objects.update(anterior_public_key="A" * 43 + "=", anterior_hasta=timezone.now() + timedelta(hours=1))
    assert muestrear(viva) == []
    VpnConfig.objects.update(anterior_hasta=timezone.now() - timedelta(seconds=1))
    assert muestrear(viva) == [(f"vpn:{viva.pk}", "aplicar")]


@live
def test_what_is_pending_is_tried_again_but_not_every_minute(world: World, viva: Any) -> None:
    world.namespace.run("wg", "set", world.wg.interface, "peer", viva.public_key, "remove")
    VpnConfig.objects.update(estado="PENDIENTE", ultimo_error="se cortó", ultimo_intento=timezone.now())
    assert muestrear(viva) == []
    VpnConfig.objects.update(ultimo_intento=timezone.now() - timedelta(minutes=6))
    assert muestrear(viva) == [(f"vpn:{viva.pk}", "aplicar")]


@live
def test_what_is_pending_but_already_true_is_noticed(viva: Any) -> None:
    VpnConfig.objects.update(estado="PENDIENTE", ultimo_error="se cortó")
    assert muestrear(viva) == []
    assert (VpnConfig.objects.get().estado, VpnConfig.objects.get().ultimo_error) == ("APLICADA", "")


@live
def test_drift_is_looked_for_every_hour(world: World, viva: Any) -> None:
    muestrear(viva)
    world.namespace.run("wg", "set", world.wg.interface, "peer", viva.public_key, "remove")
    muestrear(viva)

    def faltas() -> list[str]:
        derivas = ServidorWireGuard.objects.get().ultima_reconciliacion["derivas"]
        return [deriva["kind"] for deriva in derivas if deriva["public_key"] == viva.public_key]

    assert faltas() == []
    ServidorWireGuard.objects.update(ultima_reconciliacion=None)
    muestrear(viva)
    assert faltas() == ["falta_en_interfaz"]


@live
def test_a_server_that_does_not_answer_says_so_in_its_row(world: World, viva: Any) -> None:
    world.ssh.stop()
    assert not muestreo.muestrear(servidor_id=viva.servidor_wireguard_id)
    assert "No se pudo establecer conexión SSH" in ServidorWireGuard.objects.get().ultimo_error


@live
def test_malformed_output_harms_no_row(world: World, viva: Any) -> None:
    world.ssh.command("wg", 'printf "basura\\tbasura\\n"\n')
    assert not muestreo.muestrear(servidor_id=viva.servidor_wireguard_id)
    assert VpnConfig.objects.get().estado == "APLICADA"


@pytest.mark.django_db(transaction=True)
def test_a_busy_server_is_left_for_the_next_minute(config: Any) -> None:
    with remoto.candado(config.servidor_wireguard_id):
        assert not muestreo.muestrear(servidor_id=config.servidor_wireguard_id)
        with pytest.raises(remoto.ServidorOcupado), remoto.candado(config.servidor_wireguard_id, espera_s=0.2):
            pass
    with remoto.candado(config.servidor_wireguard_id, espera_s=0.2):
        pass


def test_only_servers_in_use_and_approved_are_sampled(config: Any, nuevo_servidor_wg: Any) -> None:
    nuevo_servidor_wg("Vacia")
    assert muestreo.servidores_por_muestrear() == [config.servidor_wireguard_id]
    ServidorWireGuard.objects.update(alarma_desde=timezone.now())
    assert muestreo.servidores_por_muestrear() == []


def test_spent_links_are_forgotten(config: Any) -> None:
    VpnEnlace.objects.create(config=config, token_sha256="x", expira=timezone.now() - timedelta(days=2))
    muestreo.purgar()
    assert not VpnEnlace.objects.exists()
