"""Work that exists only for the tests; a worker is told to import this module (`--include`)."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection

from tns.engines.errors import TNSError
from tns.tareas.contexto import ContextoTarea, conexion_propia
from tns.tareas.ejecucion import tarea_celery

COLA = "pruebas"


@tarea_celery(tipo="contar", cola=COLA)
def contar_task(contexto: ContextoTarea, *, hasta: int) -> dict[str, int]:
    """Counts to `hasta` and says so."""
    contexto.stage("Contando", hasta)
    for numero in range(hasta):
        contexto.advance(1, f"Voy en {numero + 1}")
    return {"contados": hasta}


@tarea_celery(tipo="esperar", cola=COLA)
def esperar_task(contexto: ContextoTarea, *, carpeta: str) -> dict[str, int]:
    """Leaves a line with its process id in `carpeta`/corridas, then waits for `carpeta`/siga, for a minute at most."""
    with (Path(carpeta) / "corridas").open("a", encoding="utf-8") as archivo:
        archivo.write(f"{os.getpid()}\n")
    contexto.stage("Esperando")
    limite = time.monotonic() + 60
    while not (Path(carpeta) / "siga").exists() and time.monotonic() < limite:
        contexto.advance()
        time.sleep(0.02)
    return {"pid": os.getpid()}


@tarea_celery(tipo="bloqueada", cola=COLA)
def bloqueada_task(contexto: ContextoTarea) -> None:
    """Sits in one call of the database's driver that only another thread can interrupt."""
    contexto.stage("Bloqueada")
    with conexion_propia() as conexion, contexto.on_cancel(conexion.cancel):
        conexion.execute("SELECT pg_sleep(60)")


@tarea_celery(tipo="veneno", cola=COLA)
def veneno_task(contexto: ContextoTarea) -> None:
    """Kills the process that runs it, as the kernel does when memory ends."""
    os.kill(os.getpid(), signal.SIGKILL)


@tarea_celery(tipo="fallida", cola=COLA)
def fallida_task(contexto: ContextoTarea, *, como: str) -> Any:
    """Ends badly, or with what a database does not take."""
    if como == "esperada":
        raise TNSError("El servidor\x00 no respondió.", codigo="prueba", que_hacer="Llame.", datos={"puerto": 3050})
    if como == "inesperada":
        raise ValueError("contraseña=no-se-muestra")
    if como == "sin_disco":
        raise psycopg.errors.DiskFull("could not extend file")
    if como == "sin_json":
        return {"objeto": object()}
    contexto.stage("Raro\x00", 1)
    contexto.advance(1, "\ud800 y \x00")
    return {"texto": "a\x00b\ud800", "nan": float("nan")}


@tarea_celery(tipo="sin_conexion", cola=COLA)
def sin_conexion_task(contexto: ContextoTarea) -> str:
    """Its first run finds its Django connection closed by the server; the work itself had been done."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    with conexion_propia() as otra:
        otra.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    return "hecho"
