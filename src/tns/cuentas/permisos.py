"""What a caller may do, in three steps: read, operate (run things), administer (change the registry).

A view that only people of the console may reach keeps the default permission; one that an API key may read as well adds
`LecturaConLlave`. Keys never write.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from rest_framework import status
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from tns.common.problemas import Problema
from tns.cuentas.alcance import alcance_de


class ClaveTemporal(Problema):
    """Whoever came in with the password that an administrator gave him does nothing before he changes it."""

    estado_http = status.HTTP_403_FORBIDDEN
    codigo = "clave_temporal"
    titulo = "Cambie su contraseña"
    que_hacer_por_defecto = "Cámbiela en su menú de usuario (/api/auth/clave/) y repita lo que hacía."


def _puede(request: Request, que: str) -> bool:
    usuario: Any = request.user
    if getattr(usuario, "clave_temporal", False):
        raise ClaveTemporal("Entró con una contraseña temporal.")
    return bool(usuario and usuario.is_authenticated and getattr(usuario, que, False))


class PuedeVerOAdministrar(BasePermission):
    """Readers read; only administrators change."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return _puede(request, "puede_leer" if request.method in SAFE_METHODS else "puede_administrar")


class PuedeVerUOperar(BasePermission):
    """Readers read; operators and administrators run."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return _puede(request, "puede_leer" if request.method in SAFE_METHODS else "puede_operar")


class AdministrarTodo(BasePermission):
    """Administrators who are not limited to some NITs: what concerns the whole installation."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return _puede(request, "puede_administrar") and alcance_de(request).todo


class VerOAdministrarTodo(BasePermission):
    """Readers read (what their scope lets them); only administrators of everything change."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if request.method in SAFE_METHODS:
            return _puede(request, "puede_leer")
        return AdministrarTodo().has_permission(request, view)


class OperarTodo(BasePermission):
    """Operators and administrators who are not limited to some NITs."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return _puede(request, "puede_operar") and alcance_de(request).todo


class LecturaConLlave(BasePermission):
    """Reading (and asking for a forecast) by people or by an API key of the NIT.

    The view says in `alcance_de_llave` which of the key's scopes it needs, and in `metodos_de_llave` which methods a
    key may use; without a scope said, only keys without restriction pass.
    """

    metodos_de_llave = SAFE_METHODS

    def has_permission(self, request: Request, view: Any) -> bool:
        if getattr(request.user, "es_llave", False):
            permitidos = getattr(view, "metodos_de_llave", self.metodos_de_llave)
            return request.method in permitidos and request.user.permite(getattr(view, "alcance_de_llave", ""))
        return PuedeVerUOperar().has_permission(request, view)


class PuedeRegistrar(BasePermission):
    """Administrators of everything; anybody who brings an invitation; anybody at all when registration is open."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if settings.TNS_REGISTRO_ABIERTO or AdministrarTodo().has_permission(request, view):
            return True
        return isinstance(request.data, dict) and bool(request.data.get("invitacion"))


class EsPersona(BasePermission):
    """Anybody signed in to the console, whatever his role."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return bool(request.user and request.user.is_authenticated and not getattr(request.user, "es_llave", False))
