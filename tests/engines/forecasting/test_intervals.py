"""The bands hold what they promise on demand like the one they were measured on."""

from __future__ import annotations

import numpy as np

from tests.engines.forecasting.fabrica import panel
from tns.engines.forecasting import Config, fit
from tns.engines.forecasting.intervals import Widths, measure_widths


def test_the_80_percent_band_holds_about_80_percent_of_the_months_to_come() -> None:
    rng = np.random.default_rng(8)
    level = np.exp(rng.normal(3, 0.8, (300, 1)))
    season = 1 + 0.3 * np.sin(2 * np.pi * np.arange(48) / 12)
    y = rng.poisson(level * season * np.exp(rng.normal(0, 0.25, (300, 48))))
    table = fit(panel(y[:, :42]), config=Config(rounds=25, prophet=False)).predict(6)
    actual = y[:, 42:].ravel()
    held = ((actual >= table["lo80"]) & (actual <= table["hi80"])).mean()
    held95 = ((actual >= table["lo95"]) & (actual <= table["hi95"])).mean()
    assert 0.74 < held < 0.89
    assert 0.91 < held95 <= 1


def test_the_band_of_a_sparse_article_begins_at_zero() -> None:
    rng = np.random.default_rng(8)
    y = rng.poisson(3, (100, 48)) * (rng.random((100, 48)) < 0.3)
    table = fit(panel(y), config=Config(rounds=15, prophet=False)).predict(6)
    assert (table["lo80"] == 0).mean() > 0.9
    assert (table["hi80"] > 0).all()


def test_bands_widen_beyond_the_measured_horizons() -> None:
    rng = np.random.default_rng(1)
    step = np.tile(np.arange(3), 500)
    widths = measure_widths(rng.normal(size=1500).astype(np.float32), np.zeros(1500, dtype=np.int64), step, 3)
    bands = widths.bands(
        np.full((1, 12), 100, dtype=np.float32), np.ones((1, 12), dtype=np.float32), np.zeros(1, dtype=np.int64)
    )
    width = (bands["hi80"] - bands["lo80"])[0]
    assert width[11] > 1.5 * width[2]
    assert (bands["hi95"] >= bands["hi80"]).all()


def test_widths_survive_json() -> None:
    widths = measure_widths(np.zeros(0, dtype=np.float32), np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), 4)
    np.testing.assert_allclose(Widths.from_dict(widths.as_dict()).quantiles, widths.quantiles)
