"""Rows beside interface and file: what differs, what to repair, what to take in."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from tns.engines.errors import TNSError
from tns.engines.progress import Progress
from tns.engines.wireguard import reconcile
from tns.engines.wireguard.conffile import FilePeer
from tns.engines.wireguard.dump import LivePeer
from tns.engines.wireguard.reconcile import Drift, DriftKind
from tns.engines.wireguard.remote import RemoteWireGuard, Snapshot
from tns.engines.wireguard.values import IPNetwork, network
from tns.vpn import actos, aplicacion, remoto, selectors, sondeo
from tns.vpn.actos import Acto
from tns.vpn.models import EstadoAplicacion, OrigenConfig, ServidorWireGuard, VpnConfig
from tns.vpn.plan import planear

TODO = "todo"
_DESCONOCIDOS = (DriftKind.UNKNOWN_LIVE, DriftKind.UNKNOWN_FILE)


def reconciliar(*, servidor_id: int, reparar: list[str], quitar: list[str], progreso: Progress) -> dict[str, Any]:
    """List the drifts of a server and repair the chosen ones.

    Args:
        reparar: public keys whose rows are applied again, `["todo"]` for every one.
        quitar: public keys of peers without a row, to be taken out of the server.
    """
    servidor = ServidorWireGuard.objects.get(id=servidor_id)
    progreso.stage(f"Leyendo {servidor.nombre}")
    with remoto.candado(servidor.id), remoto.abrir(servidor) as conexion:
        antes = revisar(servidor, conexion.read())
        reparadas, fallos = _reparar(servidor, conexion, antes, reparar, progreso)
        quitadas = _quitar(servidor, conexion, antes, quitar)
        despues = revisar(servidor, conexion.read()) if reparadas or quitadas or fallos else antes
    resultado = {
        "derivas": [asdict(deriva) for deriva in antes],
        "reparadas": reparadas,
        "quitadas": quitadas,
        "fallos": fallos,
        "quedan": [asdict(deriva) for deriva in despues],
    }
    actos.hecho(Acto.RECONCILIAR, servidor, **{clave: len(valor) for clave, valor in resultado.items()})
    return resultado


def revisar(servidor: ServidorWireGuard, hallado: Snapshot) -> list[Drift]:
    """The drifts, remembered in the server's row; rows that turn out to be true stop being pending."""
    ahora = timezone.now()
    filas = list(VpnConfig.objects.filter(servidor_wireguard=servidor).select_related("servidor_wireguard"))
    planes = {fila.pk: planear(fila, ahora) for fila in filas}
    derivas = reconcile.compare(
        [peer for plan in planes.values() for peer in plan.peers],
        [llave for plan in planes.values() for llave in plan.fuera],
        hallado,
    )
    con_deriva = {deriva.public_key for deriva in derivas}
    for fila in filas:
        if fila.estado == EstadoAplicacion.PENDIENTE and not fila.eliminando and not _llaves(fila) & con_deriva:
            aplicacion.anotar_exito(fila, planes[fila.pk])
    sondeo.anotar_lectura(servidor, hallado)
    servidor.ultima_reconciliacion = {
        "instante": ahora.isoformat(),
        "derivas": [asdict(deriva) for deriva in derivas],
    }
    servidor.save(update_fields=["ultima_reconciliacion", "actualizado"])
    return derivas


def importar(*, servidor_id: int, progreso: Progress) -> dict[str, Any]:
    """Make a row for every peer that lives on the server without one; changes nothing there."""
    servidor = ServidorWireGuard.objects.get(id=servidor_id)
    progreso.stage(f"Leyendo {servidor.nombre}")
    with remoto.candado(servidor.id), remoto.abrir(servidor) as conexion:
        hallado = conexion.read()
    en_archivo = {peer.public_key: peer for peer in hallado.conf().peers()[0]}
    en_interfaz = {peer.public_key: peer for peer in hallado.live.peers}
    conocidas = selectors.llaves_conocidas(servidor)
    importadas, omitidas = [], []
    for llave, peer in (en_interfaz | en_archivo).items():
        if llave in conocidas:
            continue
        try:
            with transaction.atomic():
                config = _crear_importada(servidor, peer, en_ambos=llave in en_archivo and llave in en_interfaz)
        except IntegrityError:
            omitidas.append({"public_key": llave, "motivo": "Su dirección o su nombre ya están registrados."})
            continue
        importadas.append({"id": config.pk, "nombre": config.nombre, "public_key": llave})
        actos.hecho(Acto.IMPORTAR, config)
    revisar(servidor, hallado)
    return {"importadas": importadas, "omitidas": omitidas}


def _reparar(
    servidor: ServidorWireGuard,
    conexion: RemoteWireGuard,
    derivas: list[Drift],
    elegidas: list[str],
    progreso: Progress,
) -> tuple[list[str], list[dict[str, str]]]:
    rotas = {deriva.public_key for deriva in derivas if deriva.kind not in _DESCONOCIDOS}
    if TODO not in elegidas:
        rotas &= set(elegidas)
    reparadas: list[str] = []
    fallos: list[dict[str, str]] = []
    filas = VpnConfig.objects.filter(servidor_wireguard=servidor).select_related("servidor_wireguard")
    for fila in [fila for fila in filas if _llaves(fila) & rotas] if rotas else []:
        plan = planear(fila, timezone.now())
        try:
            aplicacion.ejecutar(conexion, plan, progreso)
        except TNSError as error:
            aplicacion.anotar_fallo(fila, error)
            fallos.append({"public_key": fila.public_key, "codigo": error.codigo_estable, "detalle": error.detalle})
            actos.fallido(Acto.APLICAR, fila, error)
            continue
        aplicacion.anotar_exito(fila, plan)
        actos.hecho(Acto.APLICAR, fila, reparada=True)
        if fila.eliminando:
            fila.delete()
        reparadas.append(fila.public_key)
    return reparadas, fallos


def _quitar(
    servidor: ServidorWireGuard, conexion: RemoteWireGuard, derivas: list[Drift], elegidas: list[str]
) -> list[str]:
    desconocidas = {deriva.public_key for deriva in derivas if deriva.kind in _DESCONOCIDOS}
    quitadas = sorted(desconocidas & set(elegidas))
    for llave in quitadas:
        conexion.remove(llave)
        actos.hecho(Acto.QUITAR_DESCONOCIDO, servidor, peer=llave)
    return quitadas


def _llaves(fila: VpnConfig) -> set[str]:
    return {fila.public_key, fila.anterior_public_key} - {""}


def _crear_importada(servidor: ServidorWireGuard, peer: FilePeer | LivePeer, *, en_ambos: bool) -> VpnConfig:
    nombre = (peer.name if isinstance(peer, FilePeer) else "") or f"Importado {peer.public_key[:8]}"
    if VpnConfig.objects.filter(servidor_wireguard=servidor, nombre=nombre).exists():
        nombre = f"{nombre[:70]} {peer.public_key[:8]}"
    ipv4, ipv6, otras = _repartir(servidor, peer.allowed_ips)
    return VpnConfig.objects.create(
        servidor_wireguard=servidor,
        nombre=nombre,
        origen=OrigenConfig.IMPORTADA,
        ip_address=ipv4,
        ipv6_address=ipv6,
        redes_adicionales=otras,
        public_key=peer.public_key,
        preshared_key=peer.preshared_key,
        keepalive_servidor=peer.keepalive,
        endpoint_fijo=peer.endpoint if isinstance(peer, FilePeer) else "",
        estado=EstadoAplicacion.APLICADA if en_ambos else EstadoAplicacion.PENDIENTE,
        presente=True,
    )


def _repartir(servidor: ServidorWireGuard, redes: tuple[IPNetwork, ...]) -> tuple[str | None, str | None, list[str]]:
    """The peer's own IPv4 and IPv6 addresses (those of the server's networks first), and the rest."""
    elegidas: dict[int, IPNetwork] = {}
    for version, propia in ((4, servidor.red_ipv4), (6, servidor.red_ipv6)):
        solas = [red for red in redes if red.version == version and red.num_addresses == 1]
        dentro = [red for red in solas if propia and red.subnet_of(network(propia))]  # type: ignore[arg-type]
        if dentro or solas:
            elegidas[version] = (dentro or solas)[0]
    otras = [str(red) for red in redes if red not in elegidas.values()]
    ipv4, ipv6 = elegidas.get(4), elegidas.get(6)
    return (str(ipv4.network_address) if ipv4 else None, str(ipv6.network_address) if ipv6 else None, otras)
