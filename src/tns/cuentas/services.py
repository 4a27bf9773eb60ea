"""What can happen to users and invitations."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from tns.common.nit import NitInvalido, interpretar
from tns.common.problemas import Conflicto, DatosInvalidos
from tns.cuentas import auditoria
from tns.cuentas.models import Invitacion, Rol, Sesion, Usuario


def bases_de(nits: Iterable[str]) -> list[str]:
    """The bases of NITs written in any way; raises DatosInvalidos for what is none."""
    try:
        return sorted({interpretar(nit).base for nit in nits})
    except NitInvalido as error:
        raise DatosInvalidos({"nits_base": [str(error)]}) from error


def crear_usuario(
    *, username: str, password: str, email: str = "", rol: str = Rol.NINGUNO, nits_base: Iterable[str] = ()
) -> Usuario:
    """A new user with a checked password; raises DatosInvalidos when name or password do not serve."""
    usuario = Usuario(username=username, email=email, rol=rol, nits_base=bases_de(nits_base))
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
            auditoria.registrar(auditoria.CREAR, usuario)
    except IntegrityError as error:
        raise DatosInvalidos({"username": ["Ya existe un usuario con ese nombre."]}) from error
    return usuario


def cambiar_usuario(*, usuario: Usuario, quien: Usuario, **cambios: Any) -> Usuario:
    """Approve, limit or close a user; raises Conflicto when nobody would be left to administer everything."""
    if "nits_base" in cambios:
        cambios["nits_base"] = bases_de(cambios["nits_base"])
    with transaction.atomic():
        list(Usuario.objects.select_for_update().filter(rol=Rol.ADMINISTRADOR).values_list("id"))
        usuario = Usuario.objects.select_for_update().get(id=usuario.id)
        antes = auditoria.fotografia(usuario)
        for campo, valor in cambios.items():
            setattr(usuario, campo, valor)
        if usuario.rol != Rol.ADMINISTRADOR and usuario.is_superuser:
            usuario.is_superuser = usuario.is_staff = False
        usuario.save()
        quedan = [u for u in Usuario.objects.filter(is_active=True) if u.puede_administrar and u.alcance.todo]
        if not quedan:
            raise Conflicto(
                "No quedaría nadie que administre toda la instalación.",
                codigo="ultimo_administrador",
                que_hacer="Nombre antes a otro administrador sin límite de NIT.",
            )
        auditoria.registrar(auditoria.ACTUALIZAR, usuario, antes=antes, actor=quien)
    return usuario


def crear_administrador(*, username: str = "administrador") -> tuple[Usuario, str] | None:
    """The first administrator with a random password, told once; None when there is already one."""
    if Usuario.objects.filter(is_superuser=True).exists():
        return None
    clave = secrets.token_urlsafe(12)
    usuario = Usuario(username=username, rol=Rol.ADMINISTRADOR, is_staff=True, is_superuser=True)
    usuario.set_password(clave)
    with transaction.atomic():
        usuario.save()
        auditoria.registrar(auditoria.CREAR, usuario)
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
    usuario.clave_temporal = False
    with transaction.atomic():
        usuario.save(update_fields=["password", "clave_temporal"])
        cerrar_sesiones(usuario)
        auditoria.registrar("cambiar_clave", usuario)


def restablecer_clave(*, usuario: Usuario, quien: Usuario) -> str:
    """A temporary password for somebody else, told once; his sessions end, and it opens nothing until he changes it.

    Raises Conflicto for one's own account, and for the installation's owner (superuser) when one is not it oneself.
    """
    if usuario.pk == quien.pk:
        raise Conflicto(
            "Su propia contraseña se cambia con la actual.", codigo="clave_propia", que_hacer="Use /api/auth/clave/."
        )
    if usuario.is_superuser and not quien.is_superuser:
        raise Conflicto(
            "La contraseña de quien instaló el programa no se restablece desde aquí.",
            codigo="clave_protegida",
            que_hacer="Quien opera el equipo puede cambiarla con `tns manage changepassword`.",
        )
    clave = secrets.token_urlsafe(12)
    usuario.set_password(clave)
    usuario.clave_temporal = True
    with transaction.atomic():
        usuario.save(update_fields=["password", "clave_temporal"])
        cerrar_sesiones(usuario)
        auditoria.registrar("restablecer_clave", usuario, actor=quien)
    return clave


def cerrar_sesiones(usuario: Usuario) -> None:
    """End every session of a user at once."""
    Sesion.objects.filter(usuario=usuario).delete()


def invitar(
    *, quien: Usuario, rol: str, nits_base: Iterable[str] = (), email: str = "", dias_validez: int = 7
) -> tuple[Invitacion, str]:
    """An invitation and its token, which exists nowhere else from then on."""
    token = secrets.token_urlsafe(32)
    invitacion = Invitacion(
        token_hash=_hash(token),
        rol=rol,
        nits_base=bases_de(nits_base),
        email=email,
        creada_por=quien,
        caduca=timezone.now() + timedelta(days=dias_validez),
    )
    with transaction.atomic():
        invitacion.save()
        auditoria.registrar(auditoria.CREAR, invitacion)
    return invitacion, token


def aceptar_invitacion(*, token: str, username: str, password: str, email: str = "") -> Usuario:
    """The user that the invitation was for; raises DatosInvalidos for one unknown, used or expired alike."""
    with transaction.atomic():
        invitacion = (
            Invitacion.objects.select_for_update()
            .filter(token_hash=_hash(token), usada=None, caduca__gt=timezone.now())
            .first()
        )
        if invitacion is None:
            raise DatosInvalidos({"invitacion": ["La invitación no existe, ya se usó o caducó. Pida otra."]})
        usuario = crear_usuario(
            username=username,
            password=password,
            email=email or invitacion.email,
            rol=invitacion.rol,
            nits_base=invitacion.nits_base,
        )
        invitacion.usada_por, invitacion.usada = usuario, timezone.now()
        invitacion.save(update_fields=["usada_por", "usada"])
    return usuario


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
