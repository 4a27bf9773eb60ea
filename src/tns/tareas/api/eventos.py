"""Live progress as Server-Sent Events: the row first, then the channel, the row again when that falls silent."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from typing import Any, TypeVar

import redis.asyncio as redis
from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

from tns.common import problemas
from tns.cuentas.alcance import NADA, Alcance
from tns.engines.errors import TNSError
from tns.tareas import canal, selectors
from tns.tareas.models import ESTADOS_VIVOS, Tarea

# A stream ends after this long; the browser's EventSource opens the next one, with the session checked anew.
DURACION_MAXIMA_S = 15 * 60
T = TypeVar("T")
SILENCIO_S = 5.0
MAX_VIVAS = 200


async def _alcance(request: HttpRequest) -> Alcance:
    usuario: Any = await request.auser()
    return getattr(usuario, "alcance", NADA) if usuario.is_authenticated else NADA


def _evento(nombre: str, datos: Any) -> str:
    return f"event: {nombre}\ndata: {json.dumps(datos, cls=DjangoJSONEncoder)}\n\n"


def _flujo(contenido: AsyncIterator[str]) -> StreamingHttpResponse:
    cabeceras = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingHttpResponse(contenido, content_type="text/event-stream", headers=cabeceras)


async def _negado(request: HttpRequest) -> HttpResponse | None:
    """The refusal for another method, for nobody and for whoever has no role; None when the request may go on."""
    if request.method not in ("GET", "HEAD"):
        return problemas.de_estado(405, "Este flujo solo se lee.")
    usuario = await request.auser()
    if not usuario.is_authenticated:
        return problemas.de_estado(401, "Este flujo pide una sesión de la consola.")
    return None if await _alcance(request) != NADA else problemas.de_estado(403, "Su usuario aún no tiene un rol.")


async def eventos_de_tarea(request: HttpRequest, pk: str) -> HttpResponse | StreamingHttpResponse:
    """Events of one task: `tarea` (whole state) and `avance`; the stream ends when the task does."""
    if negado := await _negado(request):
        return negado
    try:
        tarea = await _leer(selectors.tarea_visible, await _alcance(request), pk)
    except TNSError as error:
        return problemas.respuesta(problemas.de_error(error))
    return _flujo(_seguir_una(tarea))


async def eventos_de_tareas(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """Events of every live task that the caller may see: what the console's tray listens to."""
    if negado := await _negado(request):
        return negado
    return _flujo(_seguir_todas(await _alcance(request)))


def _instantanea(tarea: Tarea) -> dict[str, Any]:
    tarea.refresh_from_db()
    return tarea.instantanea()


def _vivas(alcance: Alcance) -> list[dict[str, Any]]:
    vivas = selectors.tareas_visibles(alcance).filter(estado__in=ESTADOS_VIVOS)[:MAX_VIVAS]
    return [tarea.instantanea() for tarea in vivas]


def _es_visible(alcance: Alcance, task_id: str) -> bool:
    return selectors.tareas_visibles(alcance).filter(id=task_id).exists()


async def _leer(lectura: Callable[..., T], *argumentos: Any) -> T:
    """Read from the database and give the connection back at once: a stream lives for minutes, and there are many."""

    def leer_y_soltar() -> T:
        try:
            return lectura(*argumentos)
        finally:
            if not connection.in_atomic_block:
                connection.close()

    return await sync_to_async(leer_y_soltar)()


async def _mensajes(nombre: str) -> AsyncIterator[dict[str, Any] | None]:
    """Messages of a channel; None when it has been silent for a while or cannot be heard."""
    cliente = redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2)
    suscripcion = cliente.pubsub(ignore_subscribe_messages=True)
    fin = time.monotonic() + DURACION_MAXIMA_S
    try:
        while time.monotonic() < fin:
            try:
                if not suscripcion.subscribed:
                    await suscripcion.subscribe(nombre)
                    yield None  # whatever happened before the subscription is read from the row
                mensaje = await suscripcion.get_message(timeout=SILENCIO_S)
            except (redis.RedisError, OSError):
                await asyncio.sleep(1)
                yield None
                continue
            yield json.loads(mensaje["data"]) if mensaje else None
    finally:
        await suscripcion.aclose()
        await cliente.aclose()


async def _seguir_una(tarea: Tarea) -> AsyncIterator[str]:
    async for mensaje in _mensajes(canal.canal_de(tarea.id)):
        if mensaje is None:
            instantanea = await _leer(_instantanea, tarea)
        elif mensaje["clase"] == "tarea":
            instantanea = mensaje["tarea"]
        else:
            yield _evento("avance", mensaje)
            continue
        yield _evento("tarea", instantanea)
        if instantanea["estado"] not in ESTADOS_VIVOS:
            return


async def _seguir_todas(alcance: Alcance) -> AsyncIterator[str]:
    visibles: dict[str, bool] = {}
    async for mensaje in _mensajes(canal.TODAS):
        if mensaje is None:
            yield _evento("vivas", await _leer(_vivas, alcance))
            continue
        task_id = mensaje["tarea"]["task_id"] if mensaje["clase"] == "tarea" else mensaje["task_id"]
        if task_id not in visibles:
            visibles[task_id] = await _leer(_es_visible, alcance, task_id)
        if visibles[task_id]:
            yield _evento(mensaje["clase"], mensaje.get("tarea", mensaje))
