"""What is at hand of each article, how long purchases take and what they cost, from the movements.

A fiscal year that opens with an inventory note in January states its stock anew, so movements are added up from the
newest such year on (adding up every year would count each opening again); without any, from the beginning. Remissions
are left out as they are from demand: invoiced later, they describe the same goods twice.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from tns.empresas.models import EmpresaServidor
from tns.ml.selectors import empresas_del_modelo

# Fewer purchases with a known lead time than these say little: the NIT's own median is used.
COMPRAS_SUFICIENTES = 3
_CONSULTA = """
WITH movidos AS (
    SELECT articulo_codigo,
           coalesce(sum(CASE tipo_documento
                 WHEN 'FACTURA_COMPRA' THEN cantidad WHEN 'NOTA_INVENTARIO' THEN cantidad
                 WHEN 'DEVOLUCION_VENTA' THEN abs(cantidad) WHEN 'FACTURA_VENTA' THEN -cantidad
                 WHEN 'DEVOLUCION_COMPRA' THEN -abs(cantidad) ELSE 0 END)
               FILTER (WHERE empresa_servidor_id = ANY(%(vigentes)s)), 0)::float8 AS suma,
           sum(cantidad * precio_unitario) FILTER (WHERE tipo_documento = 'FACTURA_VENTA' AND fecha > %(hace_un_anio)s
                                                   AND cantidad > 0)::float8
             / nullif(sum(cantidad) FILTER (WHERE tipo_documento = 'FACTURA_VENTA' AND fecha > %(hace_un_anio)s
                                            AND cantidad > 0 AND precio_unitario IS NOT NULL), 0)::float8 AS precio
    FROM movimientos_inventario WHERE empresa_servidor_id = ANY(%(empresas)s) GROUP BY 1
), por_bodega AS (
    SELECT DISTINCT ON (articulo_codigo, coalesce(codigo_bodega, '')) articulo_codigo, stock_nuevo
    FROM movimientos_inventario
    WHERE empresa_servidor_id = ANY(%(empresas)s) AND stock_nuevo IS NOT NULL
    ORDER BY articulo_codigo, coalesce(codigo_bodega, ''), fecha DESC, id DESC
), contados AS (
    SELECT articulo_codigo, sum(stock_nuevo)::float8 AS stock FROM por_bodega GROUP BY 1
), costos AS (
    SELECT DISTINCT ON (articulo_codigo) articulo_codigo, precio_unitario::float8 AS costo
    FROM movimientos_inventario
    WHERE empresa_servidor_id = ANY(%(empresas)s) AND tipo_documento = 'FACTURA_COMPRA' AND precio_unitario > 0
    ORDER BY articulo_codigo, fecha DESC, id DESC
), esperas AS (
    SELECT articulo_codigo, percentile_cont(0.5) WITHIN GROUP (ORDER BY lead_time_dias) AS dias,
           coalesce(stddev_samp(lead_time_dias), 0)::float8 AS desviacion, count(*) AS compras
    FROM movimientos_inventario
    WHERE empresa_servidor_id = ANY(%(empresas)s) AND tipo_documento IN ('FACTURA_COMPRA', 'REMISION_ENTRADA')
      AND lead_time_dias BETWEEN 0 AND 365
    GROUP BY GROUPING SETS ((articulo_codigo), ())
)
SELECT movidos.articulo_codigo, contados.stock, movidos.suma, movidos.precio, costos.costo,
       propia.dias, propia.desviacion, propia.compras, general.dias, general.desviacion, general.compras
FROM movidos
LEFT JOIN contados USING (articulo_codigo)
LEFT JOIN costos USING (articulo_codigo)
LEFT JOIN esperas AS propia ON propia.articulo_codigo = movidos.articulo_codigo
LEFT JOIN esperas AS general ON general.articulo_codigo IS NULL
"""


@dataclass(frozen=True, slots=True)
class Existencia:
    """One article: units at hand and where that number comes from, prices, lead time and where it comes from."""

    stock: float
    stock_origen: str
    precio: float | None
    costo: float | None
    espera_dias: float | None
    espera_desviacion: float
    espera_origen: str


NADA = Existencia(0.0, "sin_datos", None, None, None, 0.0, "")


def _vigentes(empresas: Sequence[EmpresaServidor]) -> list[int]:
    """The companies whose movements add up to the present stock."""
    apertura = max((empresa.anio_fiscal for empresa in empresas if _abre_con_saldos(empresa)), default=None)
    return [empresa.id for empresa in empresas if apertura is None or empresa.anio_fiscal >= apertura]


def _abre_con_saldos(empresa: EmpresaServidor) -> bool:
    enero = (dt.date(empresa.anio_fiscal, 1, 1), dt.date(empresa.anio_fiscal, 1, 31))
    return empresa.movimientos.filter(tipo_documento="NOTA_INVENTARIO", fecha__range=enero).exists()


def existencias(*, nit_base: str, hace_un_anio: dt.date) -> dict[str, Existencia]:
    """By article code. The stock is the last one the source told of each warehouse, else the sum of the movements."""
    empresas = empresas_del_modelo(nit_base)
    parametros = {
        "empresas": [empresa.id for empresa in empresas],
        "vigentes": _vigentes(empresas),
        "hace_un_anio": hace_un_anio,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CONSULTA, parametros)
        return {fila[0]: _existencia(*fila[1:]) for fila in cursor.fetchall()}


def _existencia(
    contado: float | None,
    suma: float,
    precio: float | None,
    costo: float | None,
    dias: float | None,
    desviacion: float | None,
    compras: int | None,
    dias_nit: float | None,
    desviacion_nit: float | None,
    compras_nit: int | None,
) -> Existencia:
    espera: tuple[float | None, float, str] = (None, 0.0, "")
    if compras and compras >= COMPRAS_SUFICIENTES:
        espera = (dias, desviacion or 0.0, "articulo")
    elif compras_nit and compras_nit >= COMPRAS_SUFICIENTES:
        espera = (dias_nit, desviacion_nit or 0.0, "nit")
    if contado is not None:
        return Existencia(contado, "stock_nuevo", precio, costo, *espera)
    return Existencia(suma, "movimientos", precio, costo, *espera)
