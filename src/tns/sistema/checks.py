"""What must be right before the program serves anybody: otherwise its entry points refuse (config.arranque)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.core.exceptions import ImproperlyConfigured

_CLAVE_MINIMA = 32


@register("tns", deploy=True)
def clave_secreta(app_configs: Any, **_: Any) -> list[CheckMessage]:
    """SECRET_KEY signs sessions: absent or short, anybody may become anybody."""
    clave = _secreta()
    if not clave:
        return [Error("Falta SECRET_KEY.", hint="Ponga una cadena al azar de 50 caracteres.", id="tns.E001")]
    if len(clave) < _CLAVE_MINIMA or len(set(clave)) < 8:
        return [Error("SECRET_KEY es demasiado débil.", hint="Use 50 caracteres al azar.", id="tns.E002")]
    return []


@register("tns", deploy=True)
def claves_de_cifrado(app_configs: Any, **_: Any) -> list[CheckMessage]:
    """Without a good encryption key no password of a server can be stored or read."""
    if not settings.TNS_CLAVES_CIFRADO:
        return [
            Error(
                "Falta TNS_CLAVES_CIFRADO: no se podría guardar ninguna contraseña.",
                hint="Cree una con `tns manage clave_cifrado` y guárdela también fuera de este equipo.",
                id="tns.E003",
            )
        ]
    malas = sum(not _es_fernet(clave) for clave in settings.TNS_CLAVES_CIFRADO)
    if malas:
        return [Error(f"{malas} de las claves de TNS_CLAVES_CIFRADO están mal escritas.", id="tns.E004")]
    if _secreta() in settings.TNS_CLAVES_CIFRADO:
        return [Error("TNS_CLAVES_CIFRADO no debe repetir SECRET_KEY.", id="tns.E005")]
    return []


def _secreta() -> str:
    try:
        return str(settings.SECRET_KEY)
    except ImproperlyConfigured:  # Django's own way to say that it is empty
        return ""


def _es_fernet(clave: str) -> bool:
    try:
        Fernet(clave)
    except ValueError:
        return False
    return True


@register("tns", deploy=True)
def exposicion(app_configs: Any, **_: Any) -> list[CheckMessage]:
    """Settings that are comfortable at home and dangerous on the Internet."""
    mensajes: list[CheckMessage] = []
    if settings.DEBUG and settings.TNS_HTTPS:
        mensajes.append(Error("DEBUG está activo en un sitio publicado (TNS_HTTPS).", id="tns.E006"))
    if "*" in settings.ALLOWED_HOSTS:
        mensajes.append(
            Warning("ALLOWED_HOSTS acepta cualquier nombre.", hint="Escriba los nombres de este sitio.", id="tns.W001")
        )
    return mensajes


@register("tns", deploy=True)
def carpeta_de_modelos(app_configs: Any, **_: Any) -> list[CheckMessage]:
    """A training of hours must not fail at its last step because the folder cannot be written."""
    return _carpeta("de modelos", "MODELOS_ML_DIR", "tns.E007")


@register("tns", deploy=True)
def carpeta_de_medios(app_configs: Any, **_: Any) -> list[CheckMessage]:
    """Nobody should learn that logos cannot be kept by uploading one."""
    return _carpeta("de logos y videos", "TNS_MEDIOS_DIR", "tns.E008")


def _carpeta(cual: str, ajuste: str, codigo: str) -> list[CheckMessage]:
    carpeta = Path(getattr(settings, ajuste))
    existente = next(p for p in (carpeta, *carpeta.absolute().parents) if p.exists())
    if existente.is_dir() and os.access(existente, os.W_OK | os.X_OK):
        return []
    aviso = f"No se puede escribir en la carpeta {cual} {carpeta}."
    return [Error(aviso, hint=f"Dé permiso a este usuario o cambie {ajuste}.", id=codigo)]
