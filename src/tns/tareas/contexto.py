"""What a running task holds: its lock, its progress, its ear for cancellation.

The work itself only changes counters in memory. A thread of the task writes them to the row a few times a second, on a
connection of its own (so other processes see them while the work's transaction is open), publishes them to the event
streams, and reads back whether somebody asked to stop.

The same connection holds the advisory lock that says "this task is being run": when the worker dies, however brutally,
PostgreSQL releases it, and `recuperar_tareas` takes the task up again.
"""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any

import psycopg
from django.db import connection

from tns.engines.progress import Cancelled
from tns.tareas import canal
from tns.tareas.texto import limpio

logger = logging.getLogger(__name__)
INTERVALO = 0.25
_GUARDAR = """
UPDATE tareas SET etapa = %(etapa)s, mensaje = %(mensaje)s, hecho = %(hecho)s, total = %(total)s, tasa = %(tasa)s,
    segundos_restantes = %(segundos_restantes)s
WHERE id = %(id)s RETURNING cancelacion_solicitada
"""


class TrabajoPerdido(Cancelled):
    """The connection that held the task's lock was lost, so another worker may have taken it up."""


def llave_de(tarea_id: uuid.UUID) -> int:
    """The task's advisory lock: 64 bits of its random id, as PostgreSQL's signed bigint."""
    return int.from_bytes(tarea_id.bytes[:8], "big", signed=True)


def conexion_propia() -> psycopg.Connection[Any]:
    """A connection outside Django's, in autocommit: its writes are seen at once and its locks last as long as it."""
    parametros = connection.get_connection_params()
    return psycopg.connect(**parametros, autocommit=True)


class ContextoTarea:
    """Progress of one task (see `tns.engines.progress.Progress`); a context manager around its run."""

    def __init__(self, tarea_id: uuid.UUID) -> None:
        self.tarea_id = tarea_id
        self.obtenida = False
        self._conexion: psycopg.Connection[Any] | None = None
        self._hilo: threading.Thread | None = None
        self._fin = threading.Event()
        self._cancelada = threading.Event()
        self.perdida = False
        self._avisos: list[Callable[[], None]] = []
        self._cerrojo = threading.Lock()
        self._etapa, self._mensaje = "", ""
        self._hecho, self._total = 0, None
        self._inicio_etapa = time.monotonic()

    def __enter__(self) -> ContextoTarea:
        self._conexion = conexion_propia()
        fila = self._conexion.execute("SELECT pg_try_advisory_lock(%s)", [llave_de(self.tarea_id)]).fetchone()
        self.obtenida = bool(fila and fila[0])
        return self

    def __exit__(
        self, tipo: type[BaseException] | None, valor: BaseException | None, traza: TracebackType | None
    ) -> None:
        self.detener_avance()
        if self._conexion is not None:
            self._conexion.close()

    def iniciar_avance(self) -> None:
        """Begin telling progress; called once the row says EN_PROGRESO."""
        self._hilo = threading.Thread(target=self._vigilar, name=f"avance-{self.tarea_id}", daemon=True)
        self._hilo.start()

    def detener_avance(self) -> None:
        """Stop telling progress, after one last write."""
        self._fin.set()
        if self._hilo is not None:
            self._hilo.join(timeout=10)
            self._hilo = None

    # --- Progress -----------------------------------------------------------------------------------------------------
    def stage(self, name: str, total: int | None = None) -> None:
        self.check()
        with self._cerrojo:
            self._etapa, self._mensaje, self._hecho, self._total = name, "", 0, total
            self._inicio_etapa = time.monotonic()

    def advance(self, amount: int = 1, message: str | None = None) -> None:
        self._hecho += amount
        if message is not None:
            self._mensaje = message
        self.check()

    def check(self) -> None:
        if self._cancelada.is_set():
            raise TrabajoPerdido if self.perdida else Cancelled

    @property
    def cancelada(self) -> bool:
        """Whether the work was asked to stop, by people or because its lock was lost (see `perdida`)."""
        return self._cancelada.is_set()

    @contextmanager
    def on_cancel(self, callback: Callable[[], None]) -> Iterator[None]:
        with self._cerrojo:
            self._avisos.append(callback)
        try:
            self.check()
            yield
        finally:
            with self._cerrojo:
                self._avisos.remove(callback)

    # --- The thread ---------------------------------------------------------------------------------------------------
    def _vigilar(self) -> None:
        while True:
            ultima = self._fin.wait(INTERVALO)
            try:
                self._guardar()
            except psycopg.Error as error:
                logger.warning("La tarea %s perdió su conexión: %s", self.tarea_id, type(error).__name__)
                self.perdida = True
                self._cancelar()
                return
            if ultima:
                return

    def _guardar(self) -> None:
        if self._conexion is None:
            return
        with self._cerrojo:
            avance = self._avance()
        fila = self._conexion.execute(_GUARDAR, avance | {"id": self.tarea_id}).fetchone()
        canal.publicar_avance(self.tarea_id, avance)
        if fila is None or fila[0]:
            self._cancelar()

    def _avance(self) -> dict[str, Any]:
        segundos = time.monotonic() - self._inicio_etapa
        tasa = self._hecho / segundos if self._hecho and segundos > 0 else None
        falta = self._total - self._hecho if self._total else None
        restante = max(0.0, falta / tasa) if falta is not None and tasa else None
        return {
            "etapa": limpio(self._etapa)[:200],
            "mensaje": limpio(self._mensaje)[:300],
            "hecho": int(self._hecho),
            "total": None if self._total is None else int(self._total),
            "tasa": tasa,
            "segundos_restantes": restante,
        }

    def _cancelar(self) -> None:
        if self._cancelada.is_set():
            return
        self._cancelada.set()
        with self._cerrojo:
            avisos = list(self._avisos)
        for aviso in avisos:
            try:
                aviso()
            except Exception:
                logger.exception("No se pudo interrumpir el trabajo de la tarea %s", self.tarea_id)
