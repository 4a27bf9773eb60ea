"""Small made-up panels for the forecasting tests."""

from __future__ import annotations

import numpy as np

from tns.engines.forecasting import Config, Panel

FIRST = np.datetime64("2021-01", "M")
QUICK = Config(rounds=8, max_depth=3, prophet=False)


def panel(y: object, *, first: np.datetime64 = FIRST, **extra: object) -> Panel:
    """Panel of the given demand, articles named a000, a001, ..."""
    values = np.atleast_2d(np.asarray(y, dtype=np.float32))
    ids = np.array([f"a{i:03d}" for i in range(len(values))], dtype=object)
    return Panel(ids, first, values, **extra)  # type: ignore[arg-type]


def seasonal(articles: int = 40, months: int = 48, seed: int = 1) -> Panel:
    """Smooth articles with a season, a slow trend and Poisson noise, some of them intermittent."""
    rng = np.random.default_rng(seed)
    level = np.exp(rng.normal(3, 1, (articles, 1)))
    month = np.arange(months)
    season = 1 + 0.4 * np.sin(2 * np.pi * (month + rng.integers(0, 3, (articles, 1))) / 12)
    y = rng.poisson(level * season * (1 + 0.004 * month)).astype(float)
    sparse = rng.random(articles) < 0.3
    y[sparse] *= rng.random((int(sparse.sum()), months)) < 0.3
    return panel(y)
