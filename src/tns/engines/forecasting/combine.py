"""How the models' forecasts become one, and which name the article's forecast carries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tns.engines.forecasting.config import Config
from tns.engines.forecasting.panel import Floats, Strings
from tns.engines.forecasting.scans import Scans
from tns.engines.forecasting.seasonal import TWO_YEARS

THETA_SHARE = 0.2  # of the statistical model beside a well fed XGBoost
YOUNG_SHARE = 0.4  # the same while the panel is younger than two years: few origins, and no season seen twice
EARLIER_SHARE = 0.25  # of XGBoost as it spoke of the same months one month earlier, not yet moved by the last one
FEW_ROWS = 1_000  # training rows at which XGBoost has earned half of its full weight
DEAD_MONTHS = 24  # without demand: nothing more is expected


@dataclass(frozen=True, slots=True)
class Weights:
    """Shares of the models.

    Attributes:
        xgboost: share of the XGBoost models in an article that sells every month; the rest is the seasonal theta.
        prophet: share of Prophet, taken from both, in the articles that have one.
        prophet_total: how far (in logarithm) the articles' sum is moved to Prophet's total; see `total`.
        xgboost_earlier: share, within XGBoost's, of its forecast of one month earlier; see `views`.
    """

    xgboost: float
    prophet: float = 0.0
    prophet_total: float = 0.0
    xgboost_earlier: float = 0.0

    @classmethod
    def for_rows(cls, rows: int, months: int, config: Config) -> Weights:
        """Fixed blend for a panel of `months`; with few training rows the statistical model keeps the larger part."""
        if not rows:
            return cls(0.0)
        theta = THETA_SHARE if months >= TWO_YEARS else YOUNG_SHARE
        share = round((1 - theta) * rows / (rows + FEW_ROWS), 4) if config.theta else 1.0
        return cls(share, xgboost_earlier=EARLIER_SHARE if config.earlier else 0.0)

    def as_dict(self) -> dict[str, Any]:
        """JSON-able form."""
        return {**asdict(self), "theta": round(1 - self.xgboost, 4)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Weights:
        """Inverse of `as_dict`; raises KeyError, TypeError or ValueError when a share is missing or no number."""
        return cls(**{name: float(data[name]) for name in ("xgboost", "prophet", "prophet_total", "xgboost_earlier")})


def blend(weights: Weights, xgboost: Floats, theta: Floats, zeros: npt.NDArray[np.float64]) -> Floats:
    """(n, h) forecast of the models every article has, `zeros` (n,) being its share of months without demand.

    The theta method is made for smooth demand: an intermittent article takes the less of it, and so does every article
    of an intermittent panel, whose season and drift it would take from months that mostly sold nothing.
    """
    share = ((1 - weights.xgboost) * (1 - zeros) * (1 - zeros.mean()))[:, None]
    mixed: Floats = (xgboost + share * (theta - xgboost)).astype(np.float32)
    return mixed


def silent(scans: Scans, origin: int) -> npt.NDArray[np.bool_]:
    """Articles that never sold or have not sold for `DEAD_MONTHS`: their forecast is zero."""
    never = scans.birth >= origin
    dead: npt.NDArray[np.bool_] = never | (scans.since_last[:, origin] >= DEAD_MONTHS)
    return dead


def model_names(weights: Weights, scans: Scans, origin: int, with_prophet: npt.NDArray[np.bool_]) -> Strings:
    """Name of the models behind each article's forecast."""
    base = "xgboost+theta" if weights.xgboost > 0 else "theta"
    if weights.prophet_total > 0:
        base = f"prophet_total+{base}"
    names = np.full(len(scans.birth), base, dtype=object)
    if weights.prophet > 0:
        names[with_prophet] = f"prophet+{base}"
    names[silent(scans, origin)] = "sin_demanda"
    return names
