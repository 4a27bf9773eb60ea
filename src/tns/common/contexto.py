"""Who is behind what runs now: the request or the background task, known to the audit trail and to every log line."""

from __future__ import annotations

import re
import uuid
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

CABECERA = "X-Request-ID"
_ID_ACEPTABLE = re.compile(r"[A-Za-z0-9._-]{8,64}")


@dataclass(slots=True)
class Contexto:
    """What is running: a request or a task, never both.

    Attributes:
        id_peticion: the caller's X-Request-ID, or one of ours; "" in a task.
        peticion: the request itself, whose `user` is known once it was authenticated.
        tarea: id of the background task; "" in a request.
        actor: who asked for the task.
    """

    id_peticion: str = ""
    peticion: HttpRequest | None = None
    tarea: str = ""
    actor: Any = None

    @property
    def quien(self) -> Any:
        """The user or API key that acts; None when nobody is known."""
        return getattr(self.peticion, "user", None) if self.peticion is not None else self.actor

    @property
    def ip(self) -> str | None:
        """Address of the caller; behind a proxy the ASGI server must be told to trust its headers."""
        return self.peticion.META.get("REMOTE_ADDR") or None if self.peticion is not None else None


_SIN_CONTEXTO = Contexto()
_actual: ContextVar[Contexto] = ContextVar("tns_contexto", default=_SIN_CONTEXTO)


def actual() -> Contexto:
    return _actual.get()


@contextmanager
def de_tarea(tarea_id: uuid.UUID, actor: Any) -> Iterator[None]:
    """While open, what runs is that background task, asked for by `actor`."""
    testigo = _actual.set(Contexto(tarea=str(tarea_id), actor=actor))
    try:
        yield
    finally:
        _actual.reset(testigo)


def _abrir(request: HttpRequest) -> Contexto:
    ofrecido = request.headers.get(CABECERA, "")
    id_peticion = ofrecido if _ID_ACEPTABLE.fullmatch(ofrecido) else uuid.uuid4().hex
    return Contexto(id_peticion=id_peticion, peticion=request)


def _cerrar(contexto: Contexto, respuesta: HttpResponseBase) -> HttpResponseBase:
    respuesta.headers[CABECERA] = contexto.id_peticion
    for nombre, valor in getattr(contexto.peticion, "cabeceras_de_limite", {}).items():
        respuesta.headers.setdefault(nombre, valor)
    return respuesta


@sync_and_async_middleware
def middleware(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Gives every request its id, answers it, and adds the rate limit's headers that the authentication left."""
    if iscoroutinefunction(get_response):
        return _asincrono(get_response)

    def atender(request: HttpRequest) -> HttpResponseBase:
        contexto = _abrir(request)
        testigo = _actual.set(contexto)
        try:
            return _cerrar(contexto, get_response(request))
        finally:
            _actual.reset(testigo)

    return atender


def _asincrono(
    get_response: Callable[[HttpRequest], Awaitable[HttpResponseBase]],
) -> Callable[[HttpRequest], Awaitable[HttpResponseBase]]:
    async def atender(request: HttpRequest) -> HttpResponseBase:
        contexto = _abrir(request)
        testigo = _actual.set(contexto)
        try:
            return _cerrar(contexto, await get_response(request))
        finally:
            _actual.reset(testigo)

    return atender
