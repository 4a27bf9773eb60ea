"""Whatever the history looks like there is an answer: finite, not negative, ordered."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tests.engines.forecasting.fabrica import FIRST, QUICK, panel, seasonal
from tns.engines.forecasting import Panel, fit

RNG = np.random.default_rng(5)
BANDS = ["lo95", "lo80", "y_hat", "hi80", "hi95"]


def assert_sound(table: pd.DataFrame, articles: int, horizon: int) -> None:
    assert len(table) == articles * horizon
    values = table[BANDS].to_numpy(dtype=np.float64)
    assert np.isfinite(values).all()
    assert (values >= 0).all()
    assert (np.diff(values, axis=1) >= -1e-6 * np.maximum(values[:, 1:], 1)).all()
    assert table["modelo"].str.len().gt(0).all()


PANELS = {
    "all zeros": np.zeros((5, 30)),
    "one month": RNG.poisson(5, (3, 1)),
    "two months": RNG.poisson(5, (3, 2)),
    "five months": RNG.poisson(5, (3, 5)),
    "thirteen months": RNG.poisson(5, (3, 13)),
    "one article": RNG.poisson(9, (1, 40)),
    "only returns": -RNG.poisson(5, (5, 40)),
    "returns among sales": RNG.normal(0, 5, (30, 40)),
    "millions": RNG.poisson(5, (20, 40)) * 1e9,
    "as much as is taken": RNG.poisson(1, (20, 40)) * 1e17,
    "fractions": RNG.poisson(5, (20, 40)) * 1e-6,
    "one sale ever": np.eye(10, 40),
    "all born last month": np.hstack([np.zeros((5, 39)), np.full((5, 1), 5)]),
    "all dead for years": np.hstack([RNG.poisson(5, (5, 12)), np.zeros((5, 30))]),
    "dust after a sale": np.array([[0, 0, 18490, 9e-41, *[0] * 13]]),
    "one giant": np.vstack([RNG.poisson(1, (10, 40)), RNG.poisson(1e7, (1, 40))]),
}


@pytest.mark.parametrize("name", PANELS)
@pytest.mark.parametrize("horizon", [1, 6, 24])
def test_every_panel_gets_a_sound_forecast(name: str, horizon: int) -> None:
    model = fit(panel(PANELS[name]), horizon=min(horizon, 6), config=QUICK)
    assert_sound(model.predict(horizon), len(PANELS[name]), horizon)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    y=arrays(
        np.float32,
        st.tuples(st.integers(1, 6), st.integers(1, 30)),
        elements=st.one_of(st.just(0.0), st.floats(-50, 1e6, width=32)),
    ),
    horizon=st.integers(1, 8),
)
def test_any_history_gets_a_sound_forecast(y: np.ndarray, horizon: int) -> None:
    model = fit(panel(y), horizon=horizon, config=QUICK)
    assert_sound(model.predict(horizon), len(y), horizon)


def test_fifty_thousand_articles_of_a_few_months_get_a_sound_forecast() -> None:
    rng = np.random.default_rng(11)
    y = rng.poisson(np.exp(rng.normal(0, 1.5, (50_000, 1))), (50_000, 9)).astype(np.float32)
    y[rng.random(y.shape) < 0.02] *= -1  # returns
    y[:5_000] = 0
    y[5_000:10_000, :-1] = 0  # sold last month for the first time, if at all
    y[10_000:15_000, 1:] = 0
    y[-1] = 1e9
    ids = np.array([f"a{i:05d}" for i in range(len(y))], dtype=object)
    table = fit(Panel(ids, FIRST, y)).predict()
    assert_sound(table, len(y), 6)
    assert table["unique_id"].iloc[::6].tolist() == ids.tolist()
    assert (table["y_hat"].to_numpy()[: 5_000 * 6] == 0).all()


def test_an_article_that_never_sold_is_forecast_as_zero() -> None:
    y = seasonal(10).y.copy()
    y[3] = 0
    table = fit(panel(y), config=QUICK).predict()
    silent = table[table["unique_id"] == "a003"]
    assert (silent["y_hat"] == 0).all()
    assert (silent["modelo"] == "sin_demanda").all()


def test_an_article_dead_for_two_years_is_forecast_as_zero() -> None:
    y = seasonal(10).y.copy()
    y[4, -24:] = 0
    table = fit(panel(y), config=QUICK).predict()
    assert (table.loc[table["unique_id"] == "a004", "y_hat"] == 0).all()


def test_a_new_article_is_forecast_near_what_it_has_sold() -> None:
    y = seasonal(40).y.copy()
    y[0] = 0
    y[0, -2:] = 100
    table = fit(panel(y)).predict()
    assert 25 < table.loc[table["unique_id"] == "a000", "y_hat"].mean() < 250


def test_a_panel_of_only_new_articles_is_forecast_near_what_they_have_sold() -> None:
    y = np.zeros((5, 40))
    y[:, -1] = 50
    table = fit(panel(y), config=QUICK).predict()
    assert (table["y_hat"] > 15).all()


@pytest.mark.parametrize("horizon", [0, 25, -1])
def test_a_horizon_out_of_range_is_refused(horizon: int) -> None:
    with pytest.raises(ValueError, match="horizon"):
        fit(seasonal(3), horizon=horizon, config=QUICK)
