"""Answers that hold a secret: never cached, never guessed at by the browser."""

from __future__ import annotations

from django.http import HttpResponse

from tns.engines.wireguard.clientconf import file_name, qr_png, qr_svg
from tns.vpn.models import VpnConfig


def archivo(config: VpnConfig, texto: str) -> HttpResponse:
    """The `.conf` as an attachment."""
    respuesta = HttpResponse(texto, content_type="text/plain; charset=utf-8")
    respuesta["Content-Disposition"] = f'attachment; filename="{file_name(config.nombre)}"'
    return sin_rastro(respuesta)


def qr(texto: str, formato: str) -> HttpResponse:
    """The QR of a `.conf`: svg or png."""
    if formato == "png":
        return sin_rastro(HttpResponse(qr_png(texto), content_type="image/png"))
    return sin_rastro(HttpResponse(qr_svg(texto), content_type="image/svg+xml"))


def sin_rastro(respuesta: HttpResponse) -> HttpResponse:
    """No cache, no index, no referrer, no frame."""
    respuesta["Cache-Control"] = "no-store"
    respuesta["X-Robots-Tag"] = "noindex"
    respuesta["Referrer-Policy"] = "no-referrer"
    respuesta["X-Content-Type-Options"] = "nosniff"
    return respuesta
