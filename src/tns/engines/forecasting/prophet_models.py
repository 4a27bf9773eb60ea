"""Prophet where it earns its cost: the company's total and its largest long, smooth articles."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tns.engines.forecasting.panel import Floats, Panel
from tns.engines.forecasting.scans import Scans
from tns.engines.progress import Progress

if TYPE_CHECKING:
    from prophet import Prophet

LONG = 36  # months of life an article needs: three of each calendar month
SMOOTH = 0.25  # largest share of months without demand
TOTAL = "__total__"


@dataclass(slots=True)
class ProphetPart:
    """Fitted Prophet objects by article; the company's total is under `TOTAL`.

    Attributes:
        models: identifier -> fitted Prophet.
    """

    models: dict[str, Prophet] = field(default_factory=dict)

    def predict(self, last_month: np.datetime64, horizon: int) -> Mapping[str, Floats]:
        """Forecast of each fitted article for the `horizon` months after `last_month`, not negative."""
        return {name: predict_one(model, last_month, horizon) for name, model in self.models.items()}


def candidates(scans: Scans, origin: int, limit: int) -> npt.NDArray[np.intp]:
    """Rows of the at most `limit` largest articles that are long and smooth enough at `origin`."""
    age = origin - scans.birth
    fit = (age >= LONG) & (scans.zero_share(origin, LONG) < SMOOTH) & (scans.window_mean(origin, 12) > 0)
    rows = np.flatnonzero(fit)
    volume = scans.window_mean(origin, 12)[rows]
    return np.sort(rows[np.argsort(-volume, kind="stable")[:limit]])


def fit_articles(panel: Panel, rows: npt.NDArray[np.intp], until: int, progress: Progress) -> dict[str, Prophet]:
    """One Prophet for each of `rows`, from the months before `until`."""
    models = {}
    for row in rows:
        models[str(panel.ids[row])] = fit_one(panel.y[row, :until], panel.first_month)
        progress.advance()
    return models


def fit_total(panel: Panel, until: int) -> Prophet | None:
    """Prophet of the company's total; None with fewer than two months."""
    return fit_one(panel.y[:, :until].sum(axis=0, dtype=np.float64), panel.first_month) if until >= 2 else None


def fit_one(values: npt.NDArray[Any], first_month: np.datetime64) -> Prophet:
    """Prophet on one monthly series: multiplicative yearly season when there are two years, point forecast only."""
    import pandas as pd

    prophet = _quiet_prophet()
    months = len(values)
    model = prophet(
        growth="linear",
        seasonality_mode="multiplicative",
        yearly_seasonality=5 if months > 24 else False,
        weekly_seasonality=False,
        daily_seasonality=False,
        uncertainty_samples=0,
    )
    dates = np.arange(first_month, first_month + months).astype("datetime64[ns]")
    model.fit(pd.DataFrame({"ds": dates, "y": np.asarray(values, dtype=np.float64)}), algorithm="LBFGS", seed=1)
    return model


def _quiet_prophet() -> type[Prophet]:
    """The Prophet class, its chatty libraries told to speak only of trouble."""
    logging.getLogger("prophet.plot").setLevel(logging.CRITICAL)  # complains that plotly is missing
    stan = logging.getLogger("cmdstanpy")
    if not stan.handlers:  # it prints every fit unless somebody has configured it before
        stan.addHandler(logging.NullHandler())
        stan.setLevel(logging.WARNING)
    from prophet import Prophet

    return Prophet


def predict_one(model: Prophet, last_month: np.datetime64, horizon: int) -> Floats:
    """Forecast of the `horizon` months after `last_month`, not negative, never NaN."""
    import pandas as pd

    dates = np.arange(last_month + 1, last_month + 1 + horizon).astype("datetime64[ns]")
    yhat = model.predict(pd.DataFrame({"ds": dates}))["yhat"].to_numpy(dtype=np.float64)
    clean: Floats = np.maximum(np.nan_to_num(yhat, nan=0.0, posinf=0.0, neginf=0.0), 0.0).astype(np.float32)
    return clean
