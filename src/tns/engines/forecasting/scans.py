"""Causal summaries of every article's history, computed once for all origins.

`Scans` holds, for each article and each origin o (= number of months known), quantities that depend on the months
before o only. They come from one pass over the months, so the cost is linear in articles × months whatever the number
of origins, and no later month can leak into an earlier origin.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from tns.engines.forecasting.panel import Floats, Ints

Rows = npt.NDArray[np.intp]

SMOOTHING = (0.1, 0.4)  # exponential smoothing constants: a slow one and a quick one
DUST = 1e-9  # units: less than this is what the rounding of a sum leaves, and no sale
INTERMITTENT = 0.1  # smoothing of Croston-type methods (Syntetos & Boylan 2005 advise 0.05-0.2)


@dataclass(frozen=True, slots=True)
class Scans:
    """Columns run over origins 0..T: column o knows months 0..o-1.

    Attributes:
        y: (N, T) demand, never negative.
        total, squares, zeros: (N, T+1) cumulative sums of y, y² and of months without demand since birth.
        birth: (N,) first month with demand, T if there is none.
        since_last: (N, T+1) months since the last one with demand.
        smooth: (N, T+1, len(SMOOTHING)) simple exponential smoothing.
        sba, tsb: (N, T+1) Syntetos-Boylan approximation and Teunter-Syntetos-Babai.
        size, interval: (N, T+1) smoothed size of a month with demand, months between them.
    """

    y: Floats
    total: npt.NDArray[np.float64]
    squares: npt.NDArray[np.float64]
    zeros: Ints
    birth: Ints
    since_last: Ints
    smooth: Floats
    sba: Floats
    tsb: Floats
    size: Floats
    interval: Floats

    def take(self, rows: npt.NDArray[np.intp]) -> Scans:
        """The scans of the chosen articles only."""
        return Scans(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})

    def window_mean(self, origin: int, width: int, rows: Rows | None = None) -> npt.NDArray[np.float64]:
        """Mean of the last `width` months before `origin`, of those since birth only; 0 where there are none."""
        return self._window(self.total, origin, width, rows)

    def window_std(self, origin: int, width: int, rows: Rows | None = None) -> npt.NDArray[np.float64]:
        """Population standard deviation over the same months as `window_mean`."""
        mean = self._window(self.total, origin, width, rows)
        square = self._window(self.squares, origin, width, rows)
        deviation: npt.NDArray[np.float64] = np.sqrt(np.maximum(square - mean * mean, 0.0))
        return deviation

    def zero_share(self, origin: int, width: int, rows: Rows | None = None) -> npt.NDArray[np.float64]:
        """Share of months without demand over the same months as `window_mean`."""
        return self._window(self.zeros, origin, width, rows)

    def _window(self, running: npt.NDArray[Any], origin: int, width: int, rows: Rows | None) -> npt.NDArray[np.float64]:
        chosen = np.arange(len(self.birth)) if rows is None else rows
        start = np.maximum(origin - width, np.minimum(self.birth[chosen], origin))
        summed = running[chosen, origin] - running[chosen, start]
        mean: npt.NDArray[np.float64] = summed / np.maximum(origin - start, 1)
        return mean


def scan(demand: Floats) -> Scans:
    """Summarise (N, T) monthly demand; returns (negative months) and dust count as none.

    Tables are laid out month by month, because every reader asks for all articles at one origin.
    """
    y = np.where(demand.T > DUST, demand.T, 0.0).astype(np.float32)  # (T, N) from here on
    months = len(y)
    positive = y > 0
    birth = np.where(positive.any(axis=0), positive.argmax(axis=0), months).astype(np.int32)
    alive = np.arange(months)[:, None] >= birth[None, :]
    since, size, interval, tsb, sba = _intermittent(y, positive, birth)
    return Scans(
        y=y.T,
        total=_running(y, np.float64),
        squares=_running(y.astype(np.float64) ** 2, np.float64),
        zeros=_running(~positive & alive, np.int32),
        birth=birth,
        since_last=since,
        smooth=_smoothing(y, birth),
        sba=sba,
        tsb=tsb,
        size=size,
        interval=interval,
    )


def _running(values: npt.NDArray[Any], kind: type) -> npt.NDArray[Any]:
    """(N, T+1) cumulative sum over the months of (T, N) values, beginning with 0."""
    out = np.zeros((values.shape[0] + 1, values.shape[1]), dtype=kind)
    np.cumsum(values, axis=0, dtype=kind, out=out[1:])
    return out.T


def _share_of_news(t: int, birth: Ints, least: float) -> Floats:
    """Weight of month t: a young article has no level to defend, so its first months weigh as in a plain mean."""
    return np.maximum(np.float32(least), 1 / np.maximum(t - birth + 1, 1).astype(np.float32))


def _smoothing(y: Floats, birth: Ints) -> Floats:
    """(N, T+1, len(SMOOTHING)) simple exponential smoothing since birth."""
    months, n = y.shape
    out = np.zeros((len(SMOOTHING), months + 1, n), dtype=np.float32)
    for k, alpha in enumerate(SMOOTHING):
        level = out[k]
        for t in range(months):
            # Before birth both demand and level are 0, and at birth the share is 1: no case apart is needed.
            level[t + 1] = level[t] + _share_of_news(t, birth, alpha) * (y[t] - level[t])
    return out.transpose(2, 1, 0)


def _intermittent(
    y: Floats, positive: npt.NDArray[np.bool_], birth: Ints
) -> tuple[Ints, Floats, Floats, Floats, Floats]:
    """(N, T+1) months since the last demand, smoothed size and interval, TSB and SBA forecasts."""
    months, n = y.shape
    since = np.zeros((months + 1, n), dtype=np.int32)
    size, interval, chance = (np.zeros((months + 1, n), dtype=np.float32) for _ in range(3))
    for t in range(months):
        sold, first, later = positive[t], birth == t, birth < t
        waited = since[t] + later
        since[t + 1] = np.where(sold, 0, waited)
        chance[t + 1] = chance[t] + _share_of_news(t, birth, INTERMITTENT) * (sold - chance[t])
        moved_size = np.where(sold, size[t] + INTERMITTENT * (y[t] - size[t]), size[t])
        moved_interval = np.where(sold, interval[t] + INTERMITTENT * (waited - interval[t]), interval[t])
        size[t + 1] = np.where(first, y[t], moved_size)
        interval[t + 1] = np.where(first, 1.0, moved_interval)
    tsb = chance * size
    sba = (1 - INTERMITTENT / 2) * size / np.maximum(interval, 1.0)
    return since.T, size.T, interval.T, tsb.T, sba.astype(np.float32).T
