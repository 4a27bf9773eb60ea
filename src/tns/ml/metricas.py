"""The metrics that the contract names, all of them out of sample."""

from __future__ import annotations

from typing import Any

from tns.engines.forecasting import FittedModel


def metricas_del_contrato(ajustado: FittedModel) -> dict[str, Any]:
    """Metrics of a fitted model, with the backtest whole under `backtest`.

    The xgboost_* are XGBoost's own in months it had not seen; they and `wape` (of the forecast that is served) are
    missing when the history is too short to hold months back. `prophet_datos_entrenamiento` counts the months given to
    all the Prophet models.
    """
    metricas: dict[str, Any] = {"prophet_datos_entrenamiento": _datos_de_prophet(ajustado)}
    backtest = ajustado.metadata()["backtest"]
    if "xgboost" in backtest:
        metricas |= {f"xgboost_{nombre}": backtest["xgboost"][nombre] for nombre in ("mae", "r2", "rmse")}
    if "combinado" in backtest:
        metricas |= {"wape": backtest["combinado"]["wape"], "sesgo": backtest["combinado"]["sesgo"]}
    if backtest:
        metricas["backtest"] = backtest
        metricas["backtest_origenes"] = ajustado.backtest_origins
    return metricas


def _datos_de_prophet(ajustado: FittedModel) -> int:
    return sum(len(modelo.history) for modelo in ajustado.prophet.models.values())
