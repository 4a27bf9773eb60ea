"""What the global model is told about an article at an origin. Nothing at or after the origin is ever read.

Units are divided by the article's level at the origin, so that a screw and a tractor speak the same language.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tns.engines.forecasting.panel import Floats, Panel
from tns.engines.forecasting.scans import SMOOTHING, Rows, Scans
from tns.engines.forecasting.seasonal import THETA_GRID, YEAR, Adjusted, Season, adjust, pooled_season, season_at, theta

LAGS = (1, 2, 3, YEAR)
MEANS = (3, 6, 12, 24)


@dataclass(frozen=True, slots=True)
class Slice:
    """Features of some articles at one origin.

    Attributes:
        names: feature names.
        values: (horizons, n, F) features, horizon by horizon.
        level: (n,) units per month the target is divided by, > 0.
        theta: (n, horizons) forecast of the seasonal theta, in units.
    """

    names: list[str]
    values: Floats
    level: Floats
    theta: Floats


def level_at(scans: Scans, origin: int, rows: Rows | None = None) -> Floats:
    """Units per month that stand for 'one' at `origin`: the last year's mean, held up a little by the whole life's."""
    life = scans.window_mean(origin, origin, rows)
    level = 0.9 * scans.window_mean(origin, YEAR, rows) + 0.1 * life
    return np.where(level > 0, level, 1.0).astype(np.float32)


def slice_at(
    panel: Panel,
    scans: Scans,
    origin: int,
    horizons: Iterable[int],
    rows: Rows | None = None,
    pooled: npt.NDArray[np.float64] | None = None,
) -> Slice:
    """Features of the articles `rows` (all when None) at `origin` for each of `horizons` (1 = the next month).

    `pooled` is the panel's seasonal index at the origin, when the caller has it already.
    """
    ahead = list(horizons)
    chosen = np.arange(panel.articles) if rows is None else rows
    level = level_at(scans, origin, chosen)
    fixed = _origin_features(panel, scans, origin, chosen, level)
    y = scans.y[chosen]
    birth = scans.birth[chosen]
    common = pooled_season(scans.y, origin, scans.birth) if pooled is None else pooled
    season = season_at(y, origin, birth, common)
    adjusted = adjust(y, origin, birth, season)
    statistical = theta(adjusted, season, origin, max(ahead))
    fixed |= {"season_strength": season.strength, "slope": adjusted.slope / level}
    bases = _bases(y, origin, season, adjusted)
    blocks = []
    for h in ahead:
        index = season.own[:, (h - 1) % YEAR]
        block = {**fixed, **_target_features(panel, scans, origin, h, chosen, level)}
        block |= {f"{name}_season": base * index / level for name, base in bases.items()}
        block |= {"season_own": index, "season_pooled": np.full_like(level, season.pooled[(h - 1) % YEAR])}
        block["theta"] = statistical[:, h - 1] / level
        blocks.append(block)
    names = list(blocks[0])
    values = np.empty((len(ahead), len(chosen), len(names)), dtype=np.float32)
    for i, block in enumerate(blocks):
        for j, name in enumerate(names):
            values[i, :, j] = block[name]
    steps = np.asarray(ahead) - 1
    return Slice(names, values, level, statistical[:, steps])


def _origin_features(panel: Panel, scans: Scans, origin: int, rows: Rows, level: Floats) -> dict[str, Floats]:
    out: dict[str, Floats] = {}
    age = np.maximum(origin - scans.birth[rows], 0).astype(np.float32)
    for lag in LAGS:
        if lag <= origin:
            out[f"lag{lag}"] = np.where(age >= lag, scans.y[rows, origin - lag] / level, np.nan).astype(np.float32)
        else:
            out[f"lag{lag}"] = np.full(len(rows), np.nan, dtype=np.float32)
    for width in MEANS:
        out[f"mean{width}"] = (scans.window_mean(origin, width, rows) / level).astype(np.float32)
    out["mean_life"] = (scans.window_mean(origin, origin, rows) / level).astype(np.float32)
    out["std12"] = (scans.window_std(origin, YEAR, rows) / level).astype(np.float32)
    out["zeros12"] = scans.zero_share(origin, YEAR, rows).astype(np.float32)
    out["zeros_life"] = scans.zero_share(origin, origin, rows).astype(np.float32)
    out["since_last"] = scans.since_last[rows, origin].astype(np.float32)
    out["age"] = np.minimum(age, 60.0)
    out["log_level"] = np.log(level)
    for k, alpha in enumerate(SMOOTHING):
        out[f"ses{alpha}"] = scans.smooth[rows, origin, k] / level
    out["tsb"] = scans.tsb[rows, origin] / level
    out["sba"] = scans.sba[rows, origin] / level
    out["size"] = scans.size[rows, origin] / level
    out["interval"] = scans.interval[rows, origin]
    year = scans.window_mean(origin, 12, rows)
    before = scans.window_mean(origin, 24, rows) * 2 - year
    out["growth"] = np.where(
        age >= 24, np.clip((year + 0.1 * level) / (np.maximum(before, 0) + 0.1 * level), 0, 10), np.nan
    ).astype(np.float32)
    for name, values in panel.covariates.items():
        out.update(_covariate(name, values, origin, rows))
    for name, codes in panel.statics.items():
        out.update(_group(name, codes, scans, origin, rows, level))
    return out


def _bases(y: Floats, origin: int, season: Season, adjusted: Adjusted) -> dict[str, Floats]:
    """Deseasonalised levels of the recent past, slow to quick; times the target's index they are forecasts."""
    out = {f"level{alpha}": adjusted.levels[:, k] for k, alpha in enumerate(THETA_GRID) if k % 2 == 0}
    for width in (3, 12):
        start = max(0, origin - width)
        index = season.own[:, (np.arange(start, origin) - origin) % YEAR]
        out[f"mean{width}"] = y[:, start:origin].sum(axis=1) / index.sum(axis=1)
    return out


def _covariate(name: str, values: Floats, origin: int, rows: Rows) -> dict[str, Floats]:
    """Last known value before the origin, alone and against the last year's mean."""
    window = values[rows, max(0, origin - YEAR) : origin]
    known = np.isfinite(window)
    position = np.where(known, np.arange(window.shape[1]), -1).max(axis=1, initial=-1)
    last = np.where(position >= 0, window[np.arange(len(rows)), np.maximum(position, 0)], np.nan)
    mean = np.where(known, window, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    relative = np.where(np.abs(mean) > 1e-9, last / np.where(np.abs(mean) > 1e-9, mean, 1.0), np.nan)
    return {name: last.astype(np.float32), f"{name}_relative": np.clip(relative, -10, 10).astype(np.float32)}


def _grown(scans: Scans, origin: int, same: int, width: int, rows: Rows, level: Floats) -> Floats:
    """Last year's month times the growth of the last `width` months over those a year before; NaN if young."""
    if same < 0 or origin < YEAR + width:
        return np.full(len(rows), np.nan, dtype=np.float32)
    now = scans.total[rows, origin] - scans.total[rows, origin - width]
    then = scans.total[rows, origin - YEAR] - scans.total[rows, origin - YEAR - width]
    held = 0.1 * level * width  # keeps the ratio of small numbers within reason
    growth = np.clip((now + held) / (then + held), 0.1, 10.0)
    known = scans.birth[rows] <= min(same, origin - YEAR - width)
    return np.where(known, scans.y[rows, same] / level * growth, np.nan).astype(np.float32)


def _group(
    name: str, codes: npt.NDArray[np.int32], scans: Scans, origin: int, rows: Rows, level: Floats
) -> dict[str, Floats]:
    """How the article's group has gone lately, and how large its members are beside the article."""
    safe = codes + 1
    year = np.bincount(safe, weights=scans.window_mean(origin, 12), minlength=int(safe.max()) + 1)
    quarter = np.bincount(safe, weights=scans.window_mean(origin, 3), minlength=int(safe.max()) + 1)
    trend = np.where(year > 0, quarter / np.where(year > 0, year, 1.0), 1.0)
    born = np.bincount(safe, weights=scans.birth < origin, minlength=int(safe.max()) + 1)
    peer = year / np.maximum(born, 1)
    distance = np.log(np.maximum(peer[safe[rows]], 1e-6) / np.maximum(level, 1e-6))
    return {
        f"{name}_trend": np.clip(trend[safe[rows]], 0, 5).astype(np.float32),
        f"{name}_peers": np.clip(distance, -6, 6).astype(np.float32),
    }


def _target_features(
    panel: Panel,
    scans: Scans,
    origin: int,
    h: int,
    rows: Rows,
    level: Floats,
) -> dict[str, Floats]:
    n = len(rows)
    target = origin + h - 1
    out: dict[str, Floats] = {"horizon": np.full(n, h, dtype=np.float32)}
    calendar = (panel.first_month + target).astype(int) % YEAR + 1
    out["month"] = np.full(n, calendar, dtype=np.float32)
    years = -(-h // YEAR)  # the last year in which the target's calendar month is already known
    same = target - YEAR * years
    birth = scans.birth[rows]
    for k in range(2):
        t = same - YEAR * k
        known = (t >= birth) & (t >= 0)
        out[f"same{k + 1}"] = np.where(known, scans.y[rows, max(t, 0)] / level, np.nan).astype(np.float32)
    low, high = max(same - 1, 0), min(same + 2, origin)
    if high > low and same >= 0:
        around = (scans.total[rows, high] - scans.total[rows, low]) / (high - low)
        out["around"] = np.where(birth <= low, around / level, np.nan).astype(np.float32)
    else:
        out["around"] = np.full(n, np.nan, dtype=np.float32)
    for width in (3, 6, 12):
        out[f"same_grown{width}"] = _grown(scans, origin, same, width, rows, level)
    return out
