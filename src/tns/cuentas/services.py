"""What can happen to users."""

from __future__ import annotations

import secrets

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from tns.common.problemas import DatosInvalidos
from tns.cuentas.models import Rol, Usuario


def crear_usuario(
    *, username: str, password: str, email: str = "", rol: str = Rol.NINGUNO, nits_base: list[str] | None = None
) -> Usuario:
    """A new user with a checked password; raises DatosInvalidos when name or password do not serve."""
    usuario = Usuario(username=username, email=email, rol=rol, nits_base=nits_base or [])
    try:
        usuario.full_clean(exclude=["password"])
        validate_password(password, usuario)
    except ValidationError as error:
        errores = error.message_dict if hasattr(error, "error_dict") else {"password": error.messages}
        raise DatosInvalidos(errores) from error
    usuario.set_password(password)
    try:
        with transaction.atomic():
            usuario.save()
    except IntegrityError as error:
        raise DatosInvalidos({"username": ["Ya existe un usuario con ese nombre."]}) from error
    return usuario


def crear_administrador(*, username: str = "administrador") -> tuple[Usuario, str] | None:
    """The first administrator with a random password, told once; None when there is already one."""
    if Usuario.objects.filter(is_superuser=True).exists():
        return None
    clave = secrets.token_urlsafe(12)
    usuario = Usuario(username=username, rol=Rol.ADMINISTRADOR, is_staff=True, is_superuser=True)
    usuario.set_password(clave)
    usuario.save()
    return usuario, clave


def cambiar_clave(*, usuario: Usuario, actual: str, nueva: str) -> None:
    """Change the user's own password; raises DatosInvalidos when the present one is wrong or the new one weak."""
    if not usuario.check_password(actual):
        raise DatosInvalidos({"actual": ["La contraseña actual no coincide."]})
    try:
        validate_password(nueva, usuario)
    except ValidationError as error:
        raise DatosInvalidos({"nueva": error.messages}) from error
    usuario.set_password(nueva)
    usuario.save(update_fields=["password"])
