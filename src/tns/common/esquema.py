"""What every operation of the OpenAPI schema has in common: its problem documents."""

from __future__ import annotations

from typing import Any

_PROBLEMA = {
    "type": "object",
    "description": "Documento de problema (RFC 9457).",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "codigo": {"type": "string", "description": "Código estable para programas."},
        "que_hacer": {"type": "string", "description": "El siguiente paso."},
        "errores": {"type": "object", "additionalProperties": True, "description": "Frases por campo."},
    },
    "required": ["type", "title", "status", "detail", "codigo"],
}


def documentar_problemas(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """drf-spectacular hook: add the default problem answer to every operation."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problema"] = _PROBLEMA
    contenido = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problema"}}}
    for operaciones in result.get("paths", {}).values():
        for operacion in operaciones.values():
            if isinstance(operacion, dict) and "responses" in operacion:
                operacion["responses"].setdefault("default", {"description": "Problema", "content": contenido})
    return result
