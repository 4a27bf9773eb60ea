"""What is at hand of each article, how long purchases take and what they cost, from the movements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection

from tns.ml.selectors import empresas_del_modelo

# Fewer purchases with a known lead time than these say little: the NIT's own median is used.
COMPRAS_SUFICIENTES = 3
_CONSULTA = """
WITH movidos AS (
    SELECT articulo_codigo,
           sum(CASE tipo_documento
                 WHEN 'FACTURA_COMPRA' THEN cantidad WHEN 'REMISION_ENTRADA' THEN cantidad
                 WHEN 'NOTA_INVENTARIO' THEN cantidad WHEN 'DEVOLUCION_VENTA' THEN abs(cantidad)
                 WHEN 'FACTURA_VENTA' THEN -cantidad WHEN 'REMISION_SALIDA' THEN -abs(cantidad)
                 WHEN 'DEVOLUCION_COMPRA' THEN -abs(cantidad) ELSE 0 END)::float8 AS suma,
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


def existencias(*, nit_base: str, hace_un_anio: Any) -> dict[str, Existencia]:
    """By article code. The stock is the last one the source told of each warehouse, else the sum of the movements."""
    empresas = [empresa.id for empresa in empresas_del_modelo(nit_base)]
    with connection.cursor() as cursor:
        cursor.execute(_CONSULTA, {"empresas": empresas, "hace_un_anio": hace_un_anio})
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
