"""The XGBoost model of a company, pooled over articles, origins and horizons: direct forecasts, no recursion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tns.engines.forecasting.config import Config
from tns.engines.forecasting.errors import ModelNotUsable
from tns.engines.forecasting.features import slice_at
from tns.engines.forecasting.panel import Floats, Panel
from tns.engines.forecasting.scans import Scans
from tns.engines.forecasting.seasonal import adjust, pooled_season, season_at, theta
from tns.engines.progress import Progress

if TYPE_CHECKING:
    import xgboost

CHUNK = 10_000  # articles whose features are held in memory at once while predicting
MAX_RATIO = 100.0  # a month of more than so many times the unit teaches no more than that: keeps sums finite
MAX_BALANCE = 1.1  # a larger gap is an outlier's doing


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """Rows = (article, origin, horizon); level: the article's units per month, which the target is divided by."""

    names: list[str]
    values: Floats
    demand: Floats
    level: Floats
    weight: Floats


@dataclass(slots=True)
class GlobalModel:
    """The fitted booster and what is needed to use it again.

    Attributes:
        booster: XGBoost's own model; predicts demand divided by the article's level.
        balance: factor that makes its forecasts of the training rows add up to what was sold.
        features: column names in order.
        horizons: longest horizon it was trained for.
        rows: training rows.
    """

    booster: xgboost.Booster
    balance: float
    features: list[str]
    horizons: int
    rows: int

    def predict(self, panel: Panel, scans: Scans, origin: int, horizon: int) -> tuple[Floats, Floats]:
        """Forecast and seasonal theta of every article at `origin`: two (N, horizon) tables in units.

        Horizons beyond the trained ones are asked as the longest one trained; their season and month are the true ones.

        Raises:
            ModelNotUsable: the panel has other covariates or categories than the one the model learnt from.
        """
        forecast = np.empty((panel.articles, horizon), dtype=np.float32)
        statistical = np.empty_like(forecast)
        pooled = pooled_season(scans.y, origin, scans.birth)
        for start in range(0, panel.articles, CHUNK):
            rows = np.arange(start, min(start + CHUNK, panel.articles))
            part = slice_at(panel, scans, origin, range(1, horizon + 1), rows, pooled)
            if part.names != self.features:
                raise ModelNotUsable(
                    "La historia trae otras columnas que las del modelo guardado.",
                    que_hacer="Entrene de nuevo el modelo de la empresa.",
                    tecnico=f"expected {self.features}, found {part.names}",
                )
            column = part.names.index("horizon")
            part.values[:, :, column] = np.minimum(part.values[:, :, column], self.horizons)
            flat = part.values.reshape(-1, len(part.names))
            ratio = self.booster.inplace_predict(flat).reshape(horizon, len(rows)).T
            forecast[rows] = np.maximum(ratio, 0.0) * part.level[:, None] * np.float32(self.balance)
            statistical[rows] = part.theta
        return forecast, statistical


def theta_only(panel: Panel, scans: Scans, origin: int, horizon: int) -> Floats:
    """Seasonal theta of every article at `origin`: (N, horizon), for panels too short for a global model."""
    season = season_at(scans.y, origin, scans.birth, pooled_season(scans.y, origin, scans.birth))
    return theta(adjust(scans.y, origin, scans.birth, season), season, origin, horizon)


def training_set(panel: Panel, scans: Scans, until: int, horizon: int, config: Config) -> TrainingSet | None:
    """Rows whose target month is before `until`; None when there is none with demand.

    Every origin has the same share of the row budget; within it articles are drawn without repetition.
    """
    origins = range(max(config.min_history, until - config.origins), until)
    plan = [(o, list(range(1, min(horizon, until - o) + 1))) for o in origins]
    wanted = sum(len(ahead) for _, ahead in plan) * panel.articles
    rng = np.random.default_rng(config.seed)
    share = min(1.0, config.max_rows / max(wanted, 1))
    parts, demand = [], []
    for origin, ahead in plan:
        born = np.flatnonzero(scans.birth < origin)
        if share < 1.0:
            born = np.sort(rng.permutation(born)[: max(1, int(len(born) * share))])
        if len(born):
            parts.append(slice_at(panel, scans, origin, ahead, born))
            demand.append(scans.y[born][:, [origin + h - 1 for h in ahead]].T.ravel())
    if not any((sold > 0).any() for sold in demand):  # the logarithm of a mean of zeros teaches NaN
        return None
    level = np.concatenate([np.tile(p.level, p.theta.shape[1]) for p in parts])
    return TrainingSet(
        names=parts[0].names,
        values=np.concatenate([p.values.reshape(-1, len(p.names)) for p in parts]),
        demand=np.concatenate(demand),
        level=level,
        weight=(level**config.level_power).astype(np.float32),
    )


def train(
    panel: Panel, scans: Scans, until: int, horizon: int, config: Config, progress: Progress
) -> GlobalModel | None:
    """The booster of the months before `until`; None when they hold no demand to learn from."""
    data = training_set(panel, scans, until, horizon, config)
    progress.check()
    return None if data is None else fit_global(data, horizon, config, progress)


def fit_global(data: TrainingSet, horizon: int, config: Config, progress: Progress) -> GlobalModel:
    """Train the booster; cancellation is looked at after every round."""
    import xgboost

    matrix = xgboost.QuantileDMatrix(
        data.values,
        label=np.minimum(data.demand / data.level, MAX_RATIO),
        weight=data.weight,
        feature_names=data.names,
        max_bin=config.max_bin,
        nthread=config.threads,
    )
    booster = _boost(matrix, config, progress)
    balance = _balance(data.demand, booster.predict(matrix) * data.level)
    booster.reset()  # lets go of the training rows
    return GlobalModel(booster, balance, data.names, horizon, len(data.demand))


def _balance(demand: Floats, forecast: Floats) -> float:
    """Sold over forecast on the training rows: shrinkage leaves the sum a little short (Denuit et al. 2021)."""
    ratio = float(demand.sum(dtype=np.float64)) / max(float(forecast.sum(dtype=np.float64)), 1e-12)
    return float(np.clip(ratio, 1 / MAX_BALANCE, MAX_BALANCE))


def _boost(matrix: xgboost.QuantileDMatrix, config: Config, progress: Progress) -> xgboost.Booster:
    import xgboost

    parameters = {
        "objective": "reg:tweedie",
        "tweedie_variance_power": config.tweedie_power,
        "eta": config.learning_rate,
        "max_depth": config.max_depth,
        "subsample": config.subsample,
        "colsample_bytree": config.column_share,
        "colsample_bynode": config.node_share,
        "min_child_weight": config.min_child,
        "max_bin": config.max_bin,
        "tree_method": "hist",
        "nthread": config.threads,
        "seed": config.seed,
    }
    booster = xgboost.Booster(parameters, [matrix])
    for done in range(config.rounds):
        booster.update(matrix, done)
        progress.advance()
    return booster


def feature_importance(model: GlobalModel, top: int = 20) -> list[tuple[str, float]]:
    """The features that gained most, largest first, as shares of the total gain."""
    gain = {k: float(np.sum(v)) for k, v in model.booster.get_score(importance_type="total_gain").items()}
    whole = sum(gain.values()) or 1.0
    ranked = sorted(gain.items(), key=lambda item: (-item[1], item[0]))
    return [(name, round(value / whole, 4)) for name, value in ranked[:top]]
