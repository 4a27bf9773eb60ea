"""How wide the forecast's band must be: conformal over several past origins.

The out-of-sample errors of the backtest are divided by a scale each article and horizon had at its origin; their
quantiles, by class of article and horizon, multiplied by today's scale give the band (normalised split conformal,
Lei et al. 2018).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tns.engines.forecasting.panel import Floats
from tns.engines.forecasting.scans import Scans

# Nominal 81 and 95.5 %: the months to come drift a little further from the model than those of the backtest did.
LEVELS = (0.0225, 0.095, 0.905, 0.9775)
COLUMNS = ("lo95", "lo80", "hi80", "hi95")
ZERO_EDGES = (0.1, 0.3, 0.5, 0.7, 0.85)  # classes of articles by share of months without demand in the last year
FROM_ZERO = 3  # first class whose intervals begin at zero: half of the months without demand
ENOUGH = 200  # errors a class needs of its own; with fewer it leans on all classes in proportion
FALLBACK = (-1.5, -1.0, 1.3, 2.6)  # quantiles of the scaled error when there is no backtest at all


@dataclass(frozen=True, slots=True)
class Widths:
    """Quantiles of the scaled error: (classes, horizons, 4)."""

    quantiles: Floats

    def as_dict(self) -> dict[str, Any]:
        """JSON-able form."""
        return {
            "niveles": list(LEVELS),
            "cuantiles": [[[round(float(q), 4) for q in row] for row in kind] for kind in self.quantiles],
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Widths:
        """Inverse of `as_dict`."""
        return cls(np.asarray(data["cuantiles"], dtype=np.float32))

    def bands(self, forecast: Floats, scale: Floats, kind: npt.NDArray[np.int64]) -> dict[str, Floats]:
        """lo95, lo80, hi80, hi95 of (n, horizon) forecasts; horizons beyond the measured ones widen with their root."""
        horizon = forecast.shape[1]
        known = self.quantiles.shape[1]
        step = np.minimum(np.arange(horizon), known - 1)
        stretch = np.sqrt(np.maximum(np.arange(1, horizon + 1) / known, 1.0)).astype(np.float32)
        out = {}
        for k, name in enumerate(COLUMNS):
            error = self.quantiles[kind][:, step, k] * stretch[None, :] * scale
            bound = forecast + error
            bound = np.minimum(bound, forecast) if LEVELS[k] < 0.5 else np.maximum(bound, forecast)
            if LEVELS[k] < 0.5:  # a quantile below the chance of selling nothing is exactly zero
                bound = np.where((kind >= FROM_ZERO)[:, None], 0.0, bound)
            out[name] = np.maximum(bound, 0.0).astype(np.float32)
        return out


def article_class(scans: Scans, origin: int) -> npt.NDArray[np.int64]:
    """Class of each article at `origin` by its share of months without demand."""
    return np.searchsorted(np.asarray(ZERO_EDGES), scans.zero_share(origin, 12), side="right")


def error_scale(scans: Scans, origin: int, forecast: Floats) -> Floats:
    """Spread expected of each forecast, in units: Poisson noise of the forecast and the article's own deviation."""
    spread = np.maximum(scans.window_std(origin, 12), 0.5 * scans.window_std(origin, 24))
    return np.sqrt(0.25 * np.maximum(forecast, 0.0) + 0.7 * spread[:, None] ** 2 + (0.1 * forecast) ** 2 + 1e-6).astype(
        np.float32
    )


def measure_widths(scaled: Floats, kind: npt.NDArray[np.int64], step: npt.NDArray[np.int64], horizon: int) -> Widths:
    """Quantiles of scaled errors (n,) with their class (n,) and horizon (n,) from 0."""
    classes = len(ZERO_EDGES) + 1
    table = np.tile(np.asarray(FALLBACK, dtype=np.float32), (classes, horizon, 1))
    if len(scaled) == 0:
        return Widths(table)
    everyone = np.quantile(scaled, LEVELS)
    longest = int(step.max())
    for h in range(horizon):
        # Neighbouring horizons lend their errors: three months' worth steady the quantiles of each.
        near = np.abs(step - min(h, longest)) <= 1
        for c in range(classes):
            mine = scaled[near & (kind == c)]
            trust = len(mine) / (len(mine) + ENOUGH)
            own = np.quantile(mine, LEVELS) if len(mine) else everyone
            table[c, h] = trust * own + (1 - trust) * everyone
    return Widths(np.round(table, 4))  # as the metadata keep them: a loaded model gives the same bands
