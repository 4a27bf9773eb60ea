"""No feature may know a month at or after its origin."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.engines.forecasting.fabrica import QUICK, seasonal
from tns.engines.forecasting import Panel
from tns.engines.forecasting.features import slice_at
from tns.engines.forecasting.global_model import training_set
from tns.engines.forecasting.scans import scan

HORIZONS = range(1, 7)


def with_price_and_type(seed: int = 1) -> Panel:
    base = seasonal(seed=seed)
    rng = np.random.default_rng(seed)
    price = rng.lognormal(2, 0.3, base.y.shape).astype(np.float32)
    kind = rng.integers(-1, 4, base.articles).astype(np.int32)
    return replace(base, covariates={"price": price}, statics={"tipo": kind})


def with_another_future(panel: Panel, origin: int) -> Panel:
    y, price = panel.y.copy(), panel.covariates["price"].copy()
    y[:, origin:] = 1000 - y[:, origin:]
    price[:, origin:] *= 7
    return replace(panel, y=y, covariates={"price": price})


@pytest.mark.parametrize("origin", [3, 11, 12, 13, 25, 36, 47])
def test_changing_the_future_changes_no_feature(origin: int) -> None:
    panel = with_price_and_type()
    other = with_another_future(panel, origin)
    ours = slice_at(panel, scan(panel.y), origin, HORIZONS)
    theirs = slice_at(other, scan(other.y), origin, HORIZONS)
    assert ours.names == theirs.names
    for column, name in enumerate(ours.names):
        np.testing.assert_array_equal(ours.values[:, :, column], theirs.values[:, :, column], err_msg=name)
    np.testing.assert_array_equal(ours.level, theirs.level)
    np.testing.assert_array_equal(ours.theta, theirs.theta)


@pytest.mark.parametrize("origin", [5, 24, 40])
def test_features_are_the_same_as_if_the_panel_ended_at_the_origin(origin: int) -> None:
    panel = with_price_and_type()
    cut = panel.until(origin)
    whole = slice_at(panel, scan(panel.y), origin, HORIZONS)
    alone = slice_at(cut, scan(cut.y), origin, HORIZONS)
    np.testing.assert_array_equal(whole.values, alone.values)


def test_training_rows_know_no_month_from_the_end_of_training_on() -> None:
    panel = with_price_and_type()
    until = 36
    other = with_another_future(panel, until)
    ours = training_set(panel, scan(panel.y), until, 6, QUICK)
    theirs = training_set(other, scan(other.y), until, 6, QUICK)
    assert ours is not None
    assert theirs is not None
    np.testing.assert_array_equal(ours.values, theirs.values)
    np.testing.assert_array_equal(ours.demand, theirs.demand)
