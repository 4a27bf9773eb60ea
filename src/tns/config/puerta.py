"""The ASGI entrance: Django's own, with all the middleware of a request on one thread."""

from __future__ import annotations

import sys

import django
from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest, HttpResponseBase

from tns.config.cuerpos import Aduana

# Python lets a busy thread keep the interpreter for 5 ms while the loop, or another request, waits to do 0.1 ms of
# work. Measured with two connections: the slowest of a hundred pages of movements went from 54 to 39 ms.
TURNO_S = 0.0005


class Puerta(ASGIHandler):
    """Runs middleware and view in one step on the request's thread.

    In Django's own asynchronous chain every middleware goes to that thread and back, twice: sixteen switches around a
    view that is a plain function, as ours are but for the event streams. Those still run on the loop.
    """

    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async=False)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        atendida: HttpResponseBase = await sync_to_async(self.get_response, thread_sensitive=True)(request)
        return atendida


def abrir() -> Aduana:
    """Django set up and its entrance, as `get_asgi_application` does, behind the limit of bodies."""
    sys.setswitchinterval(TURNO_S)
    django.setup(set_prefix=False)
    return Aduana(Puerta())
