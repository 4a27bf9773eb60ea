"""Rolling-origin backtest: what the models would have said in the past, told to no month they had not seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tns.engines.forecasting.panel import Floats
from tns.engines.forecasting.scans import Scans

LONGEST = 12  # months held back at most
SAMPLE = 2_000  # articles judged at most


@dataclass(frozen=True, slots=True)
class Trial:
    """Forecasts made at one past origin.

    Attributes:
        origin: months known.
        actual: (n, h) what happened, NaN in months that had not happened yet when the panel ended.
        forecasts: model -> (n, h); "combinado" is the one served.
        scale: (n, h) spread expected of the combined forecast's error (`intervals.error_scale`).
        kind: (n,) class of the article for the intervals.
        step: (n,) root mean squared month-to-month change before the origin, the unit of RMSSE.
    """

    origin: int
    actual: Floats
    forecasts: dict[str, Floats]
    scale: Floats
    kind: npt.NDArray[np.int64]
    step: npt.NDArray[np.float64]


def held_back(months: int, horizon: int) -> int:
    """How many of the last months the backtest keeps from the models: a third, at most a year."""
    return max(0, min(LONGEST, max(horizon, 6) + 6, months // 3)) if months >= 4 else 0


def judged_articles(scans: Scans, origin: int, seed: int) -> npt.NDArray[np.intp]:
    """Articles born before `origin`, a random `SAMPLE` of them when there are more."""
    born = np.flatnonzero(scans.birth < origin)
    if len(born) > SAMPLE:
        born = np.sort(np.random.default_rng(seed).permutation(born)[:SAMPLE])
    return born


def actuals(demand: Floats, origin: int, horizon: int) -> Floats:
    """(N, horizon) demand after `origin`, returns as 0, NaN beyond the panel."""
    n, months = demand.shape
    out = np.full((n, horizon), np.nan, dtype=np.float32)
    width = min(horizon, months - origin)
    out[:, :width] = np.maximum(demand[:, origin : origin + width], 0.0)
    return out


def naive(demand: Floats, origin: int, horizon: int) -> Floats:
    """Last month repeated."""
    return np.repeat(np.maximum(demand[:, origin - 1], 0.0)[:, None], horizon, axis=1)


def seasonal_naive(demand: Floats, origin: int, horizon: int) -> Floats:
    """The same month of the last year, the last month while there is no year yet."""
    if origin < 12:
        return naive(demand, origin, horizon)
    last: Floats = np.maximum(demand[:, origin - 12 + np.arange(horizon) % 12], 0.0)
    return last


def naive_step(demand: Floats, origin: int) -> npt.NDArray[np.float64]:
    """(N,) root mean squared month-to-month change before `origin`; 0 for fewer than two months."""
    if origin < 2:
        return np.zeros(len(demand))
    step: npt.NDArray[np.float64] = np.sqrt(
        (np.diff(np.maximum(demand[:, :origin], 0.0).astype(np.float64), axis=1) ** 2).mean(axis=1)
    )
    return step


def measure(trials: list[Trial]) -> dict[str, dict[str, float]]:
    """Metrics of every model over all trials.

    Returns:
        model -> wape, wape_acumulado (of each article's horizon sum), rmsse, mae, rmse, r2, sesgo (relative bias) and
        observaciones. Empty when nothing could be judged.
    """
    if not trials:
        return {}
    return {name: _metrics(trials, name) for name in trials[0].forecasts}


def _metrics(trials: list[Trial], name: str) -> dict[str, float]:
    actual = np.concatenate([t.actual.ravel() for t in trials]).astype(np.float64)
    forecast = np.concatenate([t.forecasts[name].ravel() for t in trials]).astype(np.float64)
    seen = np.isfinite(actual)
    actual, forecast = actual[seen], forecast[seen]
    error = forecast - actual
    volume = max(float(actual.sum()), 1e-9)
    spread = float(((actual - actual.mean()) ** 2).sum()) if len(actual) else 0.0
    summed, scaled = [], []
    for trial in trials:
        difference = np.where(np.isfinite(trial.actual), trial.forecasts[name] - trial.actual, 0.0).astype(np.float64)
        summed.append(np.abs(difference.sum(axis=1)).sum())
        months = np.isfinite(trial.actual).sum(axis=1)
        moving = trial.step > 0
        scaled.append(
            np.sqrt((difference[moving] ** 2).sum(axis=1) / np.maximum(months[moving], 1)) / trial.step[moving]
        )
    ratios = np.concatenate(scaled)
    return {
        "wape": float(np.abs(error).sum()) / volume,
        "wape_acumulado": float(np.sum(summed)) / volume,
        "rmsse": float(ratios.mean()) if len(ratios) else 0.0,
        "mae": float(np.abs(error).mean()),
        "rmse": float(np.sqrt((error**2).mean())),
        "r2": 1.0 - float((error**2).sum()) / spread if spread > 0 else 0.0,
        "sesgo": float(error.sum()) / volume,
        "observaciones": float(len(actual)),
    }


def rounded(metrics: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, Any]]:
    """JSON-able copy with six significant digits."""
    return {model: {k: float(f"{v:.6g}") for k, v in row.items()} for model, row in metrics.items()}
