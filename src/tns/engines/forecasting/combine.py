"""How the models' forecasts become one, and which name the article's forecast carries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tns.engines.forecasting.panel import Floats, Strings
from tns.engines.forecasting.scans import Scans

THETA_SHARE = 0.1  # of the statistical model beside a well fed XGBoost
FEW_ROWS = 1_000  # training rows at which XGBoost has earned half of its full weight
DEAD_MONTHS = 24  # without demand: nothing more is expected


@dataclass(frozen=True, slots=True)
class Weights:
    """Shares of the models.

    Attributes:
        xgboost: share of the global XGBoost; the rest is the seasonal theta.
        prophet: share of Prophet, taken from both, in the articles that have one.
    """

    xgboost: float
    prophet: float

    @classmethod
    def for_rows(cls, rows: int, prophet: float = 0.0) -> Weights:
        """Fixed blend; with few training rows the statistical model keeps the larger part."""
        return cls(round((1 - THETA_SHARE) * rows / (rows + FEW_ROWS), 4) if rows else 0.0, prophet)

    def as_dict(self) -> dict[str, Any]:
        """JSON-able form."""
        return {"xgboost": self.xgboost, "theta": round(1 - self.xgboost, 4), "prophet": self.prophet}


def blend(weights: Weights, xgboost: Floats | None, theta: Floats) -> Floats:
    """Forecast of the models every article has."""
    if xgboost is None or weights.xgboost == 0:
        return theta
    return (weights.xgboost * xgboost + (1 - weights.xgboost) * theta).astype(np.float32)


def silent(scans: Scans, origin: int) -> npt.NDArray[np.bool_]:
    """Articles that never sold or have not sold for `DEAD_MONTHS`: their forecast is zero."""
    never = scans.birth >= origin
    return never | (scans.since_last[:, origin] >= DEAD_MONTHS)


def model_names(weights: Weights, scans: Scans, origin: int, with_prophet: npt.NDArray[np.bool_]) -> Strings:
    """Name of the model behind each article's forecast."""
    base = "xgboost+theta" if weights.xgboost > 0 else "theta"
    names = np.full(len(scans.birth), base, dtype=object)
    if weights.prophet > 0:
        names[with_prophet] = f"prophet+{base}"
    names[silent(scans, origin)] = "sin_demanda"
    return names
