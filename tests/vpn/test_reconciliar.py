"""Rows beside interface and file of a real server: drift is listed, repaired by choice, and strangers are imported."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engines.wireguard.world import World
from tests.vpn.conftest import nueva_config
from tns.engines.progress import NullProgress
from tns.engines.wireguard import keys
from tns.vpn import aplicacion, reconciliacion, sondeo
from tns.vpn.actos import Acto
from tns.vpn.models import ServidorWireGuard, VpnConfig

pytestmark = [pytest.mark.wireguard, pytest.mark.django_db]


@pytest.fixture
def tres(servidor_vivo: Any) -> list[Any]:
    """Three applied tunnels."""
    configs = [nueva_config(servidor_vivo, nombre) for nombre in ("Uno", "Dos", "Tres")]
    for config in configs:
        aplicacion.aplicar(config_id=config.pk, acto=Acto.CREAR, progreso=NullProgress())
    return configs


def reconciliar(servidor: Any, *reparar: str, quitar: list[str] | None = None) -> dict[str, Any]:
    return reconciliacion.reconciliar(
        servidor_id=servidor.pk, reparar=list(reparar), quitar=quitar or [], progreso=NullProgress()
    )


def derivas(resultado: dict[str, Any], donde: str = "derivas") -> set[tuple[str, str]]:
    return {(str(deriva["kind"]), deriva["public_key"]) for deriva in resultado[donde]}


def ajena(world: World) -> set[tuple[str, str]]:
    llave = world.wg.hand_made.public
    return {("desconocido_en_interfaz", llave), ("desconocido_en_archivo", llave)}


def test_without_drift_only_the_stranger_is_listed(world: World, servidor_vivo: Any, tres: list[Any]) -> None:
    assert derivas(reconciliar(servidor_vivo)) == ajena(world)
    servidor_vivo.refresh_from_db()
    assert len(servidor_vivo.ultima_reconciliacion["derivas"]) == 2


def provocar(world: World, tres: list[Any]) -> set[tuple[str, str]]:
    """Somebody meddles: one peer off the interface, one out of the file, one with another address."""
    uno, dos, tercero = (config.public_key for config in tres)
    world.namespace.run("wg", "set", world.wg.interface, "peer", uno, "remove")
    world.wg.file.write_text(world.wg.file.read_text().replace(dos, keys.new_key_pair().public))
    world.namespace.run("wg", "set", world.wg.interface, "peer", tercero, "allowed-ips", "10.8.3.200/32")
    return {("falta_en_interfaz", uno), ("falta_en_archivo", dos), ("distinto_en_interfaz", tercero)}


def test_drift_is_listed_and_nothing_is_touched_without_asking(
    world: World, servidor_vivo: Any, tres: list[Any]
) -> None:
    esperadas = provocar(world, tres)
    archivo, peers = world.wg.file.read_bytes(), world.wg.peers()
    assert esperadas <= derivas(reconciliar(servidor_vivo))
    assert (world.wg.file.read_bytes(), world.wg.peers()) == (archivo, peers)


def test_drift_is_repaired_by_choice_and_then_whole(world: World, servidor_vivo: Any, tres: list[Any]) -> None:
    esperadas = provocar(world, tres)
    una = reconciliar(servidor_vivo, tres[0].public_key)
    assert una["reparadas"] == [tres[0].public_key]
    assert derivas(una, "quedan") & esperadas == esperadas - {("falta_en_interfaz", tres[0].public_key)}
    # The file's copy of «Dos» under a strange key holds its address: it must be taken out first, by choice.
    extrana = next(
        llave
        for tipo, llave in derivas(una, "quedan")
        if tipo == "desconocido_en_archivo" and (tipo, llave) not in ajena(world)
    )
    quitada = reconciliar(servidor_vivo, quitar=[extrana])
    assert quitada["quitadas"] == [extrana]
    todo = reconciliar(servidor_vivo, "todo")
    assert set(todo["reparadas"]) == {tres[1].public_key, tres[2].public_key}
    assert derivas(todo, "quedan") == ajena(world)
    assert {world.wg.peers()[config.public_key] for config in tres} == {"10.8.3.3/32", "10.8.3.4/32", "10.8.3.5/32"}


def test_a_repair_that_cannot_be_is_told_and_the_others_go_on(
    world: World, servidor_vivo: Any, tres: list[Any]
) -> None:
    provocar(world, tres)
    resultado = reconciliar(servidor_vivo, "todo")
    assert [fallo["codigo"] for fallo in resultado["fallos"]] == ["direccion_ocupada"]
    assert set(resultado["reparadas"]) == {tres[0].public_key, tres[2].public_key}


def test_a_leftover_of_a_disabled_one_is_taken_out(world: World, servidor_vivo: Any, tres: list[Any]) -> None:
    VpnConfig.objects.filter(pk=tres[0].pk).update(activo=False)
    assert {("sobra_en_interfaz", tres[0].public_key), ("sobra_en_archivo", tres[0].public_key)} <= derivas(
        reconciliar(servidor_vivo, "todo")
    )
    assert tres[0].public_key not in world.wg.peers()


def test_a_pending_row_that_is_already_true_stops_being_pending(servidor_vivo: Any, tres: list[Any]) -> None:
    VpnConfig.objects.filter(pk=tres[0].pk).update(estado="PENDIENTE", ultimo_error="se cortó")
    reconciliar(servidor_vivo)
    assert VpnConfig.objects.get(pk=tres[0].pk).estado == "APLICADA"


def test_a_known_peer_is_never_removed_as_a_stranger(world: World, servidor_vivo: Any, tres: list[Any]) -> None:
    assert reconciliar(servidor_vivo, quitar=[tres[0].public_key])["quitadas"] == []
    assert tres[0].public_key in world.wg.peers()


# --- Import -----------------------------------------------------------------------------------------------------------
def importar(servidor: Any) -> dict[str, Any]:
    return reconciliacion.importar(servidor_id=servidor.pk, progreso=NullProgress())


def test_the_peers_that_live_there_are_imported_with_their_names(world: World, servidor_vivo: Any) -> None:
    archivo = world.wg.file.read_bytes()
    resultado = importar(servidor_vivo)
    assert [peer["nombre"] for peer in resultado["importadas"]] == ["pedro"]
    config = VpnConfig.objects.get()
    assert (config.ip_address, config.origen, config.estado) == ("10.8.3.2", "IMPORTADA", "APLICADA")
    assert world.wg.file.read_bytes() == archivo
    assert importar(servidor_vivo) == {"importadas": [], "omitidas": []}
    assert reconciliar(servidor_vivo)["derivas"] == []


def test_an_imported_peer_comes_back_as_it_was(world: World, servidor_vivo: Any) -> None:
    llave, compartida = keys.new_key_pair().public, keys.new_preshared_key()
    peer = (
        f"\n# Sede Cali\n[Peer]\nPublicKey = {llave}\nPresharedKey = {compartida}\n"
        "AllowedIPs = 10.8.3.9/32, 192.168.7.0/24\nPersistentKeepalive = 15\n"
    )
    world.wg.file.write_text(world.wg.file.read_text() + peer)
    importar(servidor_vivo)
    config = VpnConfig.objects.get(public_key=llave)
    assert (config.nombre, config.redes_adicionales, config.keepalive_servidor) == ("Sede Cali", ["192.168.7.0/24"], 15)
    assert config.estado == "PENDIENTE", "it was in the file only"
    for activo in (True, False, True):
        VpnConfig.objects.filter(pk=config.pk).update(activo=activo)
        aplicacion.aplicar(config_id=config.pk, acto=Acto.APLICAR, progreso=NullProgress())
    assert world.wg.peers()[llave] == "10.8.3.9/32 192.168.7.0/24"
    assert [llave, compartida] in world.wg.show("preshared-keys")
    assert [llave, "15"] in world.wg.show("persistent-keepalive")


def test_the_test_of_a_server_says_what_lives_there(world: World, servidor_vivo: Any) -> None:
    nueva_config(servidor_vivo)
    informe = sondeo.probar(servidor_id=servidor_vivo.pk, progreso=NullProgress())
    assert informe["public_key"] == world.wg.pair.public
    assert informe["direcciones"] == {"red": "10.8.3.0/24", "usadas": 3, "libres": 251}
    assert informe["peers"] == {"en_servidor": 1, "sin_registrar": 1}
    assert informe["problemas"] == informe["avisos"] == []
    assert set(ServidorWireGuard.objects.get().ocupadas) == {"10.8.3.1/32", "10.8.3.2/32"}
    assert world.wg.pair.private not in str(informe)


def test_the_test_of_a_server_warns(world: World, servidor_vivo: Any) -> None:
    world.wg.file.write_text(
        world.wg.file.read_text().replace("[Interface]\n", "[Interface]\nSaveConfig = true\n")
        + "\n[Peer]\nPublicKey = mala\n"
    )
    ServidorWireGuard.objects.update(red_ipv4="10.77.0.0/24", endpoint_puerto=443)
    avisos = " ".join(sondeo.probar(servidor_id=servidor_vivo.pk, progreso=NullProgress())["avisos"])
    for frase in ("SaveConfig", "puerto 51820", "10.77.0.0/24", "No se entienden los peers"):
        assert frase in avisos
