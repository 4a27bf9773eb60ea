"""What every operation of the OpenAPI schema has in common: its words in Spanish and its problem documents."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from drf_spectacular.openapi import AutoSchema

OPERACIONES = Path(__file__).with_name("operaciones.toml")
_HORA = r"^([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?$"
_METODOS = ("get", "post", "put", "patch", "delete")
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


class Esquema(AutoSchema):
    """Docstrings are for who reads the code; what the schema says is in `operaciones.toml`."""

    def get_description(self) -> str:
        return ""


def documentar(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """drf-spectacular hook: words in Spanish, and the default problem answer, for every operation."""
    catalogo = tomllib.loads(OPERACIONES.read_text(encoding="utf-8"))
    esquemas = result.setdefault("components", {}).setdefault("schemas", {})
    for esquema in esquemas.values():
        if not esquema.get("enum"):
            esquema.pop("description", None)  # the serializer's docstring
    esquemas["Problema"] = _PROBLEMA
    contenido = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problema"}}}
    for ruta, operaciones in result.get("paths", {}).items():
        for metodo in set(_METODOS) & set(operaciones):
            operacion = operaciones[metodo]
            operacion["responses"].setdefault("default", {"description": "Problema", "content": contenido})
            resumen, texto = _palabras(catalogo, metodo, ruta)
            if resumen:
                operacion["summary"] = resumen
            if texto:
                operacion["description"] = texto
    return result


def precisar(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """drf-spectacular hook: what the generator says stricter or looser than the answers are.

    An hour of ours has no time zone, which JSON Schema's `time` demands; a read-only address may be empty; anything at
    all already includes null.
    """
    pendientes: list[Any] = [result.get("components", {}), result.get("paths", {})]
    while pendientes:
        nodo = pendientes.pop()
        if isinstance(nodo, dict):
            if nodo.get("format") == "time":
                del nodo["format"]
                nodo["pattern"] = _HORA
            if nodo.get("format") == "email" and nodo.get("readOnly"):
                del nodo["format"]
            if {} in nodo.get("oneOf", ()):
                del nodo["oneOf"]
            pendientes.extend(nodo.values())
        elif isinstance(nodo, list):
            pendientes.extend(nodo)
    return result


def _palabras(catalogo: dict[str, Any], metodo: str, ruta: str) -> tuple[str, str]:
    if propia := catalogo["operaciones"].get(f"{metodo.upper()} {ruta}"):
        return propia["resumen"], propia.get("texto", "")
    coleccion = ruta if ruta in catalogo["recursos"] else ruta[: ruta.rstrip("/").rfind("/") + 1]
    if coleccion not in catalogo["recursos"]:
        return "", ""
    uno, varios, texto = catalogo["recursos"][coleccion]
    if ruta == coleccion:
        return {"get": f"Lista {varios}", "post": f"Crea {uno}"}.get(metodo, ""), texto
    verbos = {"get": "Muestra", "put": "Reemplaza", "patch": "Cambia", "delete": "Elimina"}
    return f"{verbos.get(metodo, '')} {uno}".strip(), texto
