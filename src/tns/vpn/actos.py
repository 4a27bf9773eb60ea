"""The acts on tunnels and their servers, as the audit trail tells them: one line when asked for, one when ended.

Who acts, from where and in which task is known to `tns.cuentas.auditoria` from what is running.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from tns.cuentas import auditoria
from tns.engines.errors import TNSError
from tns.vpn.models import ServidorWireGuard, VpnConfig


class Acto(StrEnum):
    """The verb in the trail; part of the API."""

    CREAR = "crear"
    EDITAR = "editar"
    APLICAR = "aplicar"
    DESHABILITAR = "deshabilitar"
    HABILITAR = "habilitar"
    ROTAR = "rotar"
    COMPLETAR_ROTACION = "completar_rotacion"
    VENCER = "vencer"
    ELIMINAR = "eliminar"
    OLVIDAR = "olvidar"
    IMPORTAR = "importar"
    RECONCILIAR = "reconciliar"
    QUITAR_DESCONOCIDO = "quitar_desconocido"
    PROBAR = "probar"
    APROBAR_HUELLA = "aprobar_huella"
    ALARMA_HUELLA = "alarma_huella"
    DESCARGAR = "descargar"
    CREAR_ENLACE = "crear_enlace"
    USAR_ENLACE = "usar_enlace"

    @property
    def titulo(self) -> str:
        """For people, as the beginning of a task's title."""
        return _TITULOS.get(self, self.value.replace("_", " ").capitalize())


_TITULOS = {
    Acto.COMPLETAR_ROTACION: "Completar la rotación de",
    Acto.ROTAR: "Rotar las llaves de",
    Acto.APROBAR_HUELLA: "Aprobar la huella de",
}


def pedido(acto: Acto, config: VpnConfig, *, antes: auditoria.Fotografia | None = None) -> None:
    """Somebody asked for it; `antes` tells what changes in the row."""
    auditoria.registrar(acto, config, antes=antes, detalle={"resultado": "pedido"})


def hecho(acto: Acto, objeto: VpnConfig | ServidorWireGuard, **detalle: Any) -> None:
    """It was done."""
    auditoria.registrar(acto, objeto, antes=auditoria.fotografia(objeto), detalle={"resultado": "hecho", **detalle})


def fallido(acto: Acto, objeto: VpnConfig | ServidorWireGuard, error: TNSError) -> None:
    """It was tried and failed."""
    detalle = {"resultado": "fallo", "codigo": error.codigo_estable, "motivo": error.detalle}
    auditoria.registrar(acto, objeto, antes=auditoria.fotografia(objeto), detalle=detalle)
