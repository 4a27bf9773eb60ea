"""The way to a WireGuard server: one at a time, never past a changed host key."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.utils import timezone

from tns.common.problemas import Conflicto
from tns.engines.wireguard.errors import HostKeyChanged
from tns.engines.wireguard.remote import RemoteWireGuard
from tns.engines.wireguard.ssh import COMMAND_SECONDS, CONNECT_SECONDS, SSHSession
from tns.tareas.contexto import conexion_propia
from tns.vpn import actos
from tns.vpn.actos import Acto
from tns.vpn.models import ServidorWireGuard

_CLASE_CANDADO = 0x56504E  # "VPN": first half of the advisory lock, the server's id is the second
ESPERA_S = 120


class ServidorOcupado(Conflicto):
    """Other work on the same server did not end in time."""

    codigo = "servidor_wireguard_ocupado"
    que_hacer_por_defecto = "Espere a que terminen las demás tareas de este servidor y vuelva a intentarlo."


@contextmanager
def candado(servidor_id: int, *, espera_s: float = ESPERA_S) -> Iterator[None]:
    """Alone with a server, across processes; raises ServidorOcupado after `espera_s` seconds."""
    with conexion_propia() as conexion:
        conexion.execute("SELECT set_config('lock_timeout', %s, false)", [f"{max(1, int(espera_s * 1000))}ms"])
        try:
            conexion.execute("SELECT pg_advisory_lock(%s::int, %s::int)", [_CLASE_CANDADO, servidor_id])
        except psycopg.errors.LockNotAvailable:
            raise ServidorOcupado("Hay otro trabajo en curso sobre este servidor WireGuard.") from None
        yield


@contextmanager
def abrir(
    servidor: ServidorWireGuard, *, conectar_s: float = CONNECT_SECONDS, orden_s: float = COMMAND_SECONDS
) -> Iterator[RemoteWireGuard]:
    """An SSH session with the server's interface; raises the engine's errors.

    A changed host key is remembered and from then on nothing is sent to that server until somebody approves a key.
    """
    if servidor.alarma_desde:
        raise HostKeyChanged(
            f"El servidor {servidor.nombre} presentó una llave SSH distinta de la aprobada y está detenido.",
            datos={"huella_aprobada": servidor.huella_aprobada, "huella_presentada": servidor.huella_presentada},
        )
    try:
        with SSHSession(servidor.destino(), connect_timeout=conectar_s, command_timeout=orden_s) as sesion:
            yield RemoteWireGuard(sesion, servidor.interfaz, servidor.ruta, servidor.usar_sudo)
    except HostKeyChanged as error:
        dar_alarma(servidor, error)
        raise


def dar_alarma(servidor: ServidorWireGuard, error: HostKeyChanged) -> None:
    """Stop everything with this server until a key is approved."""
    servidor.alarma_desde = servidor.alarma_desde or timezone.now()
    servidor.llave_presentada = str(error.datos.get("llave_presentada", ""))
    servidor.save(update_fields=["alarma_desde", "llave_presentada", "actualizado"])
    actos.fallido(Acto.ALARMA_HUELLA, servidor, error)
