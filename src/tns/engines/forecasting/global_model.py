"""The XGBoost models of a company, pooled over articles, origins and horizons: direct forecasts, no recursion.

Several boosters learn the same rows with the target divided by different things and from different samples; the mean of
their forecasts errs less than each (Bates & Granger 1969; Makridakis et al. 2022 on the M5 winners).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tns.engines.forecasting.config import RECIPES, Config
from tns.engines.forecasting.errors import ModelNotUsable
from tns.engines.forecasting.features import Slice, slice_at
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
    """Rows = (article, origin, horizon); units: (rows, recipes) what the target is divided by."""

    names: list[str]
    values: Floats
    demand: Floats
    units: Floats
    weight: Floats


@dataclass(slots=True)
class GlobalModel:
    """The fitted boosters and what is needed to use them again.

    Attributes:
        boosters: recipe -> XGBoost's own model; predicts demand divided by the recipe's unit.
        balance: recipe -> factor that makes its forecasts of the training rows add up to what was sold.
        features: column names in order.
        horizons: longest horizon they were trained for.
        rows: training rows.
    """

    boosters: dict[str, xgboost.Booster]
    balance: dict[str, float]
    features: list[str]
    horizons: int
    rows: int

    @property
    def booster(self) -> xgboost.Booster:
        """The principal booster: by default the one whose unit is the article's level."""
        return next(iter(self.boosters.values()))

    def predict(self, panel: Panel, scans: Scans, origin: int, horizon: int) -> tuple[Floats, Floats]:
        """Forecast and seasonal theta of every article at `origin`: two (N, horizon) tables in units.

        Horizons beyond the trained ones are asked as the longest one trained; their season and month are the true ones.

        Raises:
            ModelNotUsable: the panel has other covariates or categories than the one the model learnt from.
        """
        forecast = np.zeros((panel.articles, horizon), dtype=np.float32)
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
            units = units_of(part)
            for recipe, booster in self.boosters.items():
                ratio = booster.inplace_predict(flat).reshape(horizon, len(rows))
                share = np.float32(self.balance[recipe] / len(self.boosters))
                forecast[rows] += np.maximum(ratio, 0.0).T * units[:, :, RECIPES.index(recipe)] * share
            statistical[rows] = part.theta
        return forecast, statistical


def units_of(part: Slice) -> Floats:
    """(n, horizons, recipes) units the demand of a slice is divided by, in the order of `RECIPES`."""
    level = np.broadcast_to(part.level[:, None], part.outlook.shape)
    return np.stack([level, part.outlook], axis=2).astype(np.float32)


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
    return TrainingSet(
        names=parts[0].names,
        values=np.concatenate([p.values.reshape(-1, len(p.names)) for p in parts]),
        demand=np.concatenate(demand),
        units=np.concatenate([units_of(p).transpose(1, 0, 2).reshape(-1, len(RECIPES)) for p in parts]),
        weight=np.concatenate([np.tile(p.level**config.level_power, p.theta.shape[1]) for p in parts]),
    )


def train(
    panel: Panel, scans: Scans, until: int, horizon: int, config: Config, progress: Progress
) -> GlobalModel | None:
    """The boosters of the months before `until`; None when they hold no demand to learn from."""
    data = training_set(panel, scans, until, horizon, config)
    progress.check()
    return None if data is None else fit_global(data, horizon, config, progress)


def fit_global(data: TrainingSet, horizon: int, config: Config, progress: Progress) -> GlobalModel:
    """Train one booster for each recipe; cancellation is looked at after every round."""
    import xgboost

    matrix = xgboost.QuantileDMatrix(
        data.values,
        label=np.zeros(len(data.demand), dtype=np.float32),
        weight=data.weight,
        feature_names=data.names,
        max_bin=config.max_bin,
        nthread=config.threads,
    )
    boosters, balance = {}, {}
    for k, recipe in enumerate(config.recipes):
        unit = data.units[:, RECIPES.index(recipe)]
        matrix.set_label(np.minimum(data.demand / unit, MAX_RATIO))
        boosters[recipe] = _boost(matrix, config, config.seed + k, progress)
        balance[recipe] = _balance(data.demand, boosters[recipe].predict(matrix) * unit)
    return GlobalModel(boosters, balance, data.names, horizon, len(data.demand))


def _balance(demand: Floats, forecast: Floats) -> float:
    """Sold over forecast on the training rows: shrinkage leaves the sum a little short (Denuit et al. 2021)."""
    ratio = float(demand.sum(dtype=np.float64)) / max(float(forecast.sum(dtype=np.float64)), 1e-12)
    return float(np.clip(ratio, 1 / MAX_BALANCE, MAX_BALANCE))


def _boost(matrix: xgboost.QuantileDMatrix, config: Config, seed: int, progress: Progress) -> xgboost.Booster:
    import xgboost

    class _Tick(xgboost.callback.TrainingCallback):
        def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
            progress.advance()
            return False

    parameters = {
        "objective": "reg:tweedie",
        "tweedie_variance_power": config.tweedie_power,
        "eta": config.learning_rate,
        "max_depth": config.max_depth,
        "subsample": config.subsample,
        "colsample_bytree": config.column_share,
        "max_bin": config.max_bin,
        "tree_method": "hist",
        "nthread": config.threads,
        "seed": seed,
    }
    booster = xgboost.train(parameters, matrix, config.rounds, callbacks=[_Tick()])
    booster.set_param({"nthread": config.threads})
    return booster


def feature_importance(model: GlobalModel, top: int = 20) -> list[tuple[str, float]]:
    """The features that gained most, largest first, as shares of the total gain over all boosters."""
    gain: dict[str, float] = {}
    for booster in model.boosters.values():
        scores = {k: float(np.sum(v)) for k, v in booster.get_score(importance_type="total_gain").items()}
        whole = sum(scores.values()) or 1.0
        for name, value in scores.items():
            gain[name] = gain.get(name, 0.0) + value / whole / len(model.boosters)
    ranked = sorted(gain.items(), key=lambda item: (-item[1], item[0]))
    return [(name, round(value, 4)) for name, value in ranked[:top]]
