"""How much anybody may send, decided before it is kept anywhere; and an id for every answer."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from importlib import import_module
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import DatabaseError, connections
from django.http import HttpRequest, parse_cookie

from tns.common import contexto, problemas

logger = logging.getLogger(__name__)
Mensaje = MutableMapping[str, Any]
Recibir = Callable[[], Awaitable[Mensaje]]
Enviar = Callable[[Mensaje], Awaitable[None]]

ANONIMO = 64 * 1024  # signing in, registering and proving a key need less than one
CONOCIDO = 40 * 1024 * 1024  # the largest upload is 30 MB; see tns.engines.media and tns.dian
ESCURRIR_S = 3.0
_CABECERA = contexto.CABECERA.lower().encode()


class Negado(Exception):
    """The request is over: `cuerpo` is the problem document that says why."""

    def __init__(self, cuerpo: dict[str, Any]) -> None:
        super().__init__(cuerpo["codigo"])
        self.cuerpo = cuerpo


class Aduana:
    """Around Django's handler, which keeps a body whole before it asks who sends it.

    A body larger than ANONIMO, by what its header declares or by what has come, makes it ask first: without a session
    of somebody with a role or a good API key the answer is 413 and what comes is thrown away.
    """

    def __init__(self, interior: Callable[[Any, Recibir, Enviar], Awaitable[None]]) -> None:
        self.interior = interior

    async def __call__(self, scope: MutableMapping[str, Any], receive: Recibir, send: Enviar) -> None:
        if scope["type"] != "http":
            await self.interior(scope, receive, send)
            return
        cabeceras = dict(scope["headers"])
        id_peticion = contexto.nuevo_id(cabeceras.get(_CABECERA, b"").decode("latin-1"))
        otras = [par for par in scope["headers"] if par[0] != _CABECERA]
        scope = {**scope, "headers": [*otras, (_CABECERA, id_peticion.encode())]}

        async def enviar(mensaje: Mensaje) -> None:
            if mensaje["type"] == "http.response.start":
                suyas = [par for par in mensaje["headers"] if par[0].lower() != _CABECERA]
                mensaje["headers"] = [*suyas, (contexto.CABECERA.encode(), id_peticion.encode())]
            await send(mensaje)

        cuerpo = _Cuerpo(cabeceras, receive)
        try:
            await cuerpo.admitir(cuerpo.declarado)
            await self.interior(scope, cuerpo.recibir, enviar)
        except Negado as error:
            estado = error.cuerpo["status"]
            logger.warning("%s %s: %s", scope["method"], estado, error, extra={"id_peticion": id_peticion})
            await _contestar(error.cuerpo, receive, enviar)


class _Cuerpo:
    """The body of one request as it comes, admitted piece by piece."""

    def __init__(self, cabeceras: dict[bytes, bytes], receive: Recibir) -> None:
        self._cabeceras = cabeceras
        self._receive = receive
        self._llegado = 0
        self._conocido: bool | None = None
        largo = cabeceras.get(b"content-length", b"")
        self.declarado = int(largo) if largo.isdigit() and len(largo) < 20 else 0

    async def recibir(self) -> Mensaje:
        mensaje = await self._receive()
        if mensaje["type"] == "http.request":
            self._llegado += len(mensaje.get("body", b""))
            await self.admitir(self._llegado)
        return mensaje

    async def admitir(self, tamano: int) -> None:
        """Raise Negado when nobody, or nobody like this one, may send that much."""
        if tamano <= ANONIMO:
            return
        if self._conocido is None:
            self._conocido = await sync_to_async(_es_conocido, thread_sensitive=False)(self._cabeceras)
        if not self._conocido:
            raise Negado(_demasiado(f"Sin sesión ni API key se reciben hasta {ANONIMO // 1024} kB.", _ENTRE))
        if tamano > CONOCIDO:
            raise Negado(_demasiado(f"Se reciben hasta {CONOCIDO // 1024**2} MB por solicitud.", _DIVIDA))


_ENTRE = "Inicie sesión o envíe el encabezado Authorization: Api-Key sk_… y repita la solicitud."
_DIVIDA = "Envíe un archivo más pequeño, o varios en solicitudes aparte."


def _demasiado(detalle: str, que_hacer: str) -> dict[str, Any]:
    return problemas.documento(413, "cuerpo_demasiado_grande", "Cuerpo demasiado grande", detalle, que_hacer=que_hacer)


def _es_conocido(cabeceras: dict[bytes, bytes]) -> bool:
    """Whether the headers are those of a key that opens, or of the session of somebody with a role."""
    try:
        return _con_llave(cabeceras) or _con_sesion(cabeceras)
    except DatabaseError as error:
        logger.error("La base de datos no respondió", exc_info=error)
        raise Negado(problemas.base_de_datos_caida()) from error
    finally:
        connections.close_all()


def _con_llave(cabeceras: dict[bytes, bytes]) -> bool:
    from tns.api_keys.autenticacion import ESQUEMA
    from tns.api_keys.selectors import portador_de

    partes = cabeceras.get(b"authorization", b"").decode("latin-1").split()
    es_llave = len(partes) == 2 and partes[0].lower() == ESQUEMA.lower()
    return es_llave and portador_de(partes[1]) is not None


def _con_sesion(cabeceras: dict[bytes, bytes]) -> bool:
    from django.contrib.auth import get_user

    galleta = parse_cookie(cabeceras.get(b"cookie", b"").decode("latin-1")).get(settings.SESSION_COOKIE_NAME)
    if not galleta:
        return False
    peticion = HttpRequest()
    peticion.session = import_module(settings.SESSION_ENGINE).SessionStore(galleta)
    return bool(getattr(get_user(peticion), "puede_leer", False))


async def _contestar(cuerpo: dict[str, Any], receive: Recibir, send: Enviar) -> None:
    """The answer; then what the caller goes on sending is thrown away for a moment.

    A connection closed with bytes unread is reset, and a reset takes the answer from a caller who is still sending.
    """
    texto = json.dumps(cuerpo, ensure_ascii=False).encode()
    cabeceras = [
        (b"Content-Type", problemas.TIPO_DE_CONTENIDO.encode()),
        (b"Content-Length", str(len(texto)).encode()),
        (b"Connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": cuerpo["status"], "headers": cabeceras})
    await send({"type": "http.response.body", "body": texto, "more_body": True})
    with suppress(TimeoutError):
        async with asyncio.timeout(ESCURRIR_S):
            while (mensaje := await receive())["type"] == "http.request" and mensaje.get("more_body"):
                continue
    await send({"type": "http.response.body", "body": b"", "more_body": False})
