"""The company's total, forecast by Prophet, as a second opinion on the sum of the articles.

A common shock moves every article at once and the sum shows it best. The articles' forecasts of a month are scaled so
that their sum moves half-way (in logarithm) to Prophet's, unless the backtest shows that this does harm.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tns.engines.forecasting.panel import Panel
from tns.engines.forecasting.prophet_models import fit_one, predict_one
from tns.engines.progress import Progress

HALF = 0.5  # equal voices: weights fitted to a handful of origins are worse than equal ones (Smith & Wallis 2009)
HARMFUL = 1.25  # times the error of the sum alone
LIMIT = 1.25  # the total never moves an article's month by more than this factor
LEAST_MONTHS = 25  # two years and a month before Prophet can tell a season
TRIALS = 4  # backtest origins at which Prophet is fitted


@dataclass(frozen=True, slots=True)
class TotalTrial:
    """One backtest origin, month by month: the total as the articles' sum, as Prophet's, and as it came."""

    summed: npt.NDArray[np.float64]
    prophet: npt.NDArray[np.float64]
    actual: npt.NDArray[np.float64]


def opinions(panel: Panel, origins: range, horizon: int, progress: Progress) -> dict[int, npt.NDArray[np.float64]]:
    """Prophet's total of the `horizon` months after each origin, from models fitted at up to `TRIALS` of them.

    Between two fits the earlier model is asked, which knows less than it could, never more. Origins too young for a
    season are left out.
    """
    old_enough = [origin for origin in origins if origin >= LEAST_MONTHS]
    total = panel.y.sum(axis=0, dtype=np.float64)
    every = max(1, -(-len(old_enough) // TRIALS))
    told = {}
    for first in old_enough[::every]:
        progress.check()
        model = fit_one(total[:first], panel.first_month)
        ahead = predict_one(model, panel.first_month + (first - 1), every - 1 + horizon).astype(np.float64)
        for origin in old_enough[old_enough.index(first) :][:every]:
            told[origin] = ahead[origin - first : origin - first + horizon]
    return told


def share_of_prophet(trials: list[TotalTrial]) -> float:
    """One half, or 0 when there was no trial or half-way erred clearly more than the articles' sum alone.

    A handful of origins cannot rank two good forecasts, so the equal mean stands unless it is plainly harmful.
    """
    alone, both = [], []
    for trial in trials:
        known = (trial.actual > 0) & (trial.summed > 0)
        factor = adjustment(trial.summed, trial.prophet, HALF)
        alone.append(np.abs(np.log(trial.summed[known] / trial.actual[known])))
        both.append(np.abs(np.log(trial.summed[known] * factor[known] / trial.actual[known])))
    if not trials or not sum(len(a) for a in alone):
        return 0.0
    return HALF if np.concatenate(both).mean() < HARMFUL * np.concatenate(alone).mean() else 0.0


def adjustment(
    summed: npt.NDArray[np.float64], prophet: npt.NDArray[np.float64], share: float
) -> npt.NDArray[np.float64]:
    """Factor of each month that moves the sum the `share` of the way to Prophet's total, within `LIMIT`."""
    sound = (summed > 0) & (prophet > 0)
    ratio = np.where(sound, prophet / np.where(summed > 0, summed, 1.0), 1.0)
    factor: npt.NDArray[np.float64] = np.clip(np.maximum(ratio, 1e-9) ** share, 1 / LIMIT, LIMIT)
    return factor
