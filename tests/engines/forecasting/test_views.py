"""A month's forecast is three quarters what XGBoost says of it now and one quarter what it said a month ago."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.engines.forecasting.fabrica import QUICK, panel, seasonal
from tns.engines.forecasting import FittedModel, fit
from tns.engines.forecasting.combine import Weights
from tns.engines.forecasting.scans import scan
from tns.engines.forecasting.views import View, combined

ALONE = Weights(xgboost=1.0, xgboost_earlier=0.25)  # no theta: only the two views are mixed


def told(origin: int, *months: float) -> View:
    """A view of two articles that says the same of both."""
    table = np.tile(np.asarray(months, dtype=np.float32), (2, 1))
    return View(origin, table, table)


def test_the_earlier_view_speaks_of_the_same_months() -> None:
    history = scan(np.ones((2, 10), dtype=np.float32))
    xgboost, _, mixed = combined(ALONE, history, told(10, 8, 16), told(9, 99, 4, 8), 2)
    assert xgboost is not None
    np.testing.assert_allclose(xgboost, [[7, 14], [7, 14]])
    np.testing.assert_allclose(mixed, xgboost)


def test_an_article_born_since_has_no_earlier_view() -> None:
    y = np.ones((2, 10), dtype=np.float32)
    y[1, :9] = 0
    xgboost, _, _ = combined(ALONE, scan(y), told(10, 8, 16), told(9, 99, 4, 8), 2)
    assert xgboost is not None
    np.testing.assert_allclose(xgboost, [[7, 14], [8, 16]])


@pytest.fixture(scope="module")
def model() -> FittedModel:
    return fit(seasonal(), config=replace(QUICK, theta=False))


def forecast_with(model: FittedModel, earlier: float) -> np.ndarray:
    """The model's forecast with another share of the earlier view."""
    changed = replace(model, weights=replace(model.weights, xgboost_earlier=earlier))
    return changed.predict()["y_hat"].to_numpy()


def test_the_served_forecast_is_a_quarter_of_the_way_to_the_earlier_one(model: FittedModel) -> None:
    now, before = forecast_with(model, 0.0), forecast_with(model, 1.0)
    assert np.abs(before - now).max() > 0.01 * now.mean()
    np.testing.assert_allclose(model.predict()["y_hat"], now + 0.25 * (before - now), rtol=1e-3)


def test_the_earlier_view_does_not_know_the_last_month(model: FittedModel) -> None:
    y = seasonal().y.copy()
    y[:, -1] *= 3
    surprised = replace(model, panel=panel(y))
    np.testing.assert_allclose(forecast_with(surprised, 1.0), forecast_with(model, 1.0), rtol=1e-5)
    assert forecast_with(surprised, 0.0).sum() > 1.05 * forecast_with(model, 0.0).sum()


def test_the_metadata_tell_the_share_of_the_earlier_view(model: FittedModel) -> None:
    assert model.metadata()["pesos"]["xgboost_earlier"] == 0.25
    short = fit(panel(np.ones((3, 2), dtype=np.float32)), config=QUICK)
    assert short.xgboost is None
    assert short.metadata()["pesos"]["xgboost_earlier"] == 0.0
