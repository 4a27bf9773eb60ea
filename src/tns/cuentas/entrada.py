"""Signing in, by the API or the admin's form: counted, so that passwords are not guessed, and written down."""

from __future__ import annotations

import hashlib
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from tns.common.limites import contar
from tns.cuentas import auditoria
from tns.cuentas.models import Usuario

VENTANA_S = 300
FALLOS_POR_PAREJA, FALLOS_POR_DIRECCION, FALLOS_POR_USUARIO = 8, 40, 60


class EntradaConLimite(ModelBackend):
    """Django's own check, refused with DemasiadasSolicitudes after too many failures.

    Failures count per address and user (somebody guesses), per address (somebody tries many users) and per user (many
    addresses try one), the last far more loosely: it must not be a way to lock people out.
    """

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **campos: Any
    ) -> Usuario | None:
        username = username if username is not None else campos.get(Usuario.USERNAME_FIELD)
        if request is None or not isinstance(username, str) or "\x00" in username:
            return super().authenticate(request, username, password) if request is None else None
        contadores = _contadores(request, username)
        for nombre, maximo in contadores.items():
            _mirar(nombre, maximo)
        usuario = super().authenticate(request, username, password)
        if usuario is None:
            for nombre, maximo in contadores.items():
                contar(nombre, maximo=maximo, segundos=VENTANA_S)
            auditoria.registrar("entrada_fallida", detalle={"usuario": username[:150]})
        return usuario


def _contadores(request: HttpRequest, username: str) -> dict[str, int]:
    direccion = request.META.get("REMOTE_ADDR", "")
    quien = hashlib.sha256(username.casefold().encode("utf-8", "replace")).hexdigest()[:24]
    return {
        f"entrada:{direccion}:{quien}": FALLOS_POR_PAREJA,
        f"entrada:{direccion}": FALLOS_POR_DIRECCION,
        f"entrada:usuario:{quien}": FALLOS_POR_USUARIO,
    }


def _mirar(nombre: str, maximo: int) -> None:
    """Raise DemasiadasSolicitudes when the failures so far already fill the window."""
    if contar(nombre, maximo=maximo, segundos=VENTANA_S, sumar=0).usadas >= maximo:
        contar(nombre, maximo=maximo, segundos=VENTANA_S).exigir()
