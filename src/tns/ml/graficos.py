"""Pictures of a training for MLflow: the error of each model in the backtest, and the NIT's total. Knows no Django."""

from __future__ import annotations

from pathlib import Path
from typing import Any

_NOMBRES = {
    "combinado": "Servido (combinado)",
    "xgboost": "XGBoost",
    "theta": "Theta estacional",
    "prophet": "Prophet",
    "ingenuo": "Último mes",
    "ingenuo_estacional": "Mismo mes del año anterior",
}


def dibujar(datos: dict[str, Any], carpeta: Path) -> list[Path]:
    """Write the PNG files.

    Args:
        datos: `backtest` (model → metrics), `historia` and `pronostico` (month → units of the NIT's total).

    Returns:
        The files written; the backtest's only when there was one.
    """
    import matplotlib

    matplotlib.use("Agg")
    escritos = [_total(datos, carpeta)]
    if datos["backtest"]:
        escritos.append(_backtest(datos["backtest"], carpeta))
    return escritos


def _backtest(backtest: dict[str, dict[str, float]], carpeta: Path) -> Path:
    from matplotlib import pyplot

    orden = sorted(backtest, key=lambda modelo: backtest[modelo]["wape"], reverse=True)
    figura, ejes = pyplot.subplots(figsize=(8, 0.5 * len(orden) + 1.5), layout="constrained")
    colores = ["#00a868" if modelo == "combinado" else "#9aa4b2" for modelo in orden]
    barras = ejes.barh([_NOMBRES.get(m, m) for m in orden], [100 * backtest[m]["wape"] for m in orden], color=colores)
    ejes.bar_label(barras, fmt="%.1f %%", padding=3)
    ejes.set_xlabel("Error absoluto sobre la demanda real (WAPE, %), meses que el modelo no había visto")
    ejes.spines[["top", "right"]].set_visible(False)
    return _guardar(figura, carpeta / "backtest.png")


def _total(datos: dict[str, Any], carpeta: Path) -> Path:
    from matplotlib import pyplot

    figura, ejes = pyplot.subplots(figsize=(9, 4), layout="constrained")
    historia, pronostico = datos["historia"], datos["pronostico"]
    ejes.plot(list(historia), list(historia.values()), color="#344054", label="Demanda")
    ejes.plot(list(pronostico), list(pronostico.values()), color="#00a868", label="Pronóstico")
    meses = [*historia, *pronostico]
    ejes.set_xticks(range(0, len(meses), max(1, len(meses) // 12)))
    ejes.tick_params(axis="x", rotation=45)
    ejes.set_ylabel("Unidades de todos los artículos")
    ejes.set_ylim(bottom=0)
    ejes.legend(frameon=False)
    ejes.spines[["top", "right"]].set_visible(False)
    return _guardar(figura, carpeta / "total.png")


def _guardar(figura: Any, archivo: Path) -> Path:
    from matplotlib import pyplot

    figura.savefig(archivo, dpi=110)
    pyplot.close(figura)
    return archivo
