"""A customer's server is read by a few extractions at once at most, whoever began them and wherever they run."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from tns.engines.progress import Progress

_PAUSA = 0.5


@contextmanager
def turno_en_servidor(
    conexion: psycopg.Connection[Any], servidor_id: int, cupo: int, progreso: Progress
) -> Iterator[None]:
    """Hold one of the server's `cupo` places, waiting for it as long as it takes; raises Cancelled.

    A place is an advisory lock of the extraction's own connection: PostgreSQL frees it when the worker dies.
    """
    puesto = _tomar(conexion, servidor_id, cupo)
    if puesto is None:
        progreso.stage("Esperando turno en el servidor")
        while puesto is None:
            progreso.check()
            time.sleep(_PAUSA)
            puesto = _tomar(conexion, servidor_id, cupo)
    try:
        yield
    finally:
        if not conexion.closed:
            conexion.execute("SELECT pg_advisory_unlock(hashtext(%s), %s)", [f"turno-{puesto}", servidor_id])


def _tomar(conexion: psycopg.Connection[Any], servidor_id: int, cupo: int) -> int | None:
    for puesto in range(max(1, cupo)):
        fila = conexion.execute(
            "SELECT pg_try_advisory_lock(hashtext(%s), %s)", [f"turno-{puesto}", servidor_id]
        ).fetchone()
        if fila and fila[0]:
            return puesto
    return None
