"""Causal summaries of every article's history, computed once for all origins.

`Scans` holds, for each article and each origin o (= number of months known), quantities that depend on the months
before o only. They come from one pass over the months, so the cost is linear in articles × months whatever the number
of origins, and no later month can leak into an earlier origin.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from tns.engines.forecasting.panel import Floats, Ints

SMOOTHING = (0.05, 0.1, 0.2, 0.4, 0.7)  # exponential smoothing constants, evenly spread in logarithm
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
        smooth_error: (N, T+1, len(SMOOTHING)) mean squared one-step error so far.
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
    smooth_error: Floats
    sba: Floats
    tsb: Floats
    size: Floats
    interval: Floats

    def take(self, rows: npt.NDArray[np.intp]) -> Scans:
        """The scans of the chosen articles only."""
        return Scans(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})

    def window_mean(self, origin: int, width: int) -> npt.NDArray[np.float64]:
        """Mean of the last `width` months before `origin`, of those since birth only; 0 where there are none."""
        start = np.maximum(origin - width, np.minimum(self.birth, origin))
        rows = np.arange(len(start))
        count = origin - start
        mean: npt.NDArray[np.float64] = (self.total[rows, origin] - self.total[rows, start]) / np.maximum(count, 1)
        return mean

    def window_std(self, origin: int, width: int) -> npt.NDArray[np.float64]:
        """Population standard deviation over the same months as `window_mean`."""
        start = np.maximum(origin - width, np.minimum(self.birth, origin))
        rows = np.arange(len(start))
        count = np.maximum(origin - start, 1)
        mean = (self.total[rows, origin] - self.total[rows, start]) / count
        square = (self.squares[rows, origin] - self.squares[rows, start]) / count
        deviation: npt.NDArray[np.float64] = np.sqrt(np.maximum(square - mean * mean, 0.0))
        return deviation

    def zero_share(self, origin: int, width: int) -> npt.NDArray[np.float64]:
        """Share of months without demand over the same months as `window_mean`."""
        start = np.maximum(origin - width, np.minimum(self.birth, origin))
        rows = np.arange(len(start))
        share: npt.NDArray[np.float64] = (self.zeros[rows, origin] - self.zeros[rows, start]) / np.maximum(
            origin - start, 1
        )
        return share


def scan(demand: Floats) -> Scans:
    """Summarise (N, T) monthly demand; returns (negative months) count as none."""
    y = np.maximum(demand, 0.0).astype(np.float32)
    n, months = y.shape
    positive = y > 0
    birth = np.where(positive.any(axis=1), positive.argmax(axis=1), months).astype(np.int32)
    total = np.zeros((n, months + 1))
    np.cumsum(y, axis=1, dtype=np.float64, out=total[:, 1:])
    squares = np.zeros((n, months + 1))
    np.cumsum(y.astype(np.float64) ** 2, axis=1, out=squares[:, 1:])
    alive = np.arange(months)[None, :] >= birth[:, None]
    zeros = np.zeros((n, months + 1), dtype=np.int32)
    np.cumsum(~positive & alive, axis=1, out=zeros[:, 1:])

    alphas = np.asarray(SMOOTHING, dtype=np.float32)
    smooth = np.zeros((n, months + 1, len(alphas)), dtype=np.float32)
    error = np.zeros_like(smooth)
    since = np.zeros((n, months + 1), dtype=np.int32)
    sba, tsb, size, interval = (np.zeros((n, months + 1), dtype=np.float32) for _ in range(4))
    level = np.zeros((n, len(alphas)), dtype=np.float32)
    squared = np.zeros_like(level)
    probability, scale, gap = (np.zeros(n, dtype=np.float32) for _ in range(3))
    waited = np.zeros(n, dtype=np.int32)
    for t in range(months):
        now, sold, first = y[:, t], positive[:, t], birth == t
        known = (birth < t)[:, None]
        miss = now[:, None] - level
        squared += np.where(known, miss * miss, 0.0)
        # A young article has no level to defend: the first months weigh as in a plain mean.
        rate = np.maximum(alphas[None, :], 1.0 / np.maximum(t - birth + 1, 1)[:, None])
        level = np.where(first[:, None], now[:, None], np.where(known, level + rate * miss, 0.0)).astype(np.float32)
        waited = np.where(birth < t, waited + 1, 0).astype(np.int32)
        slow = np.maximum(INTERMITTENT, 1.0 / np.maximum(t - birth + 1, 1)).astype(np.float32)
        probability = np.where(first, 1.0, probability + np.where(birth < t, slow * (sold - probability), 0.0))
        scale_next = scale + INTERMITTENT * (now - scale)
        gap_next = gap + INTERMITTENT * (waited - gap)
        gap = np.where(first, 1.0, np.where(sold, gap_next, gap)).astype(np.float32)
        scale = np.where(first, now, np.where(sold, scale_next, scale)).astype(np.float32)
        waited = np.where(sold, 0, waited).astype(np.int32)
        smooth[:, t + 1], error[:, t + 1] = level, squared / np.maximum(t - birth, 1)[:, None]
        since[:, t + 1] = waited
        size[:, t + 1], interval[:, t + 1] = scale, gap
        tsb[:, t + 1] = probability * scale
        sba[:, t + 1] = (1 - INTERMITTENT / 2) * scale / np.maximum(gap, 1.0)
    return Scans(y, total, squares, zeros, birth, since, smooth, error, sba, tsb, size, interval)
