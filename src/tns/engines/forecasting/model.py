"""Train on a panel, forecast from it, and say honestly how good the forecast was in the past."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tns.engines.forecasting import backtest as past
from tns.engines.forecasting import prophet_models
from tns.engines.forecasting.combine import Weights, blend, model_names, silent
from tns.engines.forecasting.config import MAX_HORIZON, Config
from tns.engines.forecasting.errors import ModelNotUsable
from tns.engines.forecasting.global_model import GlobalModel, feature_importance, fit_global, theta_only, training_set
from tns.engines.forecasting.intervals import Widths, article_class, error_scale, measure_widths
from tns.engines.forecasting.panel import Floats, Panel
from tns.engines.forecasting.prophet_models import TOTAL, ProphetPart
from tns.engines.forecasting.scans import Scans, scan
from tns.engines.progress import NullProgress, Progress

if TYPE_CHECKING:
    import pandas as pd

FORMAT = 1  # of the saved parts; another number is refused
PROPHET_WEIGHTS = tuple(round(0.1 * k, 1) for k in range(8))
PROPHET_GAIN = 0.99  # Prophet must lower the error by one per cent before it gets a weight


@dataclass(slots=True)
class FittedModel:
    """A trained model together with the panel it forecasts from.

    Attributes:
        panel: the history the forecasts start from.
        config, horizon: what it was trained with; longer horizons can be asked.
        xgboost: the global model, None when the history is too short; joblib saves it.
        prophet: fitted Prophet objects and their weight; joblib saves it.
        weights: shares of the models.
        widths: quantiles behind the intervals.
        backtest: model -> metrics out of sample; see `backtest.measure`.
    """

    panel: Panel
    config: Config
    horizon: int
    xgboost: GlobalModel | None
    prophet: ProphetPart
    weights: Weights
    widths: Widths
    backtest: dict[str, dict[str, float]] = field(default_factory=dict)
    backtest_origins: list[str] = field(default_factory=list)

    def predict(self, horizon: int | None = None) -> pd.DataFrame:
        """Forecast every article for the next months.

        Args:
            horizon: months, 1 to 24; the trained one when None.

        Returns:
            unique_id, ds (month start), y_hat, lo80, hi80, lo95, hi95 (units, >= 0, never NaN), modelo; sorted by
            article and month.

        Raises:
            ValueError: horizon out of range.
        """
        import pandas as pd

        ahead = self.horizon if horizon is None else horizon
        if not 1 <= ahead <= MAX_HORIZON:
            raise ValueError(f"horizon must be 1..{MAX_HORIZON}")
        forecast, bands, names = self._forecast(ahead)
        months = np.arange(self.panel.last_month + 1, self.panel.last_month + 1 + ahead).astype("datetime64[ns]")
        table = {
            "unique_id": np.repeat(self.panel.ids, ahead),
            "ds": np.tile(months, self.panel.articles),
            "y_hat": forecast.ravel(),
        }
        table |= {name: values.ravel() for name, values in bands.items()}
        table["modelo"] = np.repeat(names, ahead)
        return pd.DataFrame(table)

    def _forecast(self, ahead: int) -> tuple[Floats, dict[str, Floats], npt.NDArray[np.object_]]:
        scans = scan(self.panel.y)
        origin = self.panel.months
        forecast = _base_forecast(self.xgboost, self.weights, self.panel, scans, origin, ahead)
        with_prophet = np.zeros(self.panel.articles, dtype=bool)
        if self.weights.prophet > 0:
            place = {name: row for row, name in enumerate(self.panel.ids)}
            for name, own in self.prophet.predict(self.panel.last_month, ahead).items():
                row = place.get(name)
                if row is not None:
                    with_prophet[row] = True
                    forecast[row] += self.weights.prophet * (own - forecast[row])
        forecast = np.nan_to_num(forecast, nan=0.0, posinf=0.0, neginf=0.0)
        forecast[silent(scans, origin)] = 0.0
        bands = self.widths.bands(forecast, error_scale(scans, origin, forecast), article_class(scans, origin))
        return forecast, bands, model_names(self.weights, scans, origin, with_prophet)

    def metadata(self) -> dict[str, Any]:
        """Description: settings, weights, backtest, intervals, features (the training date is the caller's)."""
        importance = feature_importance(self.xgboost) if self.xgboost else []
        return {
            "formato": FORMAT,
            "configuracion": self.config.as_dict(),
            "horizonte": self.horizon,
            "articulos": self.panel.articles,
            "meses": self.panel.months,
            "primer_mes": str(self.panel.first_month),
            "ultimo_mes": str(self.panel.last_month),
            "pesos": self.weights.as_dict(),
            "filas_xgboost": self.xgboost.rows if self.xgboost else 0,
            "caracteristicas": self.xgboost.features if self.xgboost else [],
            "importancia": [{"nombre": name, "ganancia": gain} for name, gain in importance],
            "prophet_ajustados": len(self.prophet.models),
            "prophet_articulos": sorted(name for name in self.prophet.models if name != TOTAL),
            "backtest": past.rounded(self.backtest),
            "backtest_origenes": self.backtest_origins,
            "intervalos": self.widths.as_dict(),
        }

    @classmethod
    def from_parts(
        cls, *, panel: Panel, xgboost: GlobalModel | None, prophet: ProphetPart, metadata: Mapping[str, Any]
    ) -> FittedModel:
        """Put a saved model together again, over the same panel or a newer one of the same company.

        Raises:
            ModelNotUsable: the parts come from another format or do not fit each other.
        """
        try:
            if metadata["formato"] != FORMAT:
                raise ModelNotUsable(
                    f"El modelo guardado tiene el formato {metadata['formato']} y este programa usa el {FORMAT}.",
                    que_hacer="Entrene de nuevo el modelo de la empresa.",
                )
            shares = metadata["pesos"]
            if (xgboost is None) != (metadata["filas_xgboost"] == 0):
                raise ModelNotUsable(
                    "El archivo de XGBoost no corresponde a los metadatos del modelo.",
                    que_hacer="Entrene de nuevo el modelo de la empresa.",
                )
            return cls(
                panel=panel,
                config=Config(**metadata["configuracion"]),
                horizon=int(metadata["horizonte"]),
                xgboost=xgboost,
                prophet=prophet,
                weights=Weights(float(shares["xgboost"]), float(shares["prophet"])),
                widths=Widths.from_dict(metadata["intervalos"]),
                backtest={k: dict(v) for k, v in metadata["backtest"].items()},
                backtest_origins=list(metadata["backtest_origenes"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ModelNotUsable(
                "Los metadatos del modelo guardado están incompletos o dañados.",
                que_hacer="Entrene de nuevo el modelo de la empresa.",
                tecnico=repr(error),
            ) from error


def fit(
    panel: Panel, *, horizon: int = 6, config: Config | None = None, progress: Progress | None = None
) -> FittedModel:
    """Backtest, train on the whole panel, and measure the intervals.

    Args:
        panel: the history.
        horizon: months the model is trained to look ahead, 1..24.
        config: settings.
        progress: told the stages; asked to stop between rounds and between Prophet fits.

    Raises:
        ValueError: horizon out of range.
        Cancelled: the progress asked to stop.
    """
    if not 1 <= horizon <= MAX_HORIZON:
        raise ValueError(f"horizon must be 1..{MAX_HORIZON}")
    config = config or Config()
    progress = progress or NullProgress()
    scans = scan(panel.y)
    trials, prophet_weight = _backtest(panel, scans, horizon, config, progress)
    progress.stage("Entrenando XGBoost", config.rounds)
    booster = _fit_booster(panel, scans, panel.months, horizon, config, progress)
    weights = Weights.for_rows(booster.rows if booster else 0, prophet_weight)
    prophet = _fit_prophet(panel, scans, prophet_weight, config, progress)
    return FittedModel(
        panel=panel,
        config=config,
        horizon=horizon,
        xgboost=booster,
        prophet=prophet,
        weights=weights,
        widths=_widths(trials, horizon),
        backtest=past.measure(trials),
        backtest_origins=[str(panel.first_month + t.origin) for t in trials],
    )


def _fit_booster(
    panel: Panel, scans: Scans, until: int, horizon: int, config: Config, progress: Progress
) -> GlobalModel | None:
    data = training_set(panel, scans, until, horizon, config)
    progress.check()
    return None if data is None else fit_global(data, horizon, config, progress)


def _base_forecast(
    booster: GlobalModel | None, weights: Weights, panel: Panel, scans: Scans, origin: int, horizon: int
) -> Floats:
    if booster is None:
        return theta_only(panel, scans, origin, horizon)
    xgboost, theta = booster.predict(panel, scans, origin, horizon)
    return blend(weights, xgboost, theta)


def _backtest(
    panel: Panel, scans: Scans, horizon: int, config: Config, progress: Progress
) -> tuple[list[past.Trial], float]:
    """Trials at every origin of the months held back, and the weight Prophet earned there."""
    back = past.held_back(panel.months, horizon)
    progress.stage("Probando los modelos contra el pasado", config.rounds)
    if back == 0:
        return [], 0.0
    until = panel.months - back
    booster = _fit_booster(panel, scans, until, horizon, config, progress)
    weights = Weights.for_rows(booster.rows if booster else 0)
    judged = past.judged_articles(scans, until, config.seed)
    if not len(judged):
        return [], 0.0
    few, few_scans = panel.take(judged), scans.take(judged)
    trials = []
    for origin in range(until, panel.months):
        trials.append(_trial(few, few_scans, origin, horizon, booster, weights))
        progress.check()
    return trials, _prophet_weight(few, few_scans, trials[0], config, progress)


def _trial(
    panel: Panel, scans: Scans, origin: int, horizon: int, booster: GlobalModel | None, weights: Weights
) -> past.Trial:
    if booster is None:
        forecasts = {"theta": theta_only(panel, scans, origin, horizon)}
        forecasts["combinado"] = forecasts["theta"]
    else:
        xgboost, theta = booster.predict(panel, scans, origin, horizon)
        forecasts = {"xgboost": xgboost, "theta": theta, "combinado": blend(weights, xgboost, theta)}
    forecasts["combinado"] = np.where(silent(scans, origin)[:, None], 0.0, forecasts["combinado"]).astype(np.float32)
    forecasts["ingenuo"] = past.naive(scans, origin, horizon)
    forecasts["ingenuo_estacional"] = past.seasonal_naive(scans, origin, horizon)
    return past.Trial(
        origin=origin,
        actual=past.actuals(scans, origin, horizon),
        forecasts=forecasts,
        scale=error_scale(scans, origin, forecasts["combinado"]),
        kind=article_class(scans, origin),
        step=past.naive_step(scans, origin),
    )


def _prophet_weight(panel: Panel, scans: Scans, trial: past.Trial, config: Config, progress: Progress) -> float:
    """Share of Prophet that lowers its candidates' error at the first backtest origin; 0 unless it clearly does."""
    if not config.prophet:
        return 0.0
    rows = prophet_models.candidates(scans, trial.origin, config.prophet_articles)
    if len(rows) < 5:
        return 0.0
    progress.stage("Probando Prophet", len(rows))
    models = prophet_models.fit_articles(panel, rows, trial.origin, progress)
    last = panel.first_month + (trial.origin - 1)
    horizon = trial.actual.shape[1]
    own = np.stack([prophet_models.predict_one(models[str(panel.ids[r])], last, horizon) for r in rows])
    actual, base = trial.actual[rows], trial.forecasts["combinado"][rows]
    level = np.maximum(scans.window_mean(trial.origin, 12)[rows], 1e-9)[:, None]
    errors = [float(np.nanmean(np.abs(actual - base - w * (own - base)) / level)) for w in PROPHET_WEIGHTS]
    best = int(np.argmin(errors))
    return PROPHET_WEIGHTS[best] if errors[best] < PROPHET_GAIN * errors[0] else 0.0


def _fit_prophet(panel: Panel, scans: Scans, weight: float, config: Config, progress: Progress) -> ProphetPart:
    """Prophet on the total always, on the articles only if they use it."""
    if not config.prophet:
        return ProphetPart()
    rows = prophet_models.candidates(scans, panel.months, config.prophet_articles if weight > 0 else 0)
    progress.stage("Ajustando Prophet", len(rows) + 1)
    models = prophet_models.fit_articles(panel, rows, panel.months, progress)
    total = prophet_models.fit_total(panel, panel.months)
    progress.advance()
    if total is not None:
        models[TOTAL] = total
    return ProphetPart(models, weight)


def _widths(trials: list[past.Trial], horizon: int) -> Widths:
    scaled, kinds, steps = [], [], []
    for trial in trials:
        forecast = trial.forecasts["combinado"]
        seen = np.isfinite(trial.actual)
        scaled.append(((trial.actual - forecast) / trial.scale)[seen])
        kinds.append(np.repeat(trial.kind[:, None], horizon, axis=1)[seen])
        steps.append(np.tile(np.arange(horizon), (len(forecast), 1))[seen])
    if not scaled:
        none = np.zeros(0, dtype=np.int64)
        return measure_widths(np.zeros(0, dtype=np.float32), none, none, horizon)
    return measure_widths(np.concatenate(scaled), np.concatenate(kinds), np.concatenate(steps), horizon)
