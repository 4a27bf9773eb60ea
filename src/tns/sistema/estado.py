"""Is each part of the installation there? Asked all at once, each within a bounded time."""

from __future__ import annotations

import logging
import shutil
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import kombu.exceptions
import redis
from celery import current_app
from django.conf import settings
from django.db import DatabaseError, connection

from tns.common.valkey import cliente
from tns.sistema.variables import sin_clave
from tns.tareas.tasks import LATIDO

logger = logging.getLogger(__name__)
OK, AVISO, FALLA, APAGADO = "ok", "aviso", "falla", "apagado"
LIMITE_S = 4.0
COLAS = ("rapidas", "extraccion", "ml")
_COLA_LARGA = 500
_DISCO_MINIMO = 2 * 1024**3


@dataclass(slots=True)
class Parte:
    """What one part of the installation says of itself."""

    nombre: str
    estado: str
    detalle: str
    que_hacer: str = ""
    latencia_ms: float | None = None
    datos: dict[str, Any] = field(default_factory=dict)


def base_de_datos() -> Parte:
    """PostgreSQL: version, size, connections."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_setting('server_version'), pg_database_size(current_database()),"
                " (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()),"
                " current_setting('max_connections')::int"
            )
            numero, tamano, conexiones, maximo = cursor.fetchone()
    except DatabaseError as error:
        return Parte(
            "base_de_datos", FALLA, f"PostgreSQL no respondió ({type(error).__name__}).", "Revise DATABASE_URL."
        )
    finally:
        connection.close()
    datos = {"version": numero, "bytes": tamano, "conexiones": conexiones, "conexiones_maximas": maximo}
    if conexiones > 0.9 * maximo:
        return Parte("base_de_datos", AVISO, f"{conexiones} de {maximo} conexiones en uso.", datos=datos)
    return Parte("base_de_datos", OK, f"PostgreSQL {numero}", datos=datos)


def broker() -> Parte:
    """Valkey or Redis: version, and how many messages wait in each queue."""
    try:
        tuberia = cliente().pipeline(transaction=False)
        tuberia.info("server")
        for cola in COLAS:
            tuberia.llen(cola)
        informacion, *largos = tuberia.execute()
    except redis.RedisError as error:
        return Parte("broker", FALLA, f"La cola de tareas no respondió ({type(error).__name__}).", "Revise REDIS_URL.")
    nombre = "Valkey" if informacion.get("server_name") == "valkey" else "Redis"
    numero = informacion.get("valkey_version") or informacion.get("redis_version", "")
    colas = dict(zip(COLAS, largos, strict=True))
    datos = {"version": numero, "colas": colas}
    if largas := [cola for cola, largo in colas.items() if largo > _COLA_LARGA]:
        return Parte(
            "broker", AVISO, f"Hay mucho en espera en: {', '.join(largas)}.", "Sume trabajadores.", datos=datos
        )
    return Parte("broker", OK, f"{nombre} {numero}", datos=datos)


def _suscritos() -> int | None:
    """How many workers listen to questions, so that asking ends with the last answer and not with the time limit.

    One that died without taking its leave is counted too, and then the limit ends it. None when nobody listens.
    """
    suscritos: int = cliente().scard("_kombu.binding.celery.pidbox")
    return suscritos or None


def trabajadores() -> Parte:
    """Celery workers that answer, and whether every queue has one."""
    try:
        respuesta = current_app.control.inspect(timeout=1.5, limit=_suscritos()).active_queues() or {}
    except (OSError, redis.RedisError, kombu.exceptions.KombuError) as error:
        return Parte("trabajadores", FALLA, f"No se pudo preguntar a los trabajadores ({type(error).__name__}).")
    atienden = {nombre: sorted(c["name"] for c in colas) for nombre, colas in sorted(respuesta.items())}
    sin_nadie = [cola for cola in COLAS if not any(cola in colas for colas in atienden.values())]
    datos = {"trabajadores": atienden}
    if not atienden:
        return Parte("trabajadores", FALLA, "Ningún trabajador responde.", "Inicie los trabajadores.", datos=datos)
    if sin_nadie:
        detalle = f"Nadie atiende: {', '.join(sin_nadie)}."
        return Parte("trabajadores", FALLA, detalle, "Inicie un trabajador de esa cola.", datos=datos)
    return Parte("trabajadores", OK, f"{len(atienden)} en marcha", datos=datos)


def programador() -> Parte:
    """The beat: its heartbeat is the housekeeping task it sends every few seconds."""
    try:
        latido = cliente().get(LATIDO)
    except redis.RedisError:
        latido = None
    if latido is None:
        return Parte(
            "programador", FALLA, "No se ve actividad del programador en los últimos dos minutos.",
            "Inicie el servicio beat (y un trabajador de la cola rapidas).",
        )  # fmt: skip
    return Parte("programador", OK, f"Último latido hace {max(0, int(time.time() - float(latido)))} s")


def mlflow() -> Parte:
    """The tracking server, when there is one: training works without it."""
    uri = settings.MLFLOW_TRACKING_URI
    if not uri:
        return Parte("mlflow", APAGADO, "No está configurado; los entrenamientos no se registran.")
    datos = {"url": sin_clave(uri)}
    if not uri.startswith(("http://", "https://")):
        return Parte("mlflow", OK, "Registro en archivos", datos=datos)
    try:
        with urllib.request.urlopen(f"{uri.rstrip('/')}/health", timeout=2) as respuesta:  # noqa: S310  checked above
            respuesta.read(100)
    except (OSError, urllib.error.URLError, ValueError) as error:
        detalle = f"MLflow no respondió ({type(error).__name__}); los entrenamientos siguen, sin registrarse."
        return Parte("mlflow", AVISO, detalle, "Inicie MLflow o revise MLFLOW_TRACKING_URI.", datos=datos)
    return Parte("mlflow", OK, "MLflow responde", datos=datos)


def disco() -> Parte:
    """Free space where the models live."""
    carpeta = Path(settings.MODELOS_ML_DIR).absolute()
    existente = next(p for p in (carpeta, *carpeta.parents) if p.exists())
    uso = shutil.disk_usage(existente)
    datos = {"total": uso.total, "libre": uso.free}
    libre = f"{uso.free / 1024**3:.1f} GB libres".replace(".", ",")
    if uso.free < min(_DISCO_MINIMO, 0.05 * uso.total):
        return Parte("disco", AVISO, f"Queda poco disco: {libre}.", "Libere espacio o amplíe el disco.", datos=datos)
    return Parte("disco", OK, libre, datos=datos)


COMPROBACIONES: dict[str, Callable[[], Parte]] = {
    "base_de_datos": base_de_datos,
    "broker": broker,
    "trabajadores": trabajadores,
    "programador": programador,
    "mlflow": mlflow,
    "disco": disco,
}
ESENCIALES = ("base_de_datos", "broker")


def revisar(nombres: Iterable[str] = tuple(COMPROBACIONES), limite_s: float = LIMITE_S) -> list[Parte]:
    """Ask every named part at once; one that has not answered in `limite_s` seconds is said to have failed."""
    elegidas = list(nombres)
    ejecutor = ThreadPoolExecutor(len(elegidas), thread_name_prefix="estado")
    futuros = {nombre: ejecutor.submit(_medir, nombre) for nombre in elegidas}
    wait(futuros.values(), timeout=limite_s)
    ejecutor.shutdown(wait=False, cancel_futures=True)
    return [_recoger(nombre, futuro, limite_s) for nombre, futuro in futuros.items()]


def _medir(nombre: str) -> Parte:
    inicio = time.perf_counter()
    parte = COMPROBACIONES[nombre]()
    parte.latencia_ms = round((time.perf_counter() - inicio) * 1000, 1)
    return parte


def _recoger(nombre: str, futuro: Future[Parte], limite_s: float) -> Parte:
    if not futuro.done() or futuro.cancelled():
        return Parte(nombre, FALLA, f"No respondió en {limite_s:.0f} segundos.")
    if (error := futuro.exception()) is not None:
        logger.error("No se pudo revisar %s", nombre, exc_info=error)
        return Parte(nombre, FALLA, f"No se pudo revisar ({type(error).__name__}).")
    return futuro.result()


def versiones() -> dict[str, str]:
    """Of the program and what it stands on."""
    paquetes = {
        "tns": "tns-core",
        "django": "django",
        "celery": "celery",
        "xgboost": "xgboost-cpu",
        "prophet": "prophet",
    }
    return {nombre: version(paquete) for nombre, paquete in paquetes.items()} | {"python": sys.version.split()[0]}
