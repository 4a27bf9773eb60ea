"""Which windows a run has to load: what is asked for against what is recorded and what the source says today."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tns.engines.loading.fields import WarehouseRule
from tns.engines.loading.windows import Window, missing, widened
from tns.engines.sources.day_totals import DayTotals
from tns.extraccion.models import VentanaExtraccion

Totales = Mapping[dt.date, DayTotals]


@dataclass(slots=True)
class Plan:
    """`leer`: windows to load; `omitidas`: recorded and left alone; `cambiadas`: among these, those to offer."""

    leer: list[Window] = field(default_factory=list)
    omitidas: list[Window] = field(default_factory=list)
    cambiadas: list[VentanaExtraccion] = field(default_factory=list)


def rango_a_contar(desde: dt.date, hasta: dt.date, registradas: Iterable[VentanaExtraccion]) -> tuple[dt.date, dt.date]:
    """The range widened to the whole recorded windows it touches, which are compared and replaced whole."""
    tocadas = [ventana for ventana in registradas if ventana.desde <= hasta and desde <= ventana.hasta]
    return min([desde, *(v.desde for v in tocadas)]), max([hasta, *(v.hasta for v in tocadas)])


def planear(
    *,
    desde: dt.date,
    hasta: dt.date,
    registradas: Sequence[VentanaExtraccion],
    totales: Totales | None,
    version: str,
    forzar: bool,
    actualizar_cambiadas: bool,
) -> Plan:
    """The windows of a run; see the rules in tns.engines.loading.windows."""
    ventanas = {Window(v.desde, v.hasta): v for v in registradas}
    if forzar:
        return Plan(leer=widened(desde, hasta, ventanas))
    plan = Plan(leer=missing(desde, hasta, ventanas))
    for ventana, registrada in sorted(ventanas.items()):
        if ventana.hasta < desde or hasta < ventana.desde:
            continue
        cambio = totales is not None and huella(version, sumar(totales, ventana)) != registrada.huella
        # Without totals of the source an open window cannot be shown to be complete, so it is read again.
        if (registrada.abierta and (cambio or totales is None)) or (cambio and actualizar_cambiadas):
            plan.leer.append(ventana)
            continue
        plan.omitidas.append(ventana)
        if cambio:
            plan.cambiadas.append(registrada)
    plan.leer.sort()
    return plan


def sumar(totales: Totales, ventana: Window) -> DayTotals:
    """The source's totals of a window."""
    suma = DayTotals()
    for dia, del_dia in totales.items():
        if ventana.desde <= dia <= ventana.hasta:
            suma.add(del_dia)
    return suma


def huella(version: str, totales: DayTotals) -> str:
    """What identifies the source's content of a window: how it was read, counts, sums and checksum."""
    return f"{version}:{totales.rows}:{totales.quantity}:{totales.value}:{totales.checksum}"


def version_de_lectura(perfil: str, consultas: Iterable[str], reglas: Iterable[WarehouseRule]) -> str:
    """Changes when the same source would be read otherwise: another query, other warehouse rules."""
    texto = "\n".join([*consultas, *(f"{regla.contains}={regla.type}" for regla in reglas)])
    return f"{perfil}-{hashlib.sha256(texto.encode()).hexdigest()[:12]}"
