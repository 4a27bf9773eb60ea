"""Seasonal indices of each article at an origin, shrunk towards those of the whole panel, and the seasonal theta."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tns.engines.forecasting.panel import Floats, Ints

Doubles = npt.NDArray[np.float64]

YEAR = 12
LEAST = 0.02  # of an index: no month is forecast at nothing because it once sold nothing
SEASON_YEARS = 4  # complete years before the origin that tell the season; older ones describe another market
POOL = 5_000  # articles that speak for the panel's season
MOST = 0.95  # of the news a level takes in at once
TWO_YEARS = 2 * YEAR
THETA_GRID = (0.1, 0.2, 0.35, 0.5, 0.7, 0.9)
DECOMPOSED_YEARS = 6
THETA_WINDOW = 48


@dataclass(frozen=True, slots=True)
class Season:
    """Indices at one origin, aligned so that column j belongs to the month `origin + j` (j = 0..11); mean 1.

    Attributes:
        own: (n, 12) index of each article after shrinkage.
        pooled: (12,) index of the panel.
        strength: (n,) in 0..1, how much of the own index survived the shrinkage.
    """

    own: Floats
    pooled: Floats
    strength: Floats


def season_at(y: Floats, origin: int, birth: Ints, pooled: npt.NDArray[np.float64]) -> Season:
    """Seasonal indices of some articles from the months before `origin`.

    The own index is shrunk to the pooled one by the method of moments: its variance between years tells how much of
    what it says is noise (empirical Bayes, as Morris 1983).
    """
    n = len(y)
    flat = pooled.astype(np.float32)
    if origin < YEAR:
        return Season(np.tile(flat, (n, 1)), flat, np.zeros(n, dtype=np.float32))
    average, noise, known = (_by_moving_mean if origin >= 3 * YEAR else _by_year)(y, origin, birth)
    between = ((average - pooled[None, :]) ** 2).mean(axis=1)
    strength = np.where(known, np.clip(1 - noise / np.maximum(between, 1e-9), 0.0, 1.0), 0.0)
    own = pooled[None, :] + strength[:, None] * (average - pooled[None, :])
    own = np.maximum(own, LEAST)
    own /= own.mean(axis=1, keepdims=True)
    return Season(own.astype(np.float32), flat, strength.astype(np.float32))


def _by_moving_mean(y: Floats, origin: int, birth: Ints) -> tuple[Doubles, Doubles, npt.NDArray[np.bool_]]:
    """Index (n, 12) by the ratio to the centred moving mean of a year, its noise (n,), and whether it can be told.

    Classical decomposition: the moving mean takes trend and level out of every month; the mean of a year does not.
    """
    total = np.zeros((len(y), origin + 1))
    np.cumsum(y[:, :origin], axis=1, dtype=np.float64, out=total[:, 1:])
    year = (total[:, YEAR:] - total[:, :-YEAR]) / YEAR
    middle = (year[:, 1:] + year[:, :-1]) / 2  # column j belongs to month j + 6
    month = np.arange(YEAR // 2, origin - YEAR // 2)
    alive = (middle > 0) & (month[None, :] - YEAR // 2 >= birth[:, None])
    ratio = np.where(alive, y[:, month] / np.where(middle > 0, middle, 1.0), 0.0)
    recent = month >= origin - YEAR * DECOMPOSED_YEARS - YEAR // 2
    average, spread, count = (np.zeros((len(y), YEAR)) for _ in range(3))
    for j in range(YEAR):
        chosen = recent & ((month - origin) % YEAR == j)
        count[:, j] = alive[:, chosen].sum(axis=1)
        average[:, j] = ratio[:, chosen].sum(axis=1) / np.maximum(count[:, j], 1)
        off = np.where(alive[:, chosen], ratio[:, chosen] - average[:, j][:, None], 0.0)
        spread[:, j] = (off**2).sum(axis=1) / np.maximum(count[:, j] - 1, 1)
    average /= np.maximum(average.mean(axis=1, keepdims=True), 1e-9)
    known: npt.NDArray[np.bool_] = (count >= 2).min(axis=1)
    return average, (spread / np.maximum(count, 1)).mean(axis=1), known


def _by_year(y: Floats, origin: int, birth: Ints) -> tuple[Doubles, Doubles, npt.NDArray[np.bool_]]:
    """The same from complete years over their own means, for histories too short for a moving one."""
    ratio, mean = _yearly_ratios(y, origin, birth, min(origin // YEAR, SEASON_YEARS))
    usable = mean > 0
    count = usable.sum(axis=1)
    average = ratio.sum(axis=1) / np.maximum(count, 1)[:, None]
    deviation = np.where(usable[:, :, None], ratio - average[:, None, :], 0.0)
    within = (deviation**2).sum(axis=(1, 2)) / np.maximum((count - 1) * YEAR, 1)
    return average, within / np.maximum(count, 1), count >= 2


def pooled_season(y: Floats, origin: int, birth: Ints) -> npt.NDArray[np.float64]:
    """(12,) index of the whole panel at `origin`; the voice of an article is the root of its level."""
    years = min(origin // YEAR, SEASON_YEARS)
    if years == 0:
        return np.ones(YEAR)
    every = -(-len(y) // POOL)
    ratio, mean = _yearly_ratios(y[::every], origin, birth[::every], years)
    weight = np.sqrt(mean)  # between one vote per article and one vote per unit
    votes = weight.sum(axis=0)
    yearly = (ratio * weight[:, :, None]).sum(axis=0) / np.maximum(votes, 1e-12)[:, None]
    heard = votes > 0
    index = yearly[heard].mean(axis=0) if heard.any() else np.ones(YEAR)
    scaled: npt.NDArray[np.float64] = np.maximum(index / max(index.mean(), 1e-12), LEAST)
    return scaled


def _yearly_ratios(
    y: Floats, origin: int, birth: Ints, years: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """(n, years, 12) demand over its year's mean, and that mean; both 0 in years the article did not live whole."""
    block = y[:, origin - years * YEAR : origin].reshape(len(y), years, YEAR).astype(np.float64)
    complete = birth[:, None] <= origin - YEAR * np.arange(years, 0, -1)[None, :]
    mean = np.where(complete, block.mean(axis=2), 0.0)
    safe = np.where(mean > 0, mean, 1.0)
    return np.where(mean[:, :, None] > 0, block / safe[:, :, None], 0.0), mean


@dataclass(frozen=True, slots=True)
class Adjusted:
    """Articles at one origin, their season taken out.

    Attributes:
        levels: (n, len(THETA_GRID)) exponential smoothing with each constant.
        best: (n,) which constant erred least so far.
        slope: (n,) least squares slope per month; 0 for less than two years.
    """

    levels: Floats
    best: npt.NDArray[np.intp]
    slope: Floats


def adjust(y: Floats, origin: int, birth: Ints, season: Season) -> Adjusted:
    """Levels and slopes of the deseasonalised articles at `origin`.

    A month that sells a tenth of the usual says a tenth as much about the level (the Kalman gain of Poisson noise), so
    the smoothing constant is multiplied by the month's index.
    """
    start = max(0, origin - THETA_WINDOW)
    steps = np.arange(start, origin)
    weight = np.ascontiguousarray(season.own[:, (steps - origin) % YEAR].T)  # month by month, as it is walked through
    plain = y[:, start:origin].T / weight
    grid = np.asarray(THETA_GRID, dtype=np.float32)[:, None]
    levels = np.zeros((len(grid), len(y)), dtype=np.float32)
    error = np.zeros_like(levels)
    for j, t in enumerate(steps):
        age = (t - birth).astype(np.float32)
        miss = plain[j] - levels
        error += miss * np.where(age > 0, weight[j], 0.0) * miss  # in this order, for the square may be infinite
        rate = np.maximum(np.minimum(grid * weight[j], MOST), 1 / (np.maximum(age, 0) + 1))
        levels += rate * miss * (age >= 0)
    return Adjusted(levels.T, error.argmin(axis=0), _slope(plain.T, np.maximum(birth - start, 0)))


def theta(adjusted: Adjusted, season: Season, origin: int, horizon: int) -> Floats:
    """Seasonal theta method (Assimakopoulos & Nikolopoulos 2000), all articles at once: (n, horizon), not negative.

    Simple exponential smoothing of the deseasonalised series, its constant the one with the least one-step error, plus
    half the drift of the regression line, damped with the horizon. With less than two years nothing tells a quick level
    from a season: the slowest constant is taken.
    """
    best = adjusted.best if origin >= TWO_YEARS else np.zeros_like(adjusted.best)
    base = adjusted.levels[np.arange(len(best)), best]
    ahead = np.arange(1, horizon + 1, dtype=np.float32)
    damped = np.cumsum(0.9**ahead)  # damping as Gardner & McKenzie 1985
    forecast = base[:, None] + 0.5 * adjusted.slope[:, None] * damped[None, :]
    seasonal: Floats = np.maximum(forecast * season.own[:, np.arange(horizon) % YEAR], 0.0).astype(np.float32)
    return seasonal


def _slope(values: Floats, first: Ints) -> Floats:
    """Least squares slope of each row from its month `first` on; 0 for less than two years."""
    width = values.shape[1]
    position = np.arange(width, dtype=np.float64)[None, :]
    inside = position >= first[:, None]
    count = inside.sum(axis=1)
    centre = (position * inside).sum(axis=1) / np.maximum(count, 1)
    offset = np.where(inside, position - centre[:, None], 0.0)
    slope = (offset * values).sum(axis=1) / np.maximum((offset**2).sum(axis=1), 1e-9)
    return np.where(count >= TWO_YEARS, slope, 0.0).astype(np.float32)
