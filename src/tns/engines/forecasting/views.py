"""What the models of every article say at an origin, steadied by what they said of those months one origin before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tns.engines.forecasting.combine import Weights, blend
from tns.engines.forecasting.global_model import GlobalModel, theta_only
from tns.engines.forecasting.panel import Floats, Panel
from tns.engines.forecasting.scans import Scans
from tns.engines.forecasting.seasonal import YEAR


@dataclass(frozen=True, slots=True)
class View:
    """The models at one origin: (N, h) forecasts in units, column 0 being the next month.

    Attributes:
        origin: months known.
        xgboost: None when the history is too short for the global model.
        theta: the seasonal theta.
    """

    origin: int
    xgboost: Floats | None
    theta: Floats


def view(model: GlobalModel | None, panel: Panel, scans: Scans, origin: int, horizon: int) -> View:
    """Ask the models at `origin` for the next `horizon` months; raises ModelNotUsable as `GlobalModel.predict`."""
    if model is None:
        return View(origin, None, theta_only(panel, scans, origin, horizon))
    return View(origin, *model.predict(panel, scans, origin, horizon))


def combined(
    weights: Weights, scans: Scans, now: View, before: View | None, horizon: int
) -> tuple[Floats | None, Floats, Floats]:
    """XGBoost's forecast (None without one), the seasonal theta's, and their blend: (N, horizon) each.

    Args:
        weights: shares of the models and of the earlier view.
        scans: of the articles forecast.
        now: of `horizon` months at least.
        before: of the origin before, one month longer; None when its share is 0.
        horizon: months wanted.
    """
    theta = now.theta[:, :horizon]
    if now.xgboost is None:
        return None, theta, theta.copy()
    xgboost = now.xgboost[:, :horizon]
    if before is not None and before.xgboost is not None:
        born = (scans.birth < before.origin).astype(np.float32)[:, None]  # of the others it knew nothing
        xgboost = xgboost + weights.xgboost_earlier * born * (before.xgboost[:, 1 : horizon + 1] - xgboost)
    return xgboost, theta, blend(weights, xgboost, theta, scans.zero_share(now.origin, YEAR))
