"""Whether a model has become old: months it has not seen, history that changed under it, or forecasts that failed."""

from __future__ import annotations

import datetime as dt

from django.db import connection
from django.utils import timezone

from tns.extraccion.models import MovimientoInventario, VentanaExtraccion
from tns.ml.meses import meses_utiles, nombre, siguiente, ultimo_dia
from tns.ml.models import EstadoModelo, ModeloML
from tns.ml.selectors import empresas_del_modelo, ventanas_de

# Recent error over the backtest's from which the forecasts are said to have drifted.
DERIVA = 1.3
_ERROR = """
WITH ocurrido AS (
    SELECT articulo_codigo,
           (12 * (extract(year FROM fecha) - %(anio)s) + extract(month FROM fecha) - %(mes)s)::int AS i,
           sum(CASE tipo_documento WHEN 'FACTURA_VENTA' THEN cantidad ELSE -abs(cantidad) END)::float8 AS demanda
    FROM movimientos_inventario
    WHERE empresa_servidor_id = ANY(%(empresas)s) AND fecha > %(desde)s AND fecha <= %(hasta)s
      AND tipo_documento IN ('FACTURA_VENTA', 'DEVOLUCION_VENTA')
    GROUP BY 1, 2
), esperado AS (
    SELECT articulo_codigo, i, cantidad[i] AS demanda
    FROM pronosticos_ml, generate_series(1, %(meses)s) AS i WHERE modelo_id = %(modelo)s
)
SELECT sum(abs(coalesce(esperado.demanda, 0) - coalesce(ocurrido.demanda, 0))) / nullif(sum(ocurrido.demanda), 0)
FROM esperado FULL JOIN ocurrido USING (articulo_codigo, i)
"""


def revisar_modelos() -> int:
    """Review every model in service; answers how many should be trained again."""
    return sum(revisar(modelo) for modelo in ModeloML.objects.filter(estado=EstadoModelo.EN_SERVICIO).iterator())


def revisar(modelo: ModeloML) -> bool:
    """Write on the row whether it should be trained again, why, and the error of the months that have passed since."""
    empresas = empresas_del_modelo(modelo.nit_base)
    ids = [empresa.id for empresa in empresas]
    hoy = timezone.localdate()
    movimientos = MovimientoInventario.objects.filter(empresa_servidor_id__in=ids, fecha__lte=hoy)
    ultimo = movimientos.order_by("-fecha").values_list("fecha", flat=True).first()
    utiles = ultimo and meses_utiles(
        con_movimientos=[modelo.primer_mes, ultimo.replace(day=1)],
        ultimo_movimiento=ultimo,
        ventanas=ventanas_de(empresas),
        anios=[empresa.anio_fiscal for empresa in empresas],
        hoy=hoy,
    )
    modelo.error_reciente = None
    motivos = []
    if utiles and utiles.ultimo > modelo.ultimo_mes:
        motivos.append(f"Hay meses completos más recientes, hasta {nombre(utiles.ultimo)}.")
        modelo.error_reciente = _error_reciente(modelo, ids, utiles.ultimo)
        if _derivo(modelo):
            motivos.append(f"El error de los últimos meses ({modelo.error_reciente:.0%}) supera el del backtest.")
    if _historia_cambiada(modelo, ids):
        motivos.append("Se extrajo historia de esos meses después de entrenar.")
    modelo.reentrenar, modelo.motivo_reentrenar, modelo.revisado_en = bool(motivos), " ".join(motivos), timezone.now()
    modelo.save(update_fields=["reentrenar", "motivo_reentrenar", "error_reciente", "revisado_en"])
    return modelo.reentrenar


def _error_reciente(modelo: ModeloML, empresas: list[int], ultimo: dt.date) -> float | None:
    """WAPE of the forecasts of the months after the model's last one; None when nothing was sold."""
    meses = 12 * (ultimo.year - modelo.ultimo_mes.year) + ultimo.month - modelo.ultimo_mes.month
    largo = modelo.pronosticos.values_list("cantidad__len", flat=True).first() or 0
    if (meses := min(meses, largo)) == 0:
        return None
    final = modelo.ultimo_mes
    for _ in range(meses):
        final = siguiente(final)
    parametros = {
        "anio": modelo.ultimo_mes.year,
        "mes": modelo.ultimo_mes.month,
        "empresas": empresas,
        "desde": ultimo_dia(modelo.ultimo_mes),
        "hasta": ultimo_dia(final),
        "meses": meses,
        "modelo": modelo.id,
    }
    with connection.cursor() as cursor:
        cursor.execute(_ERROR, parametros)
        (error,) = cursor.fetchone()
    return error


def _derivo(modelo: ModeloML) -> bool:
    esperado = modelo.metricas.get("wape")
    return bool(esperado and modelo.error_reciente and modelo.error_reciente > DERIVA * esperado)


def _historia_cambiada(modelo: ModeloML, empresas: list[int]) -> bool:
    return VentanaExtraccion.objects.filter(
        empresa_servidor_id__in=empresas, extraida__gt=modelo.entrenado_en, desde__lte=ultimo_dia(modelo.ultimo_mes)
    ).exists()
