"""Who may ask for forecasts."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request

from tns.cuentas.permisos import LecturaConLlave


class Consultar(LecturaConLlave):
    """Asking is reading, also by POST: people who may read, and keys of the NIT with the scope of the view."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if getattr(request.user, "es_llave", False):
            return super().has_permission(request, view)
        return bool(request.user and request.user.is_authenticated and getattr(request.user, "puede_leer", False))
