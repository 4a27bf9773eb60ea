"""How the OpenAPI schema names the session."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension


class EsquemaSesion(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "tns.cuentas.autenticacion.SesionAuthentication"
    name = "sesion"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": "sessionid",
            "description": "Sesión de la consola (más X-CSRFToken al escribir).",
        }
