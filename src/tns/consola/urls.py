"""Addresses of the console: its pages are nouns, and what follows them is the browser's matter."""

from __future__ import annotations

from django.urls import path

from tns.consola.views import consola

PAGINAS = (
    "entrar", "invitacion", "servidores", "vpn", "empresas", "api-keys", "modelos", "dian", "tareas", "configuracion",
)  # fmt: skip

urlpatterns = [
    path("", consola, name="consola"),
    *(path(pagina, consola) for pagina in PAGINAS),
    *(path(f"{pagina}/<path:resto>", consola) for pagina in PAGINAS),
]
