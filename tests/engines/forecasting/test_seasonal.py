"""The season of each article, shrunk to the panel's, and the theta method on it."""

from __future__ import annotations

import numpy as np

from tns.engines.forecasting.scans import scan
from tns.engines.forecasting.seasonal import adjust, pooled_season, season_at, theta

SHAPE = 1 + 0.5 * np.sin(2 * np.pi * np.arange(12) / 12)


def forecast(y: np.ndarray, horizon: int = 12) -> np.ndarray:
    scans = scan(y.astype(np.float32))
    origin = y.shape[1]
    season = season_at(scans.y, origin, scans.birth, pooled_season(scans.y, origin, scans.birth))
    return theta(adjust(scans.y, origin, scans.birth, season), season, origin, horizon)


def test_a_season_without_noise_is_repeated() -> None:
    y = np.tile(100 * SHAPE, (3, 4))
    np.testing.assert_allclose(forecast(y), np.tile(100 * SHAPE, (3, 1)), rtol=0.02)


def test_a_growing_season_grows_on() -> None:
    months = np.arange(60)
    y = np.tile((100 + 2 * months) * np.tile(SHAPE, 5), (3, 1))
    truth = (100 + 2 * np.arange(60, 66)) * SHAPE[:6]
    np.testing.assert_allclose(forecast(y, 6), np.tile(truth, (3, 1)), rtol=0.1)


def test_a_constant_article_stays_constant() -> None:
    np.testing.assert_allclose(forecast(np.full((2, 40), 7.0)), 7.0, rtol=1e-3)


def test_a_noisy_article_takes_the_season_of_the_panel() -> None:
    rng = np.random.default_rng(2)
    y = rng.poisson(np.tile(400 * SHAPE, (40, 4)))
    y[0] = rng.poisson(0.5, 48) * rng.integers(0, 5, 48)
    scans = scan(y.astype(np.float32))
    season = season_at(scans.y, 48, scans.birth, pooled_season(scans.y, 48, scans.birth))
    assert season.strength[0] < 0.7
    assert np.abs(season.pooled - SHAPE).max() < 0.1


def test_indices_average_one_and_are_never_zero() -> None:
    rng = np.random.default_rng(2)
    for months in (5, 12, 25, 36, 60):
        y = rng.poisson(1, (30, months)) * (rng.random((30, months)) < 0.2)
        scans = scan(y.astype(np.float32))
        season = season_at(scans.y, months, scans.birth, pooled_season(scans.y, months, scans.birth))
        np.testing.assert_allclose(season.own.mean(axis=1), 1, rtol=1e-4)
        assert (season.own > 0).all()


def test_a_year_young_panel_has_no_season_and_no_drift() -> None:
    rising = np.tile(np.arange(1.0, 10.0), (3, 1))
    answer = forecast(rising, 6)
    np.testing.assert_allclose(answer, answer[:, :1].repeat(6, axis=1), rtol=1e-6)
