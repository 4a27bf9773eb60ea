"""Making the server agree with a row. Safe to repeat: what is already so is left alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from tns.engines.errors import TNSError
from tns.engines.progress import Progress
from tns.engines.wireguard.dump import InterfaceDump
from tns.engines.wireguard.errors import UnexpectedOutput
from tns.engines.wireguard.remote import RemoteWireGuard
from tns.vpn import actos, remoto
from tns.vpn.actos import Acto
from tns.vpn.models import EstadoAplicacion, VpnConfig
from tns.vpn.plan import Plan, planear


@dataclass(frozen=True)
class ResultadoAplicar:
    """What a run of `aplicar` leaves; JSON-able."""

    config_id: int
    estado: str
    en_servidor: bool
    direcciones: list[str]
    detalle: str


def aplicar(*, config_id: int, acto: str, progreso: Progress) -> ResultadoAplicar:
    """Do what the row says, on the running interface and in its file, and read it back.

    Raises what the engine raises; the row then stays PENDIENTE with the cause, and sampling tries again later.
    """
    config = VpnConfig.objects.select_related("servidor_wireguard").filter(id=config_id).first()
    if config is None:
        return ResultadoAplicar(config_id, EstadoAplicacion.APLICADA, False, [], "La configuración ya no existe.")
    progreso.stage("Esperando turno en el servidor")
    try:
        with remoto.candado(config.servidor_wireguard_id):
            config.refresh_from_db()
            ahora = timezone.now()
            plan = planear(config, ahora)
            progreso.stage(f"Conectando con {config.servidor_wireguard.nombre}")
            with remoto.abrir(config.servidor_wireguard) as servidor:
                progreso.stage("Aplicando en la interfaz y en su archivo", len(plan.peers) + len(plan.fuera))
                ejecutar(servidor, plan, progreso)
                comprobar(servidor.state(), plan)
            resultado = anotar_exito(config, plan)
    except VpnConfig.DoesNotExist:
        return ResultadoAplicar(config_id, EstadoAplicacion.APLICADA, False, [], "La configuración ya no existe.")
    except TNSError as error:
        anotar_fallo(config, error)
        actos.fallido(Acto(acto), config, error)
        raise
    actos.hecho(Acto(acto), config, en_servidor=resultado.en_servidor)
    if config.eliminando:
        config.delete()
    return resultado


def ejecutar(servidor: RemoteWireGuard, plan: Plan, progreso: Progress) -> None:
    """Carry a plan out, peer by peer."""
    for llave in plan.fuera:
        if llave != plan.reemplaza:
            servidor.remove(llave)
        progreso.advance()
    for peer in plan.peers:
        servidor.apply(peer, replaces=plan.reemplaza)
        progreso.advance()


def comprobar(vivo: InterfaceDump, plan: Plan) -> None:
    """Read back: the interface must hold exactly what was asked."""
    for peer in plan.peers:
        hallado = vivo.peer(peer.public_key)
        if hallado is None or set(hallado.allowed_ips) != set(peer.allowed_ips):
            raise UnexpectedOutput("El servidor aceptó el cambio, pero al leerlo de nuevo no está.")
    if any(vivo.peer(llave) for llave in plan.fuera):
        raise UnexpectedOutput("El servidor aceptó quitar el peer, pero al leerlo de nuevo sigue ahí.")


def anotar_exito(config: VpnConfig, plan: Plan) -> ResultadoAplicar:
    """The server agrees with the row as it was read; a row that changed meanwhile stays pending."""
    cambios: dict[str, Any] = {
        "estado": EstadoAplicacion.APLICADA,
        "presente": bool(plan.peers),
        "ultimo_intento": timezone.now(),
        "ultimo_error": "",
        "ultimo_error_codigo": "",
    }
    if plan.reemplaza or not plan.peers:
        cambios |= {"anterior_public_key": "", "anterior_preshared_key": "", "anterior_hasta": None}
    vigente = VpnConfig.objects.filter(pk=config.pk, generacion=config.generacion).update(**cambios)
    direcciones = [str(red) for peer in plan.peers for red in peer.allowed_ips]
    return ResultadoAplicar(
        config_id=config.pk,
        estado=EstadoAplicacion.APLICADA if vigente else EstadoAplicacion.PENDIENTE,
        en_servidor=bool(plan.peers),
        direcciones=direcciones,
        detalle="El peer está en el servidor." if plan.peers else "El peer ya no está en el servidor.",
    )


def anotar_fallo(config: VpnConfig, error: TNSError) -> None:
    """The row stays pending and says why."""
    VpnConfig.objects.filter(pk=config.pk).update(
        estado=EstadoAplicacion.PENDIENTE,
        ultimo_intento=timezone.now(),
        ultimo_error=f"{error.detalle} {error.que_hacer}".strip(),
        ultimo_error_codigo=error.codigo_estable,
    )
