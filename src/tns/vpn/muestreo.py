"""Every minute: how each tunnel is, and what falls due (expiries, rotations, pending applies)."""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef
from django.utils import timezone

from tns.engines.errors import TNSError
from tns.engines.wireguard.dump import InterfaceDump, LivePeer
from tns.tareas.services import TareaEnCurso
from tns.vpn import reconciliacion, remoto, services
from tns.vpn.actos import Acto
from tns.vpn.models import EstadoAplicacion, ServidorWireGuard, VpnConfig, VpnEnlace, VpnMuestra

logger = logging.getLogger(__name__)
CADA_MUESTRA = timedelta(minutes=5)
CADA_REVISION = timedelta(hours=1)
REINTENTAR_TRAS = timedelta(minutes=5)
GUARDAR_MUESTRAS = timedelta(days=30)


def servidores_por_muestrear() -> list[int]:
    """Servers in use whose host key is approved and not in alarm."""
    con_filas = Exists(VpnConfig.objects.filter(servidor_wireguard=OuterRef("pk")))
    listos = ServidorWireGuard.objects.filter(con_filas, alarma_desde=None).exclude(llave_aprobada="")
    return list(listos.values_list("id", flat=True))


def muestrear(*, servidor_id: int) -> bool:
    """Read a server's state into its rows and begin what is due; False when it could not be read (its row says why)."""
    servidor = ServidorWireGuard.objects.filter(id=servidor_id).first()
    if servidor is None:
        return False
    try:
        with remoto.candado(servidor.id, espera_s=2):
            vivo = _leer(servidor)
    except remoto.ServidorOcupado:
        return False
    except TNSError as error:
        logger.warning("No se pudo leer el servidor WireGuard %s: %s", servidor.id, error.codigo_estable)
        ServidorWireGuard.objects.filter(id=servidor.id).update(ultimo_error=str(error))
        return False
    ahora = timezone.now()
    ServidorWireGuard.objects.filter(id=servidor.id).update(ultima_lectura=ahora, ultimo_error="")
    filas = list(VpnConfig.objects.filter(servidor_wireguard=servidor))
    _guardar_estado(filas, vivo, ahora)
    _guardar_muestras(filas, ahora)
    for fila in filas:
        with suppress(TareaEnCurso):
            _lo_que_vence(fila, vivo, ahora)
    return True


def leer_ahora(config: VpnConfig, *, limite_s: float) -> VpnConfig:
    """The state of one tunnel read at this moment, within some `limite_s` seconds; raises the engine's errors."""
    servidor = config.servidor_wireguard
    with remoto.abrir(servidor, conectar_s=limite_s, orden_s=limite_s) as conexion:
        vivo = conexion.state()
    _guardar_estado([config], vivo, timezone.now())
    return config


def purgar() -> None:
    """Forget old samples and spent links."""
    ahora = timezone.now()
    VpnMuestra.objects.filter(instante__lt=ahora - GUARDAR_MUESTRAS).delete()
    VpnEnlace.objects.filter(expira__lt=ahora - timedelta(days=1)).delete()


def _leer(servidor: ServidorWireGuard) -> InterfaceDump:
    """The state alone, and once an hour the whole, to notice drift and foreign peers."""
    revision = (servidor.ultima_reconciliacion or {}).get("instante")
    toca = revision is None or datetime.fromisoformat(revision) < timezone.now() - CADA_REVISION
    with remoto.abrir(servidor, conectar_s=10, orden_s=15) as conexion:
        if not toca:
            return conexion.state()
        hallado = conexion.read()
    reconciliacion.revisar(servidor, hallado)
    return hallado.live


def _guardar_estado(filas: list[VpnConfig], vivo: InterfaceDump, ahora: datetime) -> None:
    for fila in filas:
        peer = _mas_reciente(vivo, fila)
        fila.leido = ahora
        if peer is not None:
            fila.ultimo_handshake = peer.latest_handshake or fila.ultimo_handshake
            fila.endpoint_visto = peer.endpoint or fila.endpoint_visto
            fila.rx_bytes, fila.tx_bytes = peer.rx_bytes, peer.tx_bytes
    VpnConfig.objects.bulk_update(
        filas, ["leido", "ultimo_handshake", "endpoint_visto", "rx_bytes", "tx_bytes"], batch_size=500
    )


def _mas_reciente(vivo: InterfaceDump, fila: VpnConfig) -> LivePeer | None:
    """During a rotation, whichever of the two keys shook hands last."""
    peers = [peer for llave in (fila.public_key, fila.anterior_public_key) if (peer := vivo.peer(llave))]
    nunca = datetime.min.replace(tzinfo=timezone.get_current_timezone())
    return max(peers, key=lambda peer: peer.latest_handshake or nunca, default=None)


def _guardar_muestras(filas: list[VpnConfig], ahora: datetime) -> None:
    recientes = set(
        VpnMuestra.objects.filter(config__in=filas, instante__gt=ahora - CADA_MUESTRA).values_list(
            "config_id", flat=True
        )
    )
    VpnMuestra.objects.bulk_create(
        VpnMuestra(
            config=fila,
            instante=ahora,
            en_linea=fila.en_linea,
            ultimo_handshake=fila.ultimo_handshake,
            endpoint=fila.endpoint_visto,
            rx_bytes=fila.rx_bytes,
            tx_bytes=fila.tx_bytes,
        )
        for fila in filas
        if fila.pk not in recientes
    )


def _lo_que_vence(fila: VpnConfig, vivo: InterfaceDump, ahora: datetime) -> None:
    nuevo = vivo.peer(fila.public_key)
    if fila.activo and fila.expira_en and fila.expira_en <= ahora and not fila.eliminando:
        services.vencer(config=fila)
    elif fila.rotando and fila.anterior_hasta and nuevo is not None and nuevo.latest_handshake:
        services.completar_rotacion(config=fila, usuario=None)
    elif (fila.estado == EstadoAplicacion.PENDIENTE or _solape_vencido(fila, ahora)) and not _fallo_reciente(
        fila, ahora
    ):
        services.encolar_aplicacion(config=fila, acto=Acto.APLICAR, usuario=None)


def _solape_vencido(fila: VpnConfig, ahora: datetime) -> bool:
    return fila.rotando and (fila.anterior_hasta is None or fila.anterior_hasta <= ahora)


def _fallo_reciente(fila: VpnConfig, ahora: datetime) -> bool:
    return bool(fila.ultimo_error and fila.ultimo_intento and fila.ultimo_intento > ahora - REINTENTAR_TRAS)
