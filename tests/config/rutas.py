"""The URL map as the matrix writes it: readable path → the methods that answer there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

METODOS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_GRUPO = re.compile(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)")
_CONVERSOR = re.compile(r"<(?:\w+:)?(\w+)>")


def mapa() -> dict[str, set[str] | None]:
    """Every route but Django's admin; methods are None for a plain function, which does not say them."""
    return dict(_recorrer(get_resolver().url_patterns, ""))


def _recorrer(patrones: list[Any], base: str) -> Iterator[tuple[str, set[str] | None]]:
    for patron in patrones:
        ruta = base + str(patron.pattern)
        if isinstance(patron, URLResolver):
            if patron.namespace != "admin":
                yield from _recorrer(patron.url_patterns, ruta)
        elif isinstance(patron, URLPattern):
            yield _legible(ruta), _metodos(patron.callback)


def _legible(ruta: str) -> str:
    sin_grupos = _GRUPO.sub(r"<\1>", ruta).replace("^", "").replace("$", "").replace(r"\.", ".")
    return _CONVERSOR.sub(r"<\1>", sin_grupos)


def _metodos(vista: Any) -> set[str] | None:
    acciones = getattr(vista, "actions", None)
    if acciones:
        return {metodo.upper() for metodo in acciones} & set(METODOS)
    clase = getattr(vista, "cls", None) or getattr(vista, "view_class", None)
    return {m for m in METODOS if hasattr(clase, m.lower())} if clase else None
