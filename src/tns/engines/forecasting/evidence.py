"""The rehearsal before a training: what the past says about the models, their weights and their errors."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from tns.engines.forecasting import backtest as past
from tns.engines.forecasting import prophet_models
from tns.engines.forecasting.combine import Weights, silent
from tns.engines.forecasting.config import Config
from tns.engines.forecasting.global_model import GlobalModel, train
from tns.engines.forecasting.intervals import Widths, article_class, error_scale, measure_widths
from tns.engines.forecasting.model import without_calendar
from tns.engines.forecasting.panel import Floats, Panel
from tns.engines.forecasting.scans import Scans, scan
from tns.engines.forecasting.total import TotalTrial, adjustment, opinions, share_of_prophet
from tns.engines.forecasting.trading_days import elasticity, factors
from tns.engines.forecasting.views import View, combined, view
from tns.engines.progress import Progress

PROPHET_WEIGHTS = tuple(round(0.1 * k, 1) for k in range(8))
PROPHET_GAIN = 0.95  # a few articles at one origin are little evidence: it must be plain to give a weight
LIGHTER = 3  # times fewer rows and rounds: enough to judge by, and it errs on the modest side
PROPHET_ARTICLES = 5  # fewer articles than this are no evidence for a weight


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the backtest taught: its trials in real units, and the weights of Prophet."""

    trials: list[past.Trial]
    prophet: float = 0.0
    prophet_total: float = 0.0


@dataclass(frozen=True, slots=True)
class Stand:
    """Where the trials are made: the judged articles with and without the calendar, and a model trained before them."""

    real: Panel
    plain: Panel
    scans: Scans
    effect: Floats
    model: GlobalModel | None
    weights: Weights
    horizon: int


def gather(panel: Panel, horizon: int, config: Config, progress: Progress) -> Evidence:
    """Train on all but the months held back, and forecast from every origin among them.

    Nothing the models or the calendar learn here comes from the months held back.
    """
    back = past.held_back(panel.months, horizon)
    lighter = _lighter(config)
    progress.stage("Probando los modelos contra el pasado", lighter.rounds)
    until = panel.months - back
    stand = _stand(panel, until, horizon, lighter, progress) if back else None
    if stand is None:
        return Evidence([])
    origins = range(until, panel.months)
    trials, before = [], _view(stand, until - 1)
    for origin in origins:
        now = _view(stand, origin)
        trials.append(_trial(stand, now, before))
        before = now
        progress.check()
    weight = _prophet_weight(stand, trials[0], config, progress)
    told = opinions(stand.plain, origins, horizon, progress) if config.prophet else {}
    share = share_of_prophet([_total_trial(stand, t, told[t.origin]) for t in trials if t.origin in told])
    if share > 0:
        for trial in trials:
            if trial.origin in told:
                _move_to_total(stand, trial, told[trial.origin], share)
    return Evidence([_in_real_units(stand, trial) for trial in trials], weight, share)


def _lighter(config: Config) -> Config:
    """The same training with a share of the rows and of the rounds, each step as much longer."""
    return replace(
        config,
        max_rows=-(-config.max_rows // LIGHTER),
        rounds=-(-config.rounds // LIGHTER),
        learning_rate=config.learning_rate * LIGHTER,
    )


def _stand(panel: Panel, until: int, horizon: int, config: Config, progress: Progress) -> Stand | None:
    calendar = elasticity(panel.y[:, :until], panel.first_month) if config.working_days else 0.0
    plain = without_calendar(panel, calendar)
    scans = scan(plain.y)
    judged = past.judged_articles(scans, until, config.seed)
    if not len(judged):
        return None
    model = train(plain, scans, until, horizon, config, progress)
    return Stand(
        real=panel.take(judged),
        plain=plain.take(judged),
        scans=scans.take(judged),
        effect=factors(calendar, panel.first_month, panel.months + horizon),
        model=model,
        weights=Weights.for_rows(model.rows if model else 0, panel.months, config),
        horizon=horizon,
    )


def _view(stand: Stand, origin: int) -> View:
    """What the models say at `origin`, one month farther than is judged: the next origin looks back on it."""
    return view(stand.model, stand.plain, stand.scans, origin, stand.horizon + 1)


def _trial(stand: Stand, now: View, before: View) -> past.Trial:
    """The models' forecasts at one origin, in months of usual length."""
    origin = now.origin
    xgboost, theta, both = combined(stand.weights, stand.scans, now, before, stand.horizon)
    both[silent(stand.scans, origin)] = 0.0
    forecasts: dict[str, Floats] = {"combinado": both, "theta": theta}
    if xgboost is not None:
        forecasts["xgboost"] = xgboost
    return past.Trial(
        origin=origin,
        actual=past.actuals(stand.real.y, origin, stand.horizon),
        forecasts=forecasts,
        scale=error_scale(stand.scans, origin, both),
        kind=article_class(stand.scans, origin),
        step=past.naive_step(stand.real.y, origin),
    )


def _total_trial(stand: Stand, trial: past.Trial, prophet: npt.NDArray[np.float64]) -> TotalTrial:
    ahead = min(stand.horizon, stand.plain.months - trial.origin)
    summed = trial.forecasts["combinado"][:, :ahead].sum(axis=0, dtype=np.float64)
    actual = stand.scans.y[:, trial.origin : trial.origin + ahead].sum(axis=0, dtype=np.float64)
    return TotalTrial(summed, prophet[:ahead], actual)


def _move_to_total(stand: Stand, trial: past.Trial, prophet: npt.NDArray[np.float64], share: float) -> None:
    """Scale the combined forecast as the served one will be, and its expected error with it."""
    both = trial.forecasts["combinado"]
    both *= adjustment(both.sum(axis=0, dtype=np.float64), prophet, share).astype(np.float32)
    trial.scale[:] = error_scale(stand.scans, trial.origin, both)


def _in_real_units(stand: Stand, trial: past.Trial) -> past.Trial:
    """Every forecast times what its month's working days do, and the naive ones beside them."""
    effect = stand.effect[trial.origin : trial.origin + stand.horizon]
    forecasts = {name: values * effect for name, values in trial.forecasts.items()}
    forecasts["ingenuo"] = past.naive(stand.real.y, trial.origin, stand.horizon)
    forecasts["ingenuo_estacional"] = past.seasonal_naive(stand.real.y, trial.origin, stand.horizon)
    return replace(trial, forecasts=forecasts, scale=trial.scale * effect)


def _prophet_weight(stand: Stand, trial: past.Trial, config: Config, progress: Progress) -> float:
    """Share of Prophet that lowers its candidates' error at the first backtest origin; 0 unless it clearly does."""
    if not config.prophet:
        return 0.0
    panel, scans = stand.plain, stand.scans
    rows = prophet_models.candidates(scans, trial.origin, config.prophet_articles)
    if len(rows) < PROPHET_ARTICLES:
        return 0.0
    progress.stage("Probando Prophet", len(rows))
    models = prophet_models.fit_articles(panel, rows, trial.origin, progress)
    last = panel.first_month + (trial.origin - 1)
    horizon = trial.actual.shape[1]
    own = np.stack([prophet_models.predict_one(models[str(panel.ids[r])], last, horizon) for r in rows])
    actual = trial.actual[rows] / stand.effect[trial.origin : trial.origin + horizon]
    base = trial.forecasts["combinado"][rows]
    level = np.maximum(scans.window_mean(trial.origin, 12)[rows], 1e-9)[:, None]
    errors = [float(np.nanmean(np.abs(actual - base - w * (own - base)) / level)) for w in PROPHET_WEIGHTS]
    best = int(np.argmin(errors))
    return PROPHET_WEIGHTS[best] if errors[best] < PROPHET_GAIN * errors[0] else 0.0


def widths_of(trials: list[past.Trial], horizon: int) -> Widths:
    """Quantiles of the combined forecast's scaled errors over the trials."""
    scaled, kinds, steps = [np.zeros(0, dtype=np.float32)], [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for trial in trials:
        forecast = trial.forecasts["combinado"]
        seen = np.isfinite(trial.actual)
        scaled.append(((trial.actual - forecast) / trial.scale)[seen])
        kinds.append(np.repeat(trial.kind[:, None], horizon, axis=1)[seen])
        steps.append(np.tile(np.arange(horizon), (len(forecast), 1))[seen])
    return measure_widths(np.concatenate(scaled), np.concatenate(kinds), np.concatenate(steps), horizon)


def coverage(trials: list[past.Trial], horizon: int) -> float:
    """Share of months inside the 80 % band when each half of the trials is judged by the widths of the other half."""
    middle = len(trials) // 2
    held = known = 0
    for judged, others in ((trials[:middle], trials[middle:]), (trials[middle:], trials[:middle])):
        widths = widths_of(others, horizon)
        for trial in judged:
            bands = widths.bands(trial.forecasts["combinado"], trial.scale, trial.kind)
            seen = np.isfinite(trial.actual)
            inside = (trial.actual >= bands["lo80"]) & (trial.actual <= bands["hi80"])
            held += int((inside & seen).sum())
            known += int(seen.sum())
    return held / max(known, 1)
