"""Who else can say why a server does not answer: apps above this one register what they know of the way to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tns.engines.sources.errors import ConnectionLost, ConnectionRefused, MuteServer, ServerUnreachable, SourceError
from tns.servidores.models import Servidor

Diagnostico = Callable[[Servidor], dict[str, Any] | None]
SIN_RESPUESTA = (ServerUnreachable, ConnectionRefused, MuteServer, ConnectionLost)
_registrados: dict[str, Diagnostico] = {}


def registrar(nombre: str, diagnostico: Diagnostico) -> None:
    """Called from an AppConfig.ready(). The answer of `diagnostico` is JSON-able, None when it has nothing to say; its
    `veredicto`, if any, is a Spanish sentence about where the fault is when the server did not answer."""
    _registrados[nombre] = diagnostico


def diagnosticar(servidor: Servidor) -> dict[str, Any]:
    """What everybody registered says, by name, without those that have nothing to say."""
    respuestas = {nombre: diagnostico(servidor) for nombre, diagnostico in _registrados.items()}
    return {nombre: respuesta for nombre, respuesta in respuestas.items() if respuesta is not None}


def explicado(error: SourceError, servidor: Servidor) -> SourceError:
    """The same error, which now also tells where the fault is; for one of SIN_RESPUESTA."""
    respuestas = diagnosticar(servidor)
    veredictos = [str(r["veredicto"]) for r in respuestas.values() if r.get("veredicto")]
    if veredictos:
        error.que_hacer = " ".join(veredictos)
    error.datos |= respuestas
    return error
