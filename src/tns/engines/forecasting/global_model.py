"""One XGBoost for all articles, origins and horizons of a company: direct forecasts, no recursion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tns.engines.forecasting.config import Config
from tns.engines.forecasting.features import slice_at
from tns.engines.forecasting.panel import Floats, Panel
from tns.engines.forecasting.scans import Scans
from tns.engines.forecasting.seasonal import season_at, theta
from tns.engines.progress import Progress

if TYPE_CHECKING:
    import xgboost

CHUNK = 20_000  # articles whose features are held in memory at once while predicting


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """Rows = (article, origin, horizon); target and weight are already divided by the level."""

    names: list[str]
    values: Floats
    target: Floats
    weight: Floats


@dataclass(slots=True)
class GlobalModel:
    """The fitted booster and what is needed to use it again.

    Attributes:
        booster: XGBoost's own model; predicts demand divided by the article's level.
        features: column names in order.
        horizons: longest horizon it was trained for.
        rows: training rows.
    """

    booster: xgboost.Booster
    features: list[str]
    horizons: int
    rows: int

    def predict(self, panel: Panel, scans: Scans, origin: int, horizon: int) -> tuple[Floats, Floats]:
        """Forecast and seasonal theta of every article at `origin`: two (N, horizon) tables in units.

        Horizons beyond the trained ones are asked as the longest one trained; their season and month are the true ones.
        """
        forecast = np.empty((panel.articles, horizon), dtype=np.float32)
        statistical = np.empty_like(forecast)
        for start in range(0, panel.articles, CHUNK):
            rows = np.arange(start, min(start + CHUNK, panel.articles))
            part = slice_at(panel, scans, origin, range(1, horizon + 1), rows)
            column = part.names.index("horizon")
            part.values[:, :, column] = np.minimum(part.values[:, :, column], self.horizons)
            flat = part.values.reshape(-1, len(part.names))
            ratio = self.booster.inplace_predict(flat).reshape(horizon, len(rows))
            forecast[rows] = np.maximum(ratio * part.level, 0.0).T
            statistical[rows] = part.theta
        return forecast, statistical


def theta_only(panel: Panel, scans: Scans, origin: int, horizon: int) -> Floats:
    """Seasonal theta of every article at `origin`: (N, horizon), for panels too short for a global model."""
    season = season_at(scans.y, origin, scans.birth)
    return theta(scans.y, origin, scans.birth, season, horizon)


def training_set(panel: Panel, scans: Scans, until: int, horizon: int, config: Config) -> TrainingSet | None:
    """Rows whose target month is before `until`; None when the history is too short for even one.

    Every origin has the same share of the row budget; within it articles are drawn without repetition.
    """
    origins = range(max(config.min_history, until - config.origins), until)
    plan = [(o, _horizons(o, until, horizon)) for o in origins]
    wanted = sum(len(h) for _, h in plan) * panel.articles
    if wanted == 0:
        return None
    rng = np.random.default_rng(config.seed)
    share = min(1.0, config.max_rows / wanted)
    values, target, weight, names = [], [], [], [""]
    for origin, ahead in plan:
        born = np.flatnonzero(scans.birth < origin)
        if share < 1.0:
            born = np.sort(rng.permutation(born)[: max(1, int(len(born) * share))])
        if not len(born):
            continue
        part = slice_at(panel, scans, origin, ahead, born)
        names = part.names
        values.append(part.values.reshape(-1, len(names)))
        target.append((scans.y[born][:, [origin + h - 1 for h in ahead]] / part.level[:, None]).T.ravel())
        weight.append(np.tile(part.level**config.level_power, len(ahead)))
    if not values:
        return None
    return TrainingSet(names, np.concatenate(values), np.concatenate(target), np.concatenate(weight))


def _horizons(origin: int, until: int, horizon: int) -> list[int]:
    return list(range(1, min(horizon, until - origin) + 1))


def fit_global(data: TrainingSet, horizon: int, config: Config, progress: Progress) -> GlobalModel:
    """Train the booster; cancellation is looked at after every round."""
    import xgboost

    class _Tick(xgboost.callback.TrainingCallback):
        def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
            progress.advance()
            return False

    matrix = xgboost.QuantileDMatrix(
        data.values,
        label=data.target,
        weight=data.weight,
        feature_names=data.names,
        max_bin=config.max_bin,
        nthread=config.threads,
    )
    parameters = {
        "objective": "reg:tweedie",
        "tweedie_variance_power": config.tweedie_power,
        "eta": config.learning_rate,
        "max_depth": config.max_depth,
        "max_bin": config.max_bin,
        "tree_method": "hist",
        "nthread": config.threads,
        "seed": config.seed,
    }
    booster = xgboost.train(parameters, matrix, config.rounds, callbacks=[_Tick()])
    booster.set_param({"nthread": config.threads})
    return GlobalModel(booster, data.names, horizon, len(data.target))


def feature_importance(model: GlobalModel, top: int = 20) -> list[tuple[str, float]]:
    """The features that gained most, largest first, as shares of the total gain."""
    gain: dict[str, float] = {
        k: float(np.sum(v)) for k, v in model.booster.get_score(importance_type="total_gain").items()
    }
    whole = sum(gain.values()) or 1.0
    ranked: Sequence[tuple[str, float]] = sorted(gain.items(), key=lambda item: -item[1])
    return [(name, round(value / whole, 4)) for name, value in ranked[:top]]
