"""When a database server does not answer, the answer says whether the tunnel or what is behind it is at fault."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.engines.wireguard.world import World
from tests.mundo import Mundo
from tests.vpn.conftest import nueva_config
from tns.engines.progress import NullProgress
from tns.local.servicios.base import free_port
from tns.vpn import aplicacion
from tns.vpn.actos import Acto
from tns.vpn.models import VpnConfig

pytestmark = pytest.mark.usefixtures("firebird_server")  # for its client library


def probar(mundo: Mundo) -> dict[str, Any]:
    """Test the connection of a server where nobody listens."""
    mundo.servidor.puerto = free_port()
    mundo.servidor.save()
    respuesta = mundo.operador.post(f"/api/servidores/{mundo.servidor.pk}/probar_conexion/")
    assert respuesta.status_code == 422
    return dict(respuesta.json())


def test_without_a_tunnel_nothing_is_said_of_one(mundo: Mundo) -> None:
    cuerpo = probar(mundo)
    assert "tunel" not in cuerpo
    assert cuerpo["codigo"] == "conexion_rechazada"


@pytest.mark.parametrize(
    ("cambios", "culpable", "frase"),
    [
        ({"ultimo_handshake": timedelta(seconds=30)}, "servidor", "está en línea"),
        ({"ultimo_handshake": timedelta(hours=3)}, "tunel", "está caído desde hace 3\xa0horas"),
        ({"ultimo_handshake": None}, "tunel", "nunca se ha conectado"),
        ({"activo": False}, "tunel", "está deshabilitado o vencido"),
        ({"expira_en": timedelta(days=1)}, "tunel", "está deshabilitado o vencido"),
    ],
)
def test_the_fault_is_told_apart(mundo: Mundo, config: Any, cambios: dict[str, Any], culpable: str, frase: str) -> None:
    ahora = timezone.now()
    valores = {campo: ahora - v if isinstance(v, timedelta) else v for campo, v in cambios.items()}
    VpnConfig.objects.update(servidor=mundo.servidor, leido=ahora, **valores)
    cuerpo = probar(mundo)
    assert (cuerpo["codigo"], cuerpo["tunel"]["culpable"]) == ("conexion_rechazada", culpable)
    assert frase in cuerpo["que_hacer"]


@pytest.mark.wireguard
def test_an_old_reading_is_made_anew(mundo: Mundo, world: World, servidor_vivo: Any) -> None:
    config = nueva_config(servidor_vivo, servidor=mundo.servidor)
    aplicacion.aplicar(config_id=config.pk, acto=Acto.CREAR, progreso=NullProgress())
    assert "nunca se ha conectado" in probar(mundo)["que_hacer"]
    assert VpnConfig.objects.get().leido is not None


@pytest.mark.wireguard
def test_a_tunnel_whose_state_cannot_be_read_is_no_verdict(mundo: Mundo, world: World, servidor_vivo: Any) -> None:
    nueva_config(servidor_vivo, servidor=mundo.servidor)
    world.ssh.stop()
    cuerpo = probar(mundo)
    assert cuerpo["tunel"]["culpable"] == "desconocido"
    assert "No se pudo leer el estado del túnel" in cuerpo["que_hacer"]
