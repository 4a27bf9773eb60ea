"""Demand forecasts: a long monthly panel in, forecasts with intervals out; no Django, no database.

    panel = Panel.from_frame(frame, covariates=["price"], statics=["tipo"])
    model = fit(panel, horizon=6)
    table = model.predict(12)

Importing this package costs numpy only; pandas, XGBoost and Prophet are imported by the calls that need them.
"""

from __future__ import annotations

from tns.engines.forecasting.config import MAX_HORIZON, Config
from tns.engines.forecasting.errors import ForecastError, InvalidPanel, ModelNotUsable
from tns.engines.forecasting.model import FittedModel
from tns.engines.forecasting.panel import Panel
from tns.engines.forecasting.training import fit

__all__ = ["MAX_HORIZON", "Config", "FittedModel", "ForecastError", "InvalidPanel", "ModelNotUsable", "Panel", "fit"]
