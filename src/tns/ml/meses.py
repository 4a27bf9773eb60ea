"""Which calendar months of a NIT's history are whole, and so may be learnt from.

A month half extracted, or not over yet, looks like a fall in demand. The rules:

1. A month counts when it is over and every one of its days is covered by extraction windows read after that day. The
   windows that speak for a year are those of the company of that fiscal year; when there is none, those of any company
   of the NIT (a database that holds several years).
2. Without any window (movements that came by another way) a month counts when a later month has movements, or when its
   own last day has.
3. History is the unbroken run of months that ends in the last whole month. It starts after the last gap: a month that
   is not whole or, in case 2, a year on end without one movement (a mistyped date, not trade).
4. Movements dated after today are left out.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

MESES_DE_SILENCIO = 12
_UN_DIA = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Ventana:
    """Days `desde`..`hasta` of a company of fiscal year `anio_fiscal`, as the source was on day `leida`."""

    anio_fiscal: int
    desde: dt.date
    hasta: dt.date
    leida: dt.date


@dataclass(frozen=True, slots=True)
class MesesUtiles:
    """The run of whole months `primero`..`ultimo` (first days), and what people should know about it."""

    primero: dt.date
    ultimo: dt.date
    avisos: list[str] = field(default_factory=list)


def meses_utiles(
    *,
    con_movimientos: Iterable[dt.date],
    ultimo_movimiento: dt.date,
    ventanas: Sequence[Ventana],
    anios: Iterable[int],
    hoy: dt.date,
) -> MesesUtiles | None:
    """The months to learn from; None when not one is whole.

    Args:
        con_movimientos: first days of the months that have movements.
        ultimo_movimiento: the latest day with movements, not after `hoy`.
        ventanas: extraction windows of every company of the NIT.
        anios: fiscal years of those companies.
    """
    meses = sorted(mes for mes in set(con_movimientos) if mes <= hoy)
    if not meses:
        return None
    if ventanas:
        return _por_cobertura(meses, ventanas, set(anios), hoy)
    return _por_movimientos(meses, ultimo_movimiento, hoy)


def ultimo_dia(mes: dt.date) -> dt.date:
    return mes.replace(day=calendar.monthrange(mes.year, mes.month)[1])


def siguiente(mes: dt.date) -> dt.date:
    """First day of the month after `mes`."""
    return ultimo_dia(mes) + _UN_DIA


def nombre(mes: dt.date) -> str:
    return mes.strftime("%Y-%m")


def _por_cobertura(
    meses: list[dt.date], ventanas: Sequence[Ventana], anios: set[int], hoy: dt.date
) -> MesesUtiles | None:
    cubiertos = _dias_cubiertos(ventanas, anios, hoy)
    enteros = {mes for mes in {dia.replace(day=1) for dia in cubiertos} if _entero(mes, cubiertos, hoy)}
    if not enteros:
        return None
    ultimo = max(enteros)
    primero = ultimo
    while (anterior := (primero - _UN_DIA).replace(day=1)) in enteros and primero > meses[0]:
        primero = anterior
    primero = max(primero, meses[0])
    if primero > ultimo:
        return None
    avisos = []
    if meses[-1] > ultimo:
        avisos.append(f"No se usaron los movimientos posteriores a {nombre(ultimo)}: ese tramo aún no está completo.")
    if meses[0] < primero:
        hueco = (primero - _UN_DIA).replace(day=1)
        avisos.append(
            f"La historia usada empieza en {nombre(primero)} porque {nombre(hueco)} no está extraído por completo; "
            "extraiga ese tramo y entrene de nuevo para aprovechar lo anterior."
        )
    return MesesUtiles(primero, ultimo, avisos)


def _dias_cubiertos(ventanas: Sequence[Ventana], anios: set[int], hoy: dt.date) -> set[dt.date]:
    """Days read after they were over, by a window that may speak for their year."""
    dias: set[dt.date] = set()
    for ventana in ventanas:
        hasta = min(ventana.hasta, ventana.leida - _UN_DIA, hoy - _UN_DIA)
        dia = ventana.desde
        while dia <= hasta:
            if dia.year == ventana.anio_fiscal or dia.year not in anios:
                dias.add(dia)
            dia += _UN_DIA
    return dias


def _entero(mes: dt.date, cubiertos: set[dt.date], hoy: dt.date) -> bool:
    final = ultimo_dia(mes)
    return final < hoy and all(mes.replace(day=dia) in cubiertos for dia in range(1, final.day + 1))


def _por_movimientos(meses: list[dt.date], ultimo_movimiento: dt.date, hoy: dt.date) -> MesesUtiles | None:
    ultimo = meses[-1]
    avisos = []
    if ultimo_movimiento < ultimo_dia(ultimo) or ultimo_dia(ultimo) >= hoy:
        avisos.append(f"No se usó {nombre(ultimo)}: sus movimientos llegan solo hasta {ultimo_movimiento}.")
        ultimo = (ultimo - _UN_DIA).replace(day=1)
    usables = [mes for mes in meses if mes <= ultimo]
    if not usables:
        return None
    indices = np.array([mes.year * 12 + mes.month for mes in usables])
    saltos = np.flatnonzero(np.diff(indices) > MESES_DE_SILENCIO)
    primero = usables[int(saltos[-1]) + 1] if len(saltos) else usables[0]
    if primero > usables[0]:
        avisos.append(
            f"La historia usada empieza en {nombre(primero)}: "
            f"antes hay más de {MESES_DE_SILENCIO} meses sin movimiento."
        )
    return MesesUtiles(primero, ultimo, avisos)
