"""The purchase proposal of a NIT: its forecasts against what is at hand."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
from django.db import connection

from tns.ml import compras
from tns.ml.existencias import NADA, Existencia, existencias
from tns.ml.meses import nombre, ultimo_dia
from tns.ml.models import ModeloML

HORIZONTE = 14  # months: the longest lead time that counts (a year) and the longest review
MESES_DEL_ANIO = 12
_PRONOSTICOS = """
SELECT articulo_codigo, articulo_nombre, modelo_usado, cantidad[1:%(h)s], maximo_80[1:%(h)s], maximo_95[1:%(h)s],
       historia[greatest(1, cardinality(historia) - 11):]
FROM pronosticos_ml WHERE modelo_id = %(modelo)s ORDER BY articulo_codigo
"""


@dataclass(frozen=True, slots=True)
class Politica:
    """What the buyer decides: probability of not running out, lead time where none is known, days between orders."""

    nivel_servicio: float = 0.95
    lead_time_dias: float = 15.0
    revision_dias: float = 30.0


@dataclass(frozen=True, slots=True)
class Recomendacion:
    """One article; units unless it says pesos."""

    articulo_codigo: str
    articulo_nombre: str
    clase_abc: str
    clase_xyz: str
    demanda_12_meses: float
    valor_12_meses: float
    demanda_proximo_mes: float
    stock: float
    stock_origen: str
    cobertura_meses: float | None
    rotacion_anual: float | None
    lead_time_dias: float
    lead_time_origen: str
    stock_seguridad: float
    punto_reorden: float
    nivel_objetivo: float
    cantidad_sugerida: float
    costo_unitario: float | None
    valor_sugerido: float | None
    inventario_muerto: bool
    motivo: str


def recomendar(*, modelo: ModeloML, politica: Politica) -> list[Recomendacion]:
    """Every article of the model, by code."""
    with connection.cursor() as cursor:
        cursor.execute(_PRONOSTICOS, {"h": HORIZONTE, "modelo": modelo.id})
        filas = cursor.fetchall()
    if not filas:
        return []
    corte = ultimo_dia(modelo.ultimo_mes) - dt.timedelta(days=365)
    hay = existencias(nit_base=modelo.nit_base, hace_un_anio=corte)
    return _armar(filas, [hay.get(fila[0], NADA) for fila in filas], politica)


def _armar(filas: list[Any], hay: list[Existencia], politica: Politica) -> list[Recomendacion]:
    cantidad, maximo_80, maximo_95 = (np.array([fila[i] for fila in filas], dtype=np.float64) for i in (3, 4, 5))
    historia = np.array([_doce(fila[6]) for fila in filas])
    vivo = np.array([fila[2] != "sin_demanda" for fila in filas])
    # What nobody buys any more needs no cushion, however wide the band around its zero.
    exceso = compras.exceso(cantidad, maximo_80, maximo_95, politica.nivel_servicio) * vivo[:, None]
    esperas = [politica.lead_time_dias if e.espera_dias is None else e.espera_dias for e in hay]
    propuesta = compras.proponer(
        cantidad=cantidad,
        exceso_mensual=exceso,
        stock=np.array([e.stock for e in hay]),
        espera_dias=np.array(esperas, dtype=np.float64),
        espera_desviacion=np.array([e.espera_desviacion for e in hay]),
        revision_dias=politica.revision_dias,
        z=NormalDist().inv_cdf(politica.nivel_servicio),
    )
    demanda = np.maximum(historia, 0).sum(axis=1)
    valor = demanda * np.array([e.precio if e.precio is not None else e.costo or 0.0 for e in hay])
    abc, xyz = compras.clase_abc(valor), compras.clase_xyz(np.maximum(historia, 0))
    por_articulo = zip(filas, hay, esperas, demanda.tolist(), valor.tolist(), abc.tolist(), xyz.tolist(), strict=True)
    return [_una(propuesta, i, *datos) for i, datos in enumerate(por_articulo)]


def _doce(historia: list[float]) -> list[float]:
    return [0.0] * (MESES_DEL_ANIO - len(historia)) + historia


def _una(
    propuesta: compras.Propuesta,
    i: int,
    fila: Any,
    hay: Existencia,
    espera: float,
    demanda: float,
    valor: float,
    abc: str,
    xyz: str,
) -> Recomendacion:
    pronostico = np.asarray(fila[3])
    stock = max(hay.stock, 0.0)
    proximo_anio = float(pronostico[:MESES_DEL_ANIO].mean())
    sugerida = float(propuesta.cantidad[i])
    muerto = stock > 0 and demanda == 0
    return Recomendacion(
        articulo_codigo=fila[0],
        articulo_nombre=fila[1],
        clase_abc=abc,
        clase_xyz=xyz,
        demanda_12_meses=round(demanda, 2),
        valor_12_meses=round(valor, 2),
        demanda_proximo_mes=round(float(pronostico[0]), 2),
        stock=round(hay.stock, 2),
        stock_origen=hay.stock_origen,
        cobertura_meses=round(stock / proximo_anio, 1) if proximo_anio > 0.005 else None,
        rotacion_anual=round(demanda / stock, 1) if stock > 0 else None,
        lead_time_dias=round(espera, 1),
        lead_time_origen=hay.espera_origen or "defecto",
        stock_seguridad=round(float(propuesta.stock_seguridad[i]), 2),
        punto_reorden=round(float(propuesta.punto_reorden[i]), 2),
        nivel_objetivo=round(float(propuesta.nivel_objetivo[i]), 2),
        cantidad_sugerida=sugerida,
        costo_unitario=hay.costo,
        valor_sugerido=round(sugerida * hay.costo, 2) if hay.costo is not None else None,
        inventario_muerto=muerto,
        motivo=_motivo(hay, sugerida, muerto, float(propuesta.punto_reorden[i])),
    )


def _motivo(hay: Existencia, sugerida: float, muerto: bool, punto: float) -> str:
    if muerto:
        return "Hay existencias y no se ha vendido en 12 meses."
    if hay.stock < 0:
        return "El stock calculado es negativo: falta historia o un conteo; se tomó como cero."
    if sugerida > 0 and hay.stock <= punto:
        return "El stock está en el punto de reorden o por debajo."
    if sugerida > 0:
        return "El stock llegará al punto de reorden antes de la próxima revisión."
    return "El stock alcanza hasta la próxima revisión."


def elegir(
    filas: list[Recomendacion], *, clase: str, solo_comprar: bool, solo_muertos: bool, buscar: str, orden: str
) -> list[Recomendacion]:
    """The rows that fit, sorted by `orden` (a field, with "-" for descending); those without a value come last."""
    letras, texto = set(clase.upper()), buscar.strip().casefold()
    elegidas = [
        fila
        for fila in filas
        if letras <= {fila.clase_abc, fila.clase_xyz}
        and (not solo_comprar or fila.cantidad_sugerida > 0)
        and (not solo_muertos or fila.inventario_muerto)
        and (not texto or texto in fila.articulo_codigo.casefold() or texto in fila.articulo_nombre.casefold())
    ]
    campo, descendente = orden.lstrip("-"), orden.startswith("-")
    con_valor = [fila for fila in elegidas if getattr(fila, campo) is not None]
    con_valor.sort(key=lambda fila: getattr(fila, campo), reverse=descendente)
    return con_valor + [fila for fila in elegidas if getattr(fila, campo) is None]


def resumen(recomendaciones: list[Recomendacion], modelo: ModeloML, politica: Politica) -> dict[str, Any]:
    """What the page says above the table."""
    muertos = [r for r in recomendaciones if r.inventario_muerto]
    por_comprar = [r for r in recomendaciones if r.cantidad_sugerida > 0]
    return {
        "modelo_id": modelo.modelo_id,
        "version": modelo.version,
        "nit": modelo.nit,
        "entrenado_en": modelo.entrenado_en,
        "desde_mes": nombre(modelo.primer_mes_pronosticado),
        "reentrenar": modelo.reentrenar,
        "nivel_servicio": politica.nivel_servicio,
        "lead_time_dias_por_defecto": politica.lead_time_dias,
        "revision_dias": politica.revision_dias,
        "articulos": len(recomendaciones),
        "por_comprar": len(por_comprar),
        "valor_sugerido": round(sum(r.valor_sugerido or 0.0 for r in por_comprar), 2),
        "inventario_muerto": len(muertos),
        "valor_inventario_muerto": round(sum(max(r.stock, 0.0) * (r.costo_unitario or 0.0) for r in muertos), 2),
        "por_clase": dict(sorted(Counter(r.clase_abc + r.clase_xyz for r in recomendaciones).items())),
    }
