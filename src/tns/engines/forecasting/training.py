"""Backtest, train on the whole panel, and measure the intervals."""

from __future__ import annotations

from dataclasses import replace

from tns.engines.forecasting import backtest as past
from tns.engines.forecasting import prophet_models
from tns.engines.forecasting.combine import Weights
from tns.engines.forecasting.config import MAX_HORIZON, Config
from tns.engines.forecasting.evidence import coverage, gather, widths_of
from tns.engines.forecasting.global_model import train
from tns.engines.forecasting.model import FittedModel, without_calendar
from tns.engines.forecasting.panel import Panel
from tns.engines.forecasting.prophet_models import TOTAL, ProphetPart
from tns.engines.forecasting.scans import Scans, scan
from tns.engines.forecasting.trading_days import elasticity
from tns.engines.progress import NullProgress, Progress


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
    return _fit(panel, horizon, config or Config(), progress or NullProgress())


def _fit(panel: Panel, horizon: int, config: Config, progress: Progress) -> FittedModel:
    evidence = gather(panel, horizon, config, progress)
    calendar = elasticity(panel.y, panel.first_month) if config.working_days else 0.0
    plain = without_calendar(panel, calendar)
    scans = scan(plain.y)
    progress.stage("Entrenando XGBoost", config.rounds)
    model = train(plain, scans, plain.months, horizon, config, progress)
    weights = replace(
        Weights.for_rows(model.rows if model else 0, panel.months, config),
        prophet=evidence.prophet,
        prophet_total=evidence.prophet_total,
    )
    measured = past.measure(evidence.trials)
    if measured:
        measured["combinado"]["cobertura80"] = coverage(evidence.trials, horizon)
    return FittedModel(
        panel=panel,
        config=config,
        horizon=horizon,
        xgboost=model,
        prophet=_fit_prophet(plain, scans, weights, config, progress),
        weights=weights,
        calendar=round(calendar, 4),
        widths=widths_of(evidence.trials, horizon),
        backtest=measured,
        backtest_origins=[str(panel.first_month + t.origin) for t in evidence.trials],
    )


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
