"""What can happen to a tunnel. Each act writes what must be and leaves a task that makes the server agree."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from tns.common.problemas import Conflicto, DatosInvalidos
from tns.cuentas import auditoria
from tns.engines.wireguard import keys
from tns.servidores.models import Servidor
from tns.tareas import services as tareas
from tns.tareas.models import Tarea
from tns.vpn import actos, direcciones
from tns.vpn.actos import Acto
from tns.vpn.models import EstadoAplicacion, ServidorWireGuard, VpnConfig
from tns.vpn.services_servidor import exigir_listo

SOLAPE_MAXIMO = timedelta(days=30)


def crear_config(
    *,
    servidor: ServidorWireGuard,
    nombre: str,
    usuario: Any,
    ip_address: str | None = None,
    ipv6_address: str | None = None,
    public_key: str = "",
    con_llave_compartida: bool = True,
    servidor_tns: Servidor | None = None,
    expira_en: datetime | None = None,
    notas: str = "",
) -> tuple[VpnConfig, Tarea]:
    """A new tunnel with keys and the next free address, and the task that puts it on the server.

    With `public_key` the client keeps its private key. Requests at the same time wait for each other at the server's
    row, and the database refuses a repeated address in any case.

    Raises:
        PoolExhausted, DireccionOcupada, DatosInvalidos; Conflicto when the server is not ready or the name is taken.
    """
    with transaction.atomic():
        servidor = ServidorWireGuard.objects.select_for_update().get(pk=servidor.pk)
        exigir_listo(servidor)
        config = VpnConfig(servidor_wireguard=servidor, servidor=servidor_tns, nombre=nombre, notas=notas)
        config.expira_en = _fecha_futura(expira_en)
        _dar_direcciones(config, ip_address, ipv6_address)
        _dar_llaves(config, public_key, con_llave_compartida)
        _guardar(config)
        return config, encolar_aplicacion(config=config, acto=Acto.CREAR, usuario=usuario)


def editar_config(*, config: VpnConfig, usuario: Any, **cambios: Any) -> tuple[VpnConfig, Tarea | None]:
    """Change name, notes, linked server, expiry or address; a task only when the server must hear of it."""
    with transaction.atomic():
        config = _tomar(config)
        antes = auditoria.fotografia(config)
        if "expira_en" in cambios:
            _fecha_futura(cambios["expira_en"])
        ipv4, ipv6 = cambios.pop("ip_address", config.ip_address), cambios.pop("ipv6_address", config.ipv6_address)
        al_servidor = (ipv4, ipv6) != (config.ip_address, config.ipv6_address) or bool(
            {"nombre", "expira_en"} & set(cambios)
        )
        if (ipv4, ipv6) != (config.ip_address, config.ipv6_address):
            ServidorWireGuard.objects.select_for_update().get(pk=config.servidor_wireguard_id)
            _dar_direcciones(config, ipv4, ipv6)
        for campo, valor in cambios.items():
            setattr(config, campo, valor)
        if al_servidor:
            return config, _pedir(config, Acto.EDITAR, usuario)
        _guardar(config)
        auditoria.registrar(Acto.EDITAR, config, antes=antes)
        return config, None


def deshabilitar(*, config: VpnConfig, usuario: Any) -> Tarea:
    """Take the peer out of the server and keep the row."""
    with transaction.atomic():
        config = _tomar(config)
        config.activo = False
        return _pedir(config, Acto.DESHABILITAR, usuario)


def habilitar(*, config: VpnConfig, usuario: Any) -> Tarea:
    """Put the peer back; raises Conflicto when it has expired."""
    with transaction.atomic():
        config = _tomar(config)
        if config.expira_en and config.expira_en <= timezone.now():
            raise Conflicto(
                "La configuración está vencida.",
                codigo="vpn_vencida",
                que_hacer="Cambie o quite su fecha de vencimiento.",
            )
        config.activo = True
        return _pedir(config, Acto.HABILITAR, usuario)


def vencer(*, config: VpnConfig) -> Tarea:
    """Its date has come: as disabling, told apart in the trail."""
    with transaction.atomic():
        config = _tomar(config)
        config.activo = False
        return _pedir(config, Acto.VENCER, None)


def rotar(*, config: VpnConfig, usuario: Any, solape_horas: float = 0, public_key: str = "") -> Tarea:
    """New keys for the same tunnel and address.

    With `solape_horas` the old key goes on working until the new one first shakes hands or the hours pass; without,
    it stops at once. A client that keeps its own key sends the new `public_key`.
    """
    with transaction.atomic():
        config = _tomar(config)
        if not config.debe_estar(timezone.now()):
            raise Conflicto(
                "La configuración está deshabilitada o vencida.", codigo="vpn_inactiva", que_hacer="Habilítela primero."
            )
        if config.rotando:
            raise Conflicto(
                "Ya hay una rotación de llaves en curso.",
                codigo="rotacion_en_curso",
                que_hacer="Espere a que el cliente use la llave nueva o complete la rotación.",
            )
        solape = timedelta(hours=solape_horas)
        if not timedelta(0) <= solape <= SOLAPE_MAXIMO:
            raise DatosInvalidos({"solape_horas": [f"Debe estar entre 0 y {SOLAPE_MAXIMO.days * 24} horas."]})
        config.anterior_public_key, config.anterior_preshared_key = config.public_key, config.preshared_key
        config.anterior_hasta = timezone.now() + solape
        _dar_llaves(config, public_key, bool(config.preshared_key))
        return _pedir(config, Acto.ROTAR, usuario)


def completar_rotacion(*, config: VpnConfig, usuario: Any) -> Tarea:
    """The old key stops now and the new one takes the address."""
    with transaction.atomic():
        config = _tomar(config)
        if not config.rotando:
            raise Conflicto("No hay ninguna rotación de llaves en curso.", codigo="sin_rotacion", que_hacer="")
        config.anterior_hasta = timezone.now()
        return _pedir(config, Acto.COMPLETAR_ROTACION, usuario)


def aplicar(*, config: VpnConfig, usuario: Any) -> Tarea:
    """Try again to make the server agree."""
    return encolar_aplicacion(config=config, acto=Acto.APLICAR, usuario=usuario)


def eliminar(*, config: VpnConfig, usuario: Any) -> Tarea:
    """Take the peer out of the server, then forget the row; until then its address stays taken."""
    with transaction.atomic():
        config = _tomar(config, aun_eliminando=True)
        config.eliminando = True
        return _pedir(config, Acto.ELIMINAR, usuario)


def olvidar(*, config: VpnConfig) -> None:
    """Delete the row without touching the server, for one that no longer exists."""
    with transaction.atomic():
        actos.hecho(Acto.OLVIDAR, config, presente=config.presente)
        config.delete()


def encolar_aplicacion(
    *, config: VpnConfig, acto: Acto, usuario: Any, antes: auditoria.Fotografia | None = None
) -> Tarea:
    """The task that applies a row; raises TareaEnCurso when one is under way."""
    from tns.vpn.tasks import aplicar_vpn_task

    with transaction.atomic():
        tarea = tareas.encolar(
            aplicar_vpn_task,
            titulo=f"{acto.titulo} VPN {config.nombre}",
            objeto=f"vpn:{config.pk}",
            argumentos={"config_id": config.pk, "acto": str(acto)},
            usuario=usuario,
        )
        actos.pedido(acto, config, antes=antes)
    return tarea


def _pedir(config: VpnConfig, acto: Acto, usuario: Any) -> Tarea:
    antes = auditoria.fotografia(VpnConfig.objects.get(pk=config.pk))
    config.generacion += 1
    config.estado = EstadoAplicacion.PENDIENTE
    config.ultimo_error = config.ultimo_error_codigo = ""
    _guardar(config)
    return encolar_aplicacion(config=config, acto=acto, usuario=usuario, antes=antes)


def _tomar(config: VpnConfig, *, aun_eliminando: bool = False) -> VpnConfig:
    """The row, locked, as it is now."""
    fila = VpnConfig.objects.select_for_update(of=("self",)).select_related("servidor_wireguard").get(pk=config.pk)
    if fila.eliminando and not aun_eliminando:
        raise Conflicto("Esta configuración se está eliminando.", codigo="vpn_eliminando", que_hacer="")
    return fila


def _dar_direcciones(config: VpnConfig, ipv4: str | None, ipv6: str | None) -> None:
    servidor = config.servidor_wireguard
    ocupadas = direcciones.tomadas(servidor, menos=config)
    if ipv4:
        config.ip_address = direcciones.exigir_libre(servidor.red_ipv4, ipv4, ocupadas, campo="ip_address")
    else:
        config.ip_address = direcciones.siguiente(servidor.red_ipv4, ocupadas)
    if ipv6:
        config.ipv6_address = direcciones.exigir_libre(servidor.red_ipv6, ipv6, ocupadas, campo="ipv6_address")
    elif servidor.red_ipv6:
        config.ipv6_address = direcciones.siguiente(servidor.red_ipv6, ocupadas)


def _dar_llaves(config: VpnConfig, public_key: str, con_llave_compartida: bool) -> None:
    if public_key:
        config.public_key, config.private_key = public_key, ""
    else:
        par = keys.new_key_pair()
        config.public_key, config.private_key = par.public, par.private
    config.preshared_key = keys.new_preshared_key() if con_llave_compartida else ""


def _fecha_futura(fecha: datetime | None) -> datetime | None:
    if fecha is not None and fecha <= timezone.now():
        raise DatosInvalidos({"expira_en": ["La fecha de vencimiento ya pasó."]})
    return fecha


_REPETIDOS = {
    "vpn_nombre_unico": ("nombre_repetido", "Ya hay una configuración con ese nombre en este servidor."),
    "vpn_ipv4_unica": ("direccion_ocupada", "Esa dirección IPv4 ya está asignada en este servidor."),
    "vpn_ipv6_unica": ("direccion_ocupada", "Esa dirección IPv6 ya está asignada en este servidor."),
    "vpn_llave_unica": ("llave_repetida", "Esa llave pública ya está registrada en este servidor."),
}


def _guardar(config: VpnConfig) -> None:
    """Save; a repeated name, address or key becomes a Conflicto."""
    try:
        with transaction.atomic():
            config.save()
    except IntegrityError as error:
        for restriccion, (codigo, detalle) in _REPETIDOS.items():
            if restriccion in str(error):
                raise Conflicto(detalle, codigo=codigo, que_hacer="Elija otro valor.") from None
        raise
