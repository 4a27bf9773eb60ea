"""Working days explain part of a month's demand, when the data show it."""

from __future__ import annotations

import numpy as np
import pytest

from tests.engines.forecasting.fabrica import FIRST, panel
from tns.engines.forecasting import Config, fit
from tns.engines.forecasting.trading_days import easter_sunday, elasticity, factors, working_days


@pytest.mark.parametrize(
    ("year", "day"),
    [(1818, "03-22"), (1961, "04-02"), (2000, "04-23"), (2024, "03-31"), (2025, "04-20"), (2038, "04-25")],
)
def test_easter_falls_on_its_sunday(year: int, day: str) -> None:
    assert str(easter_sunday(year)) == f"{year}-{day}"


def test_working_days_leave_out_weekends_and_common_holidays() -> None:
    days = working_days(np.datetime64("2024-03"), 3)
    assert days.tolist() == [20, 21, 23]  # Good Friday in March, Easter Monday in April


def demand(power: float, noise: float, months: int = 60) -> np.ndarray:
    rng = np.random.default_rng(3)
    days = working_days(FIRST, months) / 20.9
    return 1000 * days**power * np.exp(rng.normal(0, noise, (5, months)))


def test_an_elasticity_that_is_there_is_found() -> None:
    assert elasticity(demand(0.8, 0.01), FIRST) == pytest.approx(0.8, abs=0.15)


def test_noise_and_short_histories_give_none() -> None:
    assert elasticity(demand(0.0, 0.01), FIRST) < 0.15
    assert elasticity(demand(0.8, 0.01, months=20), FIRST) == 0
    assert elasticity(np.zeros((3, 60)), FIRST) == 0


def test_months_of_usual_length_change_nothing() -> None:
    assert factors(0.0, FIRST, 12).tolist() == [1.0] * 12
    assert factors(0.7, FIRST, 120).mean() == pytest.approx(1, abs=0.02)


def test_the_forecast_follows_the_working_days() -> None:
    months = 60
    history = demand(1.0, 0.01, months + 6)
    table = fit(panel(history[:, :months]), config=Config(rounds=30, prophet=False)).predict()
    forecast = table["y_hat"].to_numpy().reshape(5, 6).sum(axis=0)
    assert np.corrcoef(forecast, history[:, months:].sum(axis=0))[0, 1] > 0.8
