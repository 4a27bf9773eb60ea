"""The served forecast: what a training wrote, cut to the months and articles asked for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection

from tns.ml.meses import nombre, siguiente
from tns.ml.models import ModeloML, Pronostico
from tns.ml.selectors import pronosticos_de

_BANDAS = ("cantidad", "minimo_80", "maximo_80", "minimo_95", "maximo_95")
_TOTAL = """
SELECT i, sum(cantidad[i]) FROM pronosticos_ml, generate_series(1, %s) AS i WHERE modelo_id = %s GROUP BY i ORDER BY i
"""


def predecir(
    *, modelo: ModeloML, codigos: Sequence[str] | None, meses: int, meses_historia: int, pagina: int, tamano: int
) -> dict[str, Any]:
    """One page of forecasts.

    Args:
        codigos: articles wanted, in any order; None for all.
        meses: months ahead; meses_historia: months of history beside each.

    Raises:
        ArticuloNoEncontrado: naming the codes nobody knows, with those that look like them.
    """
    consulta = pronosticos_de(modelo, codigos)
    total = consulta.count()
    inicio = (pagina - 1) * tamano
    calendario = _calendario(modelo, meses)
    return {
        **_encabezado(modelo),
        "meses": calendario,
        "total_articulos": total,
        "pagina": pagina,
        "tamano": tamano,
        "hay_mas": inicio + tamano < total,
        "total": _total(modelo, calendario) if codigos is None else None,
        "articulos": [_articulo(p, modelo, calendario, meses_historia) for p in consulta[inicio : inicio + tamano]],
    }


def articulos(*, modelo: ModeloML, codigos: Sequence[str] | None, meses: int) -> Iterator[dict[str, Any]]:
    """Every forecast asked for, one by one and without history; raises what `predecir` raises."""
    calendario = _calendario(modelo, meses)
    for pronostico in pronosticos_de(modelo, codigos).iterator(chunk_size=1000):
        yield _articulo(pronostico, modelo, calendario, 0)


def _encabezado(modelo: ModeloML) -> dict[str, Any]:
    return {
        "modelo_id": modelo.modelo_id,
        "version": modelo.version,
        "nit": modelo.nit,
        "entrenado_en": modelo.entrenado_en,
        "primer_mes_historia": nombre(modelo.primer_mes),
        "ultimo_mes_historia": nombre(modelo.ultimo_mes),
        "pesos": modelo.pesos,
        "wape_backtest": modelo.metricas.get("wape"),
        "reentrenar": modelo.reentrenar,
        "motivo_reentrenar": modelo.motivo_reentrenar,
    }


def _calendario(modelo: ModeloML, meses: int) -> list[str]:
    mes = modelo.primer_mes_pronosticado
    calendario = []
    for _ in range(meses):
        calendario.append(nombre(mes))
        mes = siguiente(mes)
    return calendario


def _total(modelo: ModeloML, calendario: list[str]) -> list[dict[str, Any]]:
    """The forecasts of every article added up; intervals do not add up, so there are none."""
    with connection.cursor() as cursor:
        cursor.execute(_TOTAL, [len(calendario), modelo.id])
        return [{"mes": calendario[i - 1], "cantidad": round(suma or 0.0, 2)} for i, suma in cursor.fetchall()]


def _articulo(pronostico: Pronostico, modelo: ModeloML, calendario: list[str], meses_historia: int) -> dict[str, Any]:
    bandas = zip(*(getattr(pronostico, banda) for banda in _BANDAS), strict=True)
    filas = [
        {"mes": mes, **{banda: round(valor, 2) for banda, valor in zip(_BANDAS, valores, strict=True)}}
        for mes, valores in zip(calendario, bandas, strict=False)
    ]
    return {
        "articulo_codigo": pronostico.articulo_codigo,
        "articulo_nombre": pronostico.articulo_nombre,
        "modelo_usado": pronostico.modelo_usado,
        "total": round(sum(fila["cantidad"] for fila in filas), 2),
        "pronostico": filas,
        "historia": _historia(pronostico.historia, modelo.ultimo_mes, meses_historia),
    }


def _historia(valores: list[float], ultimo_mes: dt.date, cuantos: int) -> list[dict[str, Any]]:
    elegidos = valores[-cuantos:] if cuantos else []
    indice = 12 * ultimo_mes.year + ultimo_mes.month - len(elegidos)
    return [
        {"mes": f"{(indice + i) // 12:04d}-{(indice + i) % 12 + 1:02d}", "cantidad": round(valor, 2)}
        for i, valor in enumerate(elegidos)
    ]
