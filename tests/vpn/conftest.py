"""WireGuard servers as rows: one that only the database knows, and one that stands behind a real sshd."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

import tns.config.celery  # noqa: F401  requests send their tasks through the configured application
from tests.engines.wireguard.world import World, world
from tns.engines.wireguard import keys

__all__ = ["world"]


@pytest.fixture
def nuevo_servidor_wg(db: None) -> Callable[..., Any]:
    """Make a WireGuard server ready for configurations, whose SSH nobody will call."""
    from tns.vpn.models import ServidorWireGuard

    def crear(nombre: str = "Oficina", **campos: Any) -> ServidorWireGuard:
        llave = Ed25519PrivateKey.generate().public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
        valores = {
            "ssh_host": f"{nombre.lower()}.ejemplo.co",
            "ssh_password": "clave",
            "llave_aprobada": llave.decode(),
            "endpoint_host": "vpn.ejemplo.co",
            "red_ipv4": "10.8.3.0/24",
            "direccion_ipv4": "10.8.3.1",
            "public_key": keys.new_key_pair().public,
        }
        return ServidorWireGuard.objects.create(nombre=nombre, **valores | campos)

    return crear


@pytest.fixture
def servidor_wg(nuevo_servidor_wg: Callable[..., Any]) -> Any:
    return nuevo_servidor_wg()


@pytest.fixture
def servidor_vivo(world: World, db: None) -> Any:
    """The row of `world`: host key approved, tested, ready."""
    return registrar_mundo(world)


def registrar_mundo(world: World, **campos: Any) -> Any:
    """A ready row for that server."""
    from tns.engines.progress import NullProgress
    from tns.vpn import sondeo
    from tns.vpn.models import ServidorWireGuard

    valores = {
        "nombre": "Oficina",
        "ssh_host": world.ssh.host,
        "ssh_puerto": world.ssh.port,
        "ssh_usuario": "root",
        "ssh_llave": world.ssh.client_key,
        "interfaz": world.wg.interface,
        "archivo": str(world.wg.file),
        "endpoint_host": world.inside,
        "endpoint_puerto": world.wg.port,
        "red_ipv4": "10.8.3.0/24",
        "direccion_ipv4": "10.8.3.1",
        "llave_aprobada": world.ssh.host_key.line,
    }
    servidor = ServidorWireGuard.objects.create(**valores | campos)
    informe = sondeo.probar(servidor_id=servidor.pk, progreso=NullProgress())
    assert informe["listo"], informe
    servidor.refresh_from_db()
    return servidor


@pytest.fixture
def config(servidor_wg: Any) -> Any:
    """A tunnel of `servidor_wg`, as if it had been applied."""
    return nueva_config(servidor_wg, estado="APLICADA", presente=True)


def nueva_config(servidor_wg: Any, nombre: str = "Clínica Norte", **campos: Any) -> Any:
    """A tunnel straight into the database, with keys; its creation's task is of no interest here."""
    from tns.vpn import services
    from tns.vpn.models import VpnConfig

    creada, tarea = services.crear_config(servidor=servidor_wg, nombre=nombre, usuario=None)
    tarea.delete()
    VpnConfig.objects.filter(pk=creada.pk).update(**campos)
    return VpnConfig.objects.get(pk=creada.pk)
