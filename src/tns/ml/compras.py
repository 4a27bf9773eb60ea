"""When and how much to buy: the arithmetic of inventories, on arrays. Knows no database.

Sources: Silver, Pyke and Thomas, "Inventory and Production Management in Supply Chains" (2017), for safety stock,
reorder point, variable lead time and ABC; Scholz-Reiter et al., "Integration of demand forecasts in ABC-XYZ analysis"
(2012), for XYZ. The spread is the forecast's own, not a formula's: see `exceso`.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

Numeros = npt.NDArray[np.float64]
DIAS_POR_MES = 365.25 / 12
_Z90, _Z975 = NormalDist().inv_cdf(0.90), NormalDist().inv_cdf(0.975)
_A, _B = 0.80, 0.95  # share of the year's value that classes A and A+B hold
_X, _Y = 0.5, 1.0  # coefficient of variation of the months up to which an article is X, Y


@dataclass(frozen=True, slots=True)
class Propuesta:
    """For each article, in units; `cantidad` is whole, and 0 when there is enough."""

    stock_seguridad: Numeros
    punto_reorden: Numeros
    nivel_objetivo: Numeros
    cantidad: Numeros


def exceso(cantidad: Numeros, maximo_80: Numeros, maximo_95: Numeros, nivel: float) -> Numeros:
    """Units above the forecast that each month stays under with probability `nivel`.

    The upper ends of the 80 and 95 % bands are its quantiles 0.90 and 0.975; in between, and beyond, they are joined on
    the normal scale.

    Args:
        cantidad, maximo_80, maximo_95: (N, H) forecast and upper ends.
        nivel: 0.5 to below 1.
    """
    z = NormalDist().inv_cdf(nivel)
    e80, e95 = np.maximum(maximo_80 - cantidad, 0), np.maximum(maximo_95 - cantidad, 0)
    if z <= _Z90:
        return e80 * (z / _Z90)
    if z <= _Z975:
        return e80 + (e95 - e80) * ((z - _Z90) / (_Z975 - _Z90))
    return e95 * (z / _Z975)


def proponer(
    *,
    cantidad: Numeros,
    exceso_mensual: Numeros,
    stock: Numeros,
    espera_dias: Numeros,
    espera_desviacion: Numeros,
    revision_dias: float,
    z: float,
) -> Propuesta:
    """Reorder point, target level and quantity of a policy reviewed every `revision_dias`.

    Errors of different months are taken as independent, so their spreads add as squares; the spread of the lead time
    adds z · (demand per day) · (its deviation).

    Args:
        cantidad, exceso_mensual: (N, H) forecast and its excess at the service level.
        stock: (N,) units at hand; espera_dias, espera_desviacion: (N,) lead time and its deviation, days.
        z: normal quantile of the service level.
    """
    por_dia = cantidad[:, 0] / DIAS_POR_MES
    hasta_llegar, seguridad = _proteccion(cantidad, exceso_mensual, espera_dias, z * por_dia * espera_desviacion)
    hasta_la_otra, seguridad_objetivo = _proteccion(
        cantidad, exceso_mensual, espera_dias + revision_dias, z * por_dia * espera_desviacion
    )
    punto = hasta_llegar + seguridad
    objetivo = np.maximum(hasta_la_otra + seguridad_objetivo, punto)
    falta = np.ceil(np.round(objetivo - np.maximum(stock, 0), 6))
    # Below the reorder point before the next review means that waiting for it would already be too late.
    alcanza = np.maximum(stock, 0) - por_dia * revision_dias > punto
    return Propuesta(seguridad, punto, objetivo, np.where(alcanza, 0.0, np.maximum(falta, 0.0)))


def _proteccion(
    cantidad: Numeros, exceso_mensual: Numeros, dias: Numeros, por_espera: Numeros
) -> tuple[Numeros, Numeros]:
    """Demand expected and safety stock over the next `dias` days."""
    mes = np.arange(cantidad.shape[1])
    parte = np.clip(dias[:, None] / DIAS_POR_MES - mes[None, :], 0.0, 1.0)
    esperado = (cantidad * parte).sum(axis=1)
    return esperado, np.sqrt((exceso_mensual**2 * parte).sum(axis=1) + por_espera**2)


def clase_abc(valor: Numeros) -> npt.NDArray[np.str_]:
    """A: the articles that together make the first 80 % of the year's value; B: up to 95 %; C: the rest."""
    orden = np.argsort(-valor, kind="stable")
    total = valor.sum()
    antes = np.concatenate([[0.0], np.cumsum(valor[orden])[:-1]]) / (total or 1.0)
    clases = np.where(antes < _A, "A", np.where(antes < _B, "B", "C"))
    resultado = np.empty(len(valor), dtype="<U1")
    resultado[orden] = np.where(valor[orden] > 0, clases, "C")
    return resultado


def clase_xyz(meses: Numeros) -> npt.NDArray[np.str_]:
    """X: steady months (variation up to 0.5 of the mean), Y: up to 1, Z: more, or without demand."""
    media = meses.mean(axis=1)
    variacion = np.divide(meses.std(axis=1), media, out=np.full(len(media), np.inf), where=media > 0)
    return np.where(variacion <= _X, "X", np.where(variacion <= _Y, "Y", "Z"))
