"""Tunnels cross every company, so only whoever sees all of them may look; secrets ask for more than reading."""

from __future__ import annotations

from typing import Any

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from tns.cuentas.alcance import alcance_de
from tns.cuentas.permisos import AdministrarTodo, OperarTodo, PuedeVerUOperar


class _VerTodo(BasePermission):
    cambiar: type[BasePermission]

    def has_permission(self, request: Request, view: Any) -> bool:
        if request.method in SAFE_METHODS:
            return PuedeVerUOperar().has_permission(request, view) and alcance_de(request).todo
        return self.cambiar().has_permission(request, view)


class VerTodoUOperar(_VerTodo):
    """Readers of everything read, operators of everything act."""

    cambiar = OperarTodo


class VerTodoOAdministrar(_VerTodo):
    """Readers of everything read, administrators of everything change."""

    cambiar = AdministrarTodo
