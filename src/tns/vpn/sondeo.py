"""First contact with a WireGuard server and every later test of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.utils import timezone

from tns.common.problemas import Conflicto
from tns.cuentas import auditoria
from tns.engines.errors import TNSError
from tns.engines.progress import Progress
from tns.engines.wireguard import pool
from tns.engines.wireguard.conffile import FilePeer
from tns.engines.wireguard.dump import LivePeer
from tns.engines.wireguard.errors import HostKeyChanged
from tns.engines.wireguard.remote import ProbeResult, RemoteWireGuard, Snapshot
from tns.engines.wireguard.ssh import fetch_host_key
from tns.engines.wireguard.values import network
from tns.vpn import actos, remoto, selectors
from tns.vpn.actos import Acto
from tns.vpn.direcciones import tomadas
from tns.vpn.models import ServidorWireGuard


def probar(*, servidor_id: int, progreso: Progress) -> dict[str, Any]:
    """Look at a server and say what is there; learns its public key and the addresses in use.

    Without an approved host key it only asks for the key and answers its fingerprint, to be approved. With an alarm it
    tries the approved key once more: when the server presents it again, the alarm ends.
    """
    servidor = ServidorWireGuard.objects.get(id=servidor_id)
    progreso.stage(f"Conectando con {servidor.ssh_host}")
    try:
        if not servidor.llave_aprobada:
            resultado = _primer_contacto(servidor)
        else:
            with remoto.candado(servidor.id):
                resultado = _sondear(servidor, progreso)
    except TNSError as error:
        ServidorWireGuard.objects.filter(id=servidor.id).update(ultimo_error=str(error))
        actos.fallido(Acto.PROBAR, servidor, error)
        raise
    actos.hecho(Acto.PROBAR, servidor, problemas=resultado["problemas"])
    return resultado


def aprobar_huella(*, servidor: ServidorWireGuard, huella: str) -> ServidorWireGuard:
    """Trust the key that was presented, when `huella` is its fingerprint; ends an alarm.

    Raises Conflicto when nothing was presented yet or the fingerprint is another one.
    """
    if not servidor.llave_presentada or servidor.huella_presentada != huella.strip():
        raise Conflicto(
            "Esa no es la huella que presentó el servidor.",
            codigo="huella_distinta",
            que_hacer="Pruebe el servidor de nuevo y compare la huella con quien lo administra.",
            datos={"huella_presentada": servidor.huella_presentada},
        )
    antes = auditoria.fotografia(servidor)
    servidor.llave_aprobada, servidor.alarma_desde = servidor.llave_presentada, None
    with transaction.atomic():
        servidor.save(update_fields=["llave_aprobada", "alarma_desde", "actualizado"])
        auditoria.registrar(Acto.APROBAR_HUELLA, servidor, antes=antes, detalle={"huella": servidor.huella_aprobada})
    return servidor


def anotar_lectura(servidor: ServidorWireGuard, hallado: Snapshot, direcciones: Iterable[str] = ()) -> None:
    """Remember the interface's public key and the addresses that are not ours to give."""
    conocidas = selectors.llaves_conocidas(servidor)
    ajenos: list[LivePeer | FilePeer] = [
        peer for peer in (*hallado.live.peers, *hallado.conf().peers()[0]) if peer.public_key not in conocidas
    ]
    redes = {str(red) for peer in ajenos for red in peer.allowed_ips}
    propias = {str(network(texto.partition("/")[0])) for texto in (*direcciones, *hallado.conf().interface().addresses)}
    servidor.public_key = hallado.live.public_key
    servidor.ocupadas = sorted(redes | propias)
    servidor.ultima_lectura, servidor.ultimo_error = timezone.now(), ""
    servidor.save(update_fields=["public_key", "ocupadas", "ultima_lectura", "ultimo_error", "actualizado"])


def _primer_contacto(servidor: ServidorWireGuard) -> dict[str, Any]:
    llave = fetch_host_key(servidor.ssh_host, servidor.ssh_puerto)
    servidor.llave_presentada = llave.line
    servidor.save(update_fields=["llave_presentada", "actualizado"])
    return {
        "listo": False,
        "huella_presentada": llave.fingerprint,
        "tipo_de_llave": llave.line.split()[0],
        "problemas": ["Falta aprobar la huella del servidor SSH."],
        "avisos": [],
    }


def _sondear(servidor: ServidorWireGuard, progreso: Progress) -> dict[str, Any]:
    alarma, servidor.alarma_desde = servidor.alarma_desde, None
    try:
        with remoto.abrir(servidor) as conexion:
            progreso.stage("Mirando herramientas, interfaz y permisos")
            sonda = conexion.probe()
            hallado = _leer(conexion, sonda)
    except HostKeyChanged:
        raise
    except TNSError:
        servidor.alarma_desde = alarma
        raise
    servidor.llave_presentada = servidor.llave_aprobada
    servidor.save(update_fields=["alarma_desde", "llave_presentada", "actualizado"])
    if hallado is not None:
        anotar_lectura(servidor, hallado, sonda.addresses)
    return _informe(servidor, sonda, hallado)


def _leer(conexion: RemoteWireGuard, sonda: ProbeResult) -> Snapshot | None:
    return conexion.read() if sonda.interface_up and sonda.file_found else None


def _informe(servidor: ServidorWireGuard, sonda: ProbeResult, hallado: Snapshot | None) -> dict[str, Any]:
    informe: dict[str, Any] = {
        "listo": not sonda.problems and hallado is not None,
        "huella_presentada": servidor.huella_presentada,
        "sonda": asdict(sonda) | {"problems": None},
        "problemas": list(sonda.problems),
        "avisos": [],
    }
    del informe["sonda"]["problems"]
    if hallado is None:
        return informe
    usadas, total = pool.used(network(servidor.red_ipv4), tomadas(servidor))
    vivos = {peer.public_key for peer in hallado.live.peers} | {peer.public_key for peer in hallado.conf().peers()[0]}
    informe |= {
        "public_key": hallado.live.public_key,
        "puerto_de_escucha": hallado.live.listen_port,
        "direcciones": {"red": servidor.red_ipv4, "usadas": usadas, "libres": total - usadas},
        "peers": {"en_servidor": len(vivos), "sin_registrar": len(vivos - selectors.llaves_conocidas(servidor))},
        "avisos": _avisos(servidor, sonda, hallado),
    }
    return informe


def _avisos(servidor: ServidorWireGuard, sonda: ProbeResult, hallado: Snapshot) -> list[str]:
    conf = hallado.conf()
    avisos = []
    if sonda.addresses and not any(
        network(d).overlaps(red) for d in sonda.addresses for red in servidor.redes if red.version == network(d).version
    ):
        avisos.append(
            f"La interfaz tiene {', '.join(sonda.addresses)} y la red registrada es {servidor.red_ipv4}: revise la red."
        )
    if hallado.live.listen_port != servidor.endpoint_puerto:
        avisos.append(
            f"La interfaz escucha en el puerto {hallado.live.listen_port} y los clientes irán al "
            f"{servidor.endpoint_puerto}: confirme que el router lo redirige."
        )
    if conf.interface().save_config:
        avisos.append(
            "El archivo tiene SaveConfig = true: al bajar la interfaz, wg-quick lo reescribe sin comentarios."
        )
    if lineas := conf.peers()[1]:
        avisos.append(f"No se entienden los peers de las líneas {', '.join(map(str, lineas))} del archivo.")
    return avisos
