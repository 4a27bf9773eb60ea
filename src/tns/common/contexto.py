"""Who is behind what runs now: the request or the background task, known to the audit trail and to every log line."""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponseBase

CABECERA = "X-Request-ID"
_acceso = logging.getLogger("tns.acceso")
_ID_ACEPTABLE = re.compile(r"[A-Za-z0-9._-]{8,64}")


@dataclass(slots=True)
class Contexto:
    """What is running: a request or a task, never both.

    Attributes:
        id_peticion: the caller's X-Request-ID, or one of ours; in a task, that of the request that asked for it.
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
def de_tarea(tarea_id: uuid.UUID, actor: Any, id_peticion: str = "") -> Iterator[None]:
    """While open, what runs is that background task, asked for by `actor` in that request."""
    testigo = _actual.set(Contexto(tarea=str(tarea_id), actor=actor, id_peticion=id_peticion))
    try:
        yield
    finally:
        _actual.reset(testigo)


def nuevo_id(ofrecido: str) -> str:
    """The caller's own id of his request when it is acceptable, else one of ours."""
    return ofrecido if _ID_ACEPTABLE.fullmatch(ofrecido) else uuid.uuid4().hex


def middleware(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Gives every request its id, answers it, adds the rate limit's headers that the authentication left, and writes
    its line in the log.
    """

    def atender(request: HttpRequest) -> HttpResponseBase:
        inicio = time.perf_counter()
        contexto = Contexto(id_peticion=nuevo_id(request.headers.get(CABECERA, "")), peticion=request)
        testigo = _actual.set(contexto)
        try:
            respuesta = get_response(request)
            respuesta.headers[CABECERA] = contexto.id_peticion
            for nombre, valor in getattr(request, "cabeceras_de_limite", {}).items():
                respuesta.headers.setdefault(nombre, valor)
            _anotar(request, respuesta.status_code, time.perf_counter() - inicio, contexto.ip)
            return respuesta
        finally:
            _actual.reset(testigo)

    return atender


def _anotar(request: HttpRequest, estado: int, segundos: float, ip: str | None) -> None:
    """One line per request, without what its address asks for (`?…`), which may be anybody's data."""
    if not _acceso.isEnabledFor(logging.INFO):
        return
    ruta, ms = sin_secretos(request), round(segundos * 1000, 1)
    campos = {"metodo": request.method, "ruta": ruta, "estado": estado, "ms": ms, "ip": ip}
    _acceso.info("%s %s %s %s ms", request.method, ruta, estado, ms, extra=campos)


def sin_secretos(request: HttpRequest) -> str:
    """The request's path; one whose token opens something is told without it."""
    token = request.resolver_match.kwargs.get("token") if request.resolver_match else None
    return request.path.replace(str(token), "…") if token else request.path
