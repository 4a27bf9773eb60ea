"""The peers of the forecasting bench, each as a specialist would install it; one thread.

`python -m bench.pronostico_pares PEER history.parquet forecast.parquet` runs one of them on a file.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable

import numpy as np
import pandas as pd

from bench.pronostico_datos import HORIZON

Peer = Callable[[np.ndarray, pd.DatetimeIndex], np.ndarray]


def _long(train: np.ndarray, months: pd.DatetimeIndex) -> pd.DataFrame:
    ids = np.char.zfill(np.arange(len(train)).astype(str), 7)
    return pd.DataFrame(
        {
            "unique_id": np.repeat(ids, len(months)),
            "ds": np.tile(months, len(train)),
            "y": train.ravel().astype(np.float64),
        }
    )


def _statsforecast(train: np.ndarray, months: pd.DatetimeIndex, name: str) -> np.ndarray:
    from statsforecast import StatsForecast
    from statsforecast import models as stats

    season = 12 if len(months) >= 24 else 1
    model = getattr(stats, name)(season_length=season)
    engine = StatsForecast(models=[model], freq="MS", n_jobs=1, fallback_model=stats.Naive())
    table = engine.forecast(df=_long(train, months), h=HORIZON)
    return np.maximum(table[name].to_numpy(dtype=np.float64).reshape(len(train), HORIZON), 0)


def auto_ets(train: np.ndarray, months: pd.DatetimeIndex) -> np.ndarray:
    """statsforecast's AutoETS."""
    return _statsforecast(train, months, "AutoETS")


def dynamic_optimized_theta(train: np.ndarray, months: pd.DatetimeIndex) -> np.ndarray:
    """statsforecast's DynamicOptimizedTheta."""
    return _statsforecast(train, months, "DynamicOptimizedTheta")


def mlforecast_xgboost(train: np.ndarray, months: pd.DatetimeIndex) -> np.ndarray:
    """mlforecast with a recursive Tweedie XGBoost on the usual lags and rolling means."""
    from mlforecast import MLForecast
    from mlforecast.lag_transforms import RollingMean
    from xgboost import XGBRegressor

    lags = [lag for lag in (1, 2, 3, 6, 12) if lag < len(months) - 1]
    model = XGBRegressor(
        objective="reg:tweedie", n_estimators=100, learning_rate=0.05, max_depth=6, tree_method="hist", n_jobs=1
    )
    rolling = {1: [RollingMean(3), RollingMean(min(12, len(months) - 2))]}
    engine = MLForecast(models={"xgb": model}, freq="MS", lags=lags, lag_transforms=rolling, date_features=["month"])
    engine.fit(_long(train, months), static_features=[])
    table = engine.predict(HORIZON).sort_values(["unique_id", "ds"])
    return np.maximum(table["xgb"].to_numpy(dtype=np.float64).reshape(len(train), HORIZON), 0)


def prophet_each(train: np.ndarray, months: pd.DatetimeIndex) -> np.ndarray:
    """One default Prophet per article, point forecast only."""
    logging.getLogger("prophet.plot").setLevel(logging.CRITICAL)
    stan = logging.getLogger("cmdstanpy")
    stan.addHandler(logging.NullHandler())
    stan.setLevel(logging.ERROR)
    from prophet import Prophet

    ahead = pd.DataFrame({"ds": pd.date_range(months[-1], periods=HORIZON + 1, freq="MS")[1:]})
    out = np.zeros((len(train), HORIZON))
    for row, series in enumerate(train):
        model = Prophet(uncertainty_samples=0)
        model.fit(pd.DataFrame({"ds": months, "y": series}))
        out[row] = np.maximum(model.predict(ahead)["yhat"].to_numpy(), 0)
    return out


def seed_style(train: np.ndarray, months: pd.DatetimeIndex) -> np.ndarray:
    """Month and the last three months into a squared-error XGBoost, fed with its own forecasts."""
    from xgboost import XGBRegressor

    n, known = train.shape
    features, target = [], []
    for t in range(3, known):
        features.append(
            np.column_stack([np.full(n, months[t].month), train[:, t - 1], train[:, t - 2], train[:, t - 3]])
        )
        target.append(train[:, t])
    model = XGBRegressor(n_estimators=100, n_jobs=1).fit(np.concatenate(features), np.concatenate(target))
    history = train[:, -3:].copy()
    out = np.zeros((n, HORIZON))
    for h in range(HORIZON):
        month = (months[-1] + pd.DateOffset(months=h + 1)).month
        row = np.column_stack([np.full(n, month), history[:, -1], history[:, -2], history[:, -3]])
        out[:, h] = np.maximum(model.predict(row), 0)
        history = np.column_stack([history[:, 1:], out[:, h]])
    return out


PEERS: dict[str, Peer] = {
    "AutoETS": auto_ets,
    "DynamicOptimizedTheta": dynamic_optimized_theta,
    "mlforecast+XGBoost": mlforecast_xgboost,
    "Prophet por artículo": prophet_each,
    "estilo semilla": seed_style,
}


def main(name: str, source: str, target: str) -> None:
    """Forecast the articles of a sorted file in which each has every month; written as `tns pronosticar` does."""
    history = pd.read_parquet(source)
    ids, months = history["unique_id"].unique(), pd.DatetimeIndex(history["ds"].unique())
    forecast = PEERS[name](history["y"].to_numpy().reshape(len(ids), len(months)), months)
    ahead = pd.date_range(months[-1], periods=HORIZON + 1, freq="MS")[1:]
    table = {"unique_id": np.repeat(ids, HORIZON), "ds": np.tile(ahead, len(ids)), "y_hat": forecast.ravel()}
    pd.DataFrame(table).to_parquet(target, index=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
