"""The run of an extraction: connect, count, plan, load window by window, reconcile.

Every window is a transaction of its own on a connection outside Django's, which also holds the company's advisory lock.
Wherever the run is cut, what is recorded is whole; the same task, taken up again, goes on after its last window.
"""

from __future__ import annotations

import datetime as dt
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import psycopg
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from tns.common.problemas import Conflicto
from tns.empresas.models import EmpresaServidor
from tns.engines.errors import TNSError
from tns.engines.loading.copying import Feed, load_window
from tns.engines.loading.fields import WarehouseRule
from tns.engines.loading.plan import make_plan
from tns.engines.loading.stats import Stats
from tns.engines.loading.windows import Window
from tns.engines.progress import Cancelled, Progress
from tns.engines.sources import open_source
from tns.engines.sources.errors import (
    ConnectionLost,
    ConnectionRefused,
    DatabaseUnavailable,
    MuteServer,
    ServerUnreachable,
    SourceError,
)
from tns.engines.sources.limits import Limits
from tns.extraccion import cobertura, registro, selectors
from tns.extraccion.models import EjecucionExtraccion, EstadoEjecucion
from tns.extraccion.turnos import turno_en_servidor
from tns.tareas.contexto import TrabajoPerdido, conexion_propia

# In a row without a window finished between them: 2, 4, 8, 16 and 32 seconds apart, a minute in all.
_REINTENTOS = 5
_ESPERA_SEGUNDOS = 2.0
# What a link that dropped, or a server that is starting again, answers to whoever was reading a moment ago.
_PASAJEROS = (ServerUnreachable, ConnectionRefused, MuteServer, DatabaseUnavailable)
_ESPERA_CERROJO = 30.0


class ExtraccionEnCurso(Conflicto):
    """Another run holds the company."""

    codigo = "extraccion_en_curso"
    que_hacer_por_defecto = "Espere a que termine la extracción que está en curso o cancélela."


class EmpresaEliminada(TNSError):
    """The company was deleted while it was being extracted."""

    codigo = "empresa_eliminada"


class DestinoSinEspacio(TNSError):
    """PostgreSQL has no room for the rows."""

    codigo = "destino_sin_espacio"
    que_hacer_por_defecto = "Libere espacio en el disco de PostgreSQL y repita la extracción: sigue donde quedó."


@dataclass(slots=True)
class Corrida:
    """What a run gathers on its way."""

    empresa: EmpresaServidor
    ejecucion: EjecucionExtraccion
    progreso: Progress
    conexion: psycopg.Connection[Any]
    reglas: tuple[WarehouseRule, ...]
    notas: list[str] = field(default_factory=list)
    reconexiones: int = 0


def extraer_empresa(
    *,
    empresa: EmpresaServidor,
    desde: dt.date,
    hasta: dt.date,
    forzar: bool,
    progreso: Progress,
    actualizar_cambiadas: bool = False,
    tarea_id: uuid.UUID | None = None,
) -> dict[str, Any]:
    """Bring the movements of `desde`..`hasta` (both included); answers the run's summary.

    Raises SourceError, ExtraccionEnCurso, DestinoSinEspacio, EmpresaEliminada or Cancelled; finished windows stay.
    """
    with (
        _en_exclusiva(empresa.id, progreso, espera=_ESPERA_CERROJO if tarea_id else 0) as conexion,
        turno_en_servidor(conexion, empresa.servidor_id, settings.TNS_EXTRACCIONES_POR_SERVIDOR, progreso),
    ):
        ejecucion = _abrir(empresa, desde, hasta, forzar, actualizar_cambiadas, tarea_id)
        corrida = Corrida(empresa, ejecucion, progreso, conexion, selectors.reglas_de_bodega(empresa.id))
        try:
            _correr(corrida)
        except TrabajoPerdido:
            raise  # another worker goes on with this very run
        except Cancelled:
            _cerrar(corrida, EstadoEjecucion.CANCELADA)
            raise
        except psycopg.errors.DiskFull as error:
            sin_espacio = DestinoSinEspacio("PostgreSQL se quedó sin espacio en disco.", tecnico=str(error))
            _cerrar(corrida, EstadoEjecucion.FALLO, sin_espacio)
            raise sin_espacio from error
        except TNSError as error:
            _cerrar(corrida, EstadoEjecucion.FALLO, error)
            raise
        _cerrar(corrida, EstadoEjecucion.EXITO)
    return registro.resumen(ejecucion)


@contextmanager
def _en_exclusiva(empresa_id: int, progreso: Progress, *, espera: float) -> Iterator[psycopg.Connection[Any]]:
    """A connection that holds the company's extraction lock for as long as it lives.

    A task waits a little: when it takes up what a killed worker left, PostgreSQL may still be ending the dead one's
    statement.
    """
    with conexion_propia() as conexion:
        conexion.execute("SET client_connection_check_interval = '2s'")
        fin = time.monotonic() + espera
        while not _tomar_cerrojo(conexion, empresa_id):
            if time.monotonic() >= fin:
                raise ExtraccionEnCurso("Ya hay una extracción en curso para esta empresa.")
            _esperar(progreso, 0.5)
        yield conexion


def _tomar_cerrojo(conexion: psycopg.Connection[Any], empresa_id: int) -> bool:
    fila = conexion.execute("SELECT pg_try_advisory_lock(hashtext('extraccion'), %s)", [empresa_id]).fetchone()
    return bool(fila and fila[0])


def _abrir(
    empresa: EmpresaServidor,
    desde: dt.date,
    hasta: dt.date,
    forzar: bool,
    actualizar_cambiadas: bool,
    tarea_id: uuid.UUID | None,
) -> EjecucionExtraccion:
    """The row of this run: the task's own when it is taken up again. Whoever holds the lock is the only one alive."""
    en_curso = EjecucionExtraccion.objects.filter(empresa_servidor=empresa, estado=EstadoEjecucion.EN_CURSO)
    with transaction.atomic():
        if tarea_id is not None:
            en_curso = en_curso.exclude(tarea_id=tarea_id)
        en_curso.update(estado=EstadoEjecucion.INTERRUMPIDA, terminada=timezone.now())
        rango = {
            "empresa_servidor": empresa,
            "desde": desde,
            "hasta": hasta,
            "forzada": forzar,
            "actualizar_cambiadas": actualizar_cambiadas,
        }
        if tarea_id is None:
            return EjecucionExtraccion.objects.create(**rango)
        ejecucion, nueva = EjecucionExtraccion.objects.get_or_create(tarea_id=tarea_id, defaults=rango)
        if not nueva and ejecucion.estado != EstadoEjecucion.EN_CURSO:
            ejecucion.estado, ejecucion.terminada = EstadoEjecucion.EN_CURSO, None
            ejecucion.error_codigo = ejecucion.error_detalle = ""
            ejecucion.save()
        return ejecucion


def _correr(corrida: Corrida) -> None:
    """Open the source and load; a connection lost while reading is opened again, as often as windows get finished."""
    seguidas = 0
    while True:
        antes = corrida.ejecucion.ventanas_leidas
        try:
            _leer(corrida)
            return
        except SourceError as error:
            corrida.progreso.check()  # an interrupted statement fails because somebody cancelled
            if not isinstance(error, ConnectionLost) and not (seguidas and isinstance(error, _PASAJEROS)):
                raise
            seguidas = 1 if corrida.ejecucion.ventanas_leidas > antes else seguidas + 1
            if seguidas > _REINTENTOS:
                raise
            corrida.reconexiones += 1
            corrida.progreso.stage(f"Se perdió la conexión; nuevo intento {seguidas} de {_REINTENTOS}")
            _esperar(corrida.progreso, _ESPERA_SEGUNDOS * 2 ** (seguidas - 1))


def _esperar(progreso: Progress, segundos: float) -> None:
    fin = time.monotonic() + segundos
    while time.monotonic() < fin:
        progreso.check()
        time.sleep(0.2)


def limites() -> Limits:
    """The source's time limits, from the settings."""
    return Limits(
        connect=settings.TNS_TIEMPO_LIMITE_CONEXION,
        statement=settings.TNS_TIEMPO_LIMITE_CONSULTA,
        own_statement=settings.TNS_TIEMPO_LIMITE_CONSULTA_PROPIA,
        silence=settings.TNS_TIEMPO_LIMITE_SILENCIO,
    )


def _leer(corrida: Corrida) -> None:
    empresa, ejecucion, progreso = corrida.empresa, corrida.ejecucion, corrida.progreso
    progreso.stage("Conectando con la base de la empresa")
    origen = open_source(empresa.servidor.conexion(empresa.ruta_base), own_query=empresa.consulta_sql, limits=limites())
    with origen, progreso.on_cancel(origen.cancel):
        planes = [make_plan(parte.layout, corrida.reglas) for parte in origen.parts]
        version = cobertura.version_de_lectura(
            origen.profile.name, [consulta.sql for consulta in origen.profile.queries], corrida.reglas
        )
        corrida.notas = list(origen.profile.notes)
        ejecucion.perfil, ejecucion.charset = origen.profile.name, origen.charset
        progreso.stage("Contando los movimientos del origen")
        registradas = selectors.ventanas_de(empresa.id)
        rango = cobertura.rango_a_contar(ejecucion.desde, ejecucion.hasta, registradas)
        totales = origen.day_totals(*rango)
        plan = cobertura.planear(
            desde=ejecucion.desde,
            hasta=ejecucion.hasta,
            registradas=registradas,
            totales=totales,
            version=version,
            forzar=ejecucion.forzada,
            actualizar_cambiadas=ejecucion.actualizar_cambiadas,
        )
        hechas = {Window(v.desde, v.hasta) for v in registradas if v.ejecucion_id == ejecucion.id}
        pendientes = [ventana for ventana in plan.leer if ventana not in hechas]
        registro.anotar_plan(ejecucion, plan, hechas)
        comparar_valor = all(parte.query.compares_value for parte in origen.parts)
        registro.completar(ejecucion, registradas, totales, comparar_valor=comparar_valor)
        esperadas = {v: cobertura.sumar(totales, v) for v in pendientes} if totales is not None else {}
        total = sum(suma.rows for suma in esperadas.values()) if totales is not None else None
        progreso.stage("Leyendo movimientos", total)
        feeds = [
            Feed(plan_parte, partial(origen.blocks, parte), origen.encoding)
            for plan_parte, parte in zip(planes, origen.parts, strict=True)
        ]
        origen.announce([(parte, v.desde, v.hasta) for v in pendientes for parte in origen.parts], total)
        for ventana in pendientes:
            progreso.advance(0, f"Leyendo {selectors.nombre_del_mes(ventana.desde)}")
            suma = esperadas.get(ventana)
            cargada = load_window(
                corrida.conexion,
                company_id=empresa.id,
                window=ventana,
                feeds=feeds,
                record=registro.Anotador(ejecucion, cobertura.huella(version, suma) if suma else ""),
                progress=progreso,
            )
            fila = registro.conciliar(cargada, suma, comparar_valor=comparar_valor)
            registro.anotar_ventana(ejecucion, cargada, fila)


def _cerrar(corrida: Corrida, estado: EstadoEjecucion, error: TNSError | None = None) -> None:
    ejecucion = corrida.ejecucion
    ejecucion.estado, ejecucion.terminada = estado, timezone.now()
    ejecucion.informe = {**registro.sumar_informe(ejecucion.informe, Stats()), "notas": corrida.notas}
    ejecucion.informe["reconexiones"] = ejecucion.informe.get("reconexiones", 0) + corrida.reconexiones
    if error is not None:
        ejecucion.error_codigo, ejecucion.error_detalle = error.codigo_estable, error.detalle
    with transaction.atomic():
        ejecucion.save()
        if estado is EstadoEjecucion.EXITO:
            EmpresaServidor.objects.filter(id=corrida.empresa.id).update(ultima_extraccion=ejecucion.terminada)
