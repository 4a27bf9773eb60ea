"""The public end of a one-time link. Looking at it spends nothing (chat programs do look); asking for the file does."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from tns.engines.errors import TNSError
from tns.vpn import enlaces
from tns.vpn.api import descargas

_POLITICA = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"


@csrf_exempt  # the token itself is the proof, and there is no session to ride on
@require_http_methods(["GET", "HEAD", "POST"])
def enlace(request: HttpRequest, token: str) -> HttpResponse:
    """GET: a page with two buttons. POST: the file, or its QR with `formato=qr`, once."""
    try:
        if request.method == "POST":
            config, texto = enlaces.usar(token)
            return (
                descargas.qr(texto, "svg") if request.POST.get("formato") == "qr" else descargas.archivo(config, texto)
            )
        contexto = {"expira": enlaces.vigente(token).expira}
        estado = 200
    except TNSError as error:
        contexto, estado = {"error": error}, 404
    respuesta = descargas.sin_rastro(render(request, "vpn/enlace.html", contexto, status=estado))
    respuesta["Content-Security-Policy"] = _POLITICA
    return respuesta
