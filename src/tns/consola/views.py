"""The one page of the console: it names the built files of the manifest, the browser does the rest."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

_MANIFIESTO = Path(__file__).parent / "static" / "consola" / "manifest.json"
_ENTRADA = "src/main.ts"

# Styles in line are needed: the component library writes the theme's colours into a <style>, the charts place their
# tooltips with style attributes. Scripts come from the installation alone.
POLITICA = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)


@lru_cache(maxsize=1)
def archivos_de_entrada() -> dict[str, Any] | None:
    """Script, styles and preloads of the entry; None when the console has not been built."""
    if not _MANIFIESTO.is_file():
        return None
    manifiesto = json.loads(_MANIFIESTO.read_text(encoding="utf-8"))
    entrada = manifiesto[_ENTRADA]
    return {
        "script": entrada["file"],
        "estilos": entrada.get("css", []),
        "precargas": [manifiesto[nombre]["file"] for nombre in entrada.get("imports", [])],
    }


@never_cache
@require_safe
@ensure_csrf_cookie
def consola(request: HttpRequest, resto: str = "") -> HttpResponse:
    """The console, at whatever of its addresses one enters; `resto` is read by the browser."""
    respuesta = render(request, "consola/index.html", {"archivos": archivos_de_entrada()})
    respuesta["Content-Security-Policy"] = POLITICA
    return respuesta
