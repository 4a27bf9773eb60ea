"""Backtest, train on the whole panel, and measure the intervals."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from tns.engines.forecasting import backtest as past
from tns.engines.forecasting import prophet_models
from tns.engines.forecasting.combine import Weights, silent
from tns.engines.forecasting.config import MAX_HORIZON, Config
from tns.engines.forecasting.global_model import GlobalModel, fit_global, training_set
from tns.engines.forecasting.intervals import Widths, article_class, error_scale, measure_widths
from tns.engines.forecasting.model import FittedModel, base_forecast, without_calendar
from tns.engines.forecasting.panel import Floats, Panel
from tns.engines.forecasting.prophet_models import TOTAL, ProphetPart
from tns.engines.forecasting.scans import Scans, scan
from tns.engines.forecasting.total import TRIALS, share_of_prophet, try_total
from tns.engines.forecasting.trading_days import elasticity, factors
from tns.engines.progress import NullProgress, Progress

PROPHET_WEIGHTS = tuple(round(0.1 * k, 1) for k in range(8))
PROPHET_GAIN = 0.99  # Prophet must lower its articles' error by one per cent before it gets a weight
PROPHET_ARTICLES = 5  # fewer articles than this are no evidence for a weight


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the backtest taught."""

    trials: list[past.Trial]
    prophet: float = 0.0
    prophet_total: float = 0.0


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
    evidence = _backtest(panel, horizon, config, progress)
    calendar = elasticity(panel.y, panel.first_month) if config.working_days else 0.0
    plain = without_calendar(panel, calendar)
    scans = scan(plain.y)
    progress.stage("Entrenando XGBoost", config.rounds * len(config.recipes))
    model = _fit_xgboost(plain, scans, plain.months, horizon, config, progress)
    weights = replace(
        Weights.for_rows(model.rows if model else 0, panel.months, theta=config.theta),
        prophet=evidence.prophet,
        prophet_total=evidence.prophet_total,
    )
    return FittedModel(
        panel=panel,
        config=config,
        horizon=horizon,
        xgboost=model,
        prophet=_fit_prophet(plain, scans, weights, config, progress),
        weights=weights,
        calendar=round(calendar, 4),
        widths=_widths(evidence.trials, horizon),
        backtest=past.measure(evidence.trials),
        backtest_origins=[str(panel.first_month + t.origin) for t in evidence.trials],
    )


def _fit_xgboost(
    panel: Panel, scans: Scans, until: int, horizon: int, config: Config, progress: Progress
) -> GlobalModel | None:
    data = training_set(panel, scans, until, horizon, config)
    progress.check()
    return None if data is None else fit_global(data, horizon, config, progress)


def _backtest(panel: Panel, horizon: int, config: Config, progress: Progress) -> Evidence:
    """Train on all but the months held back, and forecast from every origin among them.

    Nothing the models or the calendar learn here comes from the months held back.
    """
    back = past.held_back(panel.months, horizon)
    progress.stage("Probando los modelos contra el pasado", config.rounds * len(config.recipes))
    if back == 0:
        return Evidence([])
    until = panel.months - back
    calendar = elasticity(panel.y[:, :until], panel.first_month) if config.working_days else 0.0
    plain = without_calendar(panel, calendar)
    scans = scan(plain.y)
    judged = past.judged_articles(scans, until, config.seed)
    if not len(judged):
        return Evidence([])
    # Half the rows are enough to judge by, and err on the modest side.
    model = _fit_xgboost(plain, scans, until, horizon, replace(config, max_rows=config.max_rows // 2), progress)
    effect = factors(calendar, panel.first_month, panel.months + horizon)
    few, few_scans = plain.take(judged), scans.take(judged)
    weights = Weights.for_rows(model.rows if model else 0, panel.months, theta=config.theta)
    trials, opinions = [], []
    for origin in range(until, panel.months):
        trial = _trial(few, few_scans, origin, horizon, model, weights)
        if config.prophet and (origin - until) % max(1, back // TRIALS) == 0:
            opinions.append(try_total(few, origin, trial.forecasts["combinado"], progress))
        trials.append(trial)
        progress.check()
    share = share_of_prophet([opinion for opinion in opinions if opinion is not None])
    weight = _prophet_weight(few, few_scans, trials[0], config, progress)
    real = [past.with_calendar(t, effect[t.origin : t.origin + horizon]) for t in trials]
    return Evidence(real, weight, share)


def _trial(
    panel: Panel, scans: Scans, origin: int, horizon: int, model: GlobalModel | None, weights: Weights
) -> past.Trial:
    xgboost, theta, both = base_forecast(model, weights, panel, scans, origin, horizon)
    both[silent(scans, origin)] = 0.0
    forecasts: dict[str, Floats] = {"combinado": both, "theta": theta}
    if xgboost is not None:
        forecasts["xgboost"] = xgboost
    forecasts["ingenuo"] = past.naive(scans, origin, horizon)
    forecasts["ingenuo_estacional"] = past.seasonal_naive(scans, origin, horizon)
    return past.Trial(
        origin=origin,
        actual=past.actuals(scans, origin, horizon),
        forecasts=forecasts,
        scale=error_scale(scans, origin, both),
        kind=article_class(scans, origin),
        step=past.naive_step(scans, origin),
    )


def _prophet_weight(panel: Panel, scans: Scans, trial: past.Trial, config: Config, progress: Progress) -> float:
    """Share of Prophet that lowers its candidates' error at the first backtest origin; 0 unless it clearly does."""
    if not config.prophet:
        return 0.0
    rows = prophet_models.candidates(scans, trial.origin, config.prophet_articles)
    if len(rows) < PROPHET_ARTICLES:
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


def _fit_prophet(panel: Panel, scans: Scans, weights: Weights, config: Config, progress: Progress) -> ProphetPart:
    """Prophet on the total always, on the articles only if they use it."""
    if not config.prophet:
        return ProphetPart()
    limit = config.prophet_articles if weights.prophet > 0 else 0
    rows = prophet_models.candidates(scans, panel.months, limit)
    progress.stage("Ajustando Prophet", len(rows) + 1)
    models = prophet_models.fit_articles(panel, rows, panel.months, progress)
    total = prophet_models.fit_total(panel, panel.months)
    progress.advance()
    if total is not None:
        models[TOTAL] = total
    return ProphetPart(models)


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
