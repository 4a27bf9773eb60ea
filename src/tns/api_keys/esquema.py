"""How the OpenAPI schema names the key."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension


class EsquemaLlave(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "tns.api_keys.autenticacion.LlaveAuthentication"
    name = "llave"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`Api-Key sk_…`: lee los datos de su propio NIT.",
        }
