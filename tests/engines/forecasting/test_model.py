"""Training, saving, loading and forecasting again."""

from __future__ import annotations

import io
import json
from dataclasses import replace

import joblib
import numpy as np
import pandas as pd
import pytest

from tests.engines.forecasting.fabrica import QUICK, panel, seasonal
from tns.engines.forecasting import Config, FittedModel, ModelNotUsable, fit
from tns.engines.progress import Cancelled, NullProgress


def saved_and_loaded(part: object) -> object:
    buffer = io.BytesIO()
    joblib.dump(part, buffer)
    buffer.seek(0)
    return joblib.load(buffer)


@pytest.fixture(scope="module")
def model() -> FittedModel:
    return fit(seasonal(), config=Config(rounds=20, prophet_articles=5))


def test_the_same_panel_and_seed_give_the_same_forecast(model: FittedModel) -> None:
    again = fit(seasonal(), config=Config(rounds=20, prophet_articles=5))
    pd.testing.assert_frame_equal(model.predict(), again.predict())
    assert model.metadata() == again.metadata()


def test_a_model_loaded_from_its_parts_forecasts_the_same(model: FittedModel) -> None:
    loaded = FittedModel.from_parts(
        panel=seasonal(),
        xgboost=saved_and_loaded(model.xgboost),  # type: ignore[arg-type]
        prophet=saved_and_loaded(model.prophet),  # type: ignore[arg-type]
        metadata=json.loads(json.dumps(model.metadata())),
    )
    pd.testing.assert_frame_equal(model.predict(9), loaded.predict(9), rtol=1e-4)
    assert loaded.metadata()["pesos"] == model.metadata()["pesos"]


def test_a_loaded_model_forecasts_from_a_newer_panel(model: FittedModel) -> None:
    newer = seasonal(months=50)
    loaded = FittedModel.from_parts(
        panel=newer, xgboost=model.xgboost, prophet=model.prophet, metadata=model.metadata()
    )
    assert loaded.predict()["ds"].min() == pd.Timestamp("2025-03-01")


def test_a_panel_with_other_columns_than_the_models_is_refused(model: FittedModel) -> None:
    base = seasonal()
    priced = replace(base, covariates={"precio": np.ones_like(base.y)})
    loaded = FittedModel.from_parts(
        panel=priced, xgboost=model.xgboost, prophet=model.prophet, metadata=model.metadata()
    )
    with pytest.raises(ModelNotUsable, match="columnas"):
        loaded.predict()


def test_the_backtest_tells_the_coverage_of_the_served_forecast(model: FittedModel) -> None:
    assert 0.6 < model.backtest["combinado"]["cobertura80"] <= 1


@pytest.mark.parametrize(
    "damage", [{"formato": -1}, {"pesos": {}}, {"configuracion": {"nada": 1}}, {"filas_xgboost": 0}]
)
def test_parts_that_do_not_fit_are_refused(model: FittedModel, damage: dict[str, object]) -> None:
    with pytest.raises(ModelNotUsable):
        FittedModel.from_parts(
            panel=seasonal(), xgboost=model.xgboost, prophet=model.prophet, metadata=model.metadata() | damage
        )


def test_the_metadata_is_json_and_tells_the_backtest_beside_the_naive(model: FittedModel) -> None:
    backtest = json.loads(json.dumps(model.metadata()))["backtest"]
    assert {"combinado", "xgboost", "theta", "ingenuo", "ingenuo_estacional"} <= set(backtest)
    assert {"wape", "rmsse", "mae", "rmse", "r2", "sesgo"} <= set(backtest["xgboost"])
    assert backtest["combinado"]["wape"] < backtest["ingenuo"]["wape"]


def test_longer_horizons_begin_with_the_shorter_ones(model: FittedModel) -> None:
    short, long = model.predict(3), model.predict(24)
    both = short.merge(long, on=["unique_id", "ds"], suffixes=("", "_long"))
    np.testing.assert_allclose(both["y_hat"], both["y_hat_long"], rtol=1e-5)


def test_a_two_year_horizon_stays_near_the_level_of_the_history(model: FittedModel) -> None:
    total = model.predict(24)["y_hat"].sum() / 24
    recent = seasonal().y[:, -12:].sum() / 12
    assert 0.7 < total / recent < 1.4


def test_the_order_of_the_articles_does_not_matter_to_small_panels() -> None:
    ordered = seasonal(12)
    turned = panel(ordered.y[::-1])
    first = fit(ordered, config=QUICK).predict()["y_hat"].to_numpy().reshape(12, 6)
    second = fit(turned, config=QUICK).predict()["y_hat"].to_numpy().reshape(12, 6)
    assert abs(first.sum() / second.sum() - 1) < 0.05


class StopAt(NullProgress):
    """Asks to stop at the n-th tick and remembers the stages it saw."""

    def __init__(self, ticks: int) -> None:
        self.left = ticks
        self.stages: list[str] = []

    def stage(self, name: str, total: int | None = None) -> None:
        self.stages.append(name)

    def advance(self, amount: int = 1, message: str | None = None) -> None:
        self.left -= amount
        self.check()

    def check(self) -> None:
        if self.left <= 0:
            raise Cancelled


@pytest.mark.parametrize("ticks", [1, 12, 27])
def test_training_stops_when_it_is_asked_to(ticks: int) -> None:
    with pytest.raises(Cancelled):
        fit(seasonal(), config=Config(rounds=20, prophet_articles=0), progress=StopAt(ticks))


def test_progress_tells_its_stages_in_order() -> None:
    progress = StopAt(10_000)
    fit(seasonal(), config=Config(rounds=5, prophet_articles=5), progress=progress)
    assert progress.stages[0].startswith("Probando")
    assert progress.stages[-1] == "Ajustando Prophet"


def test_training_rows_do_not_grow_with_the_number_of_articles() -> None:
    config = Config(rounds=2, max_depth=2, max_rows=3_000, prophet=False)
    rows = []
    for articles in (200, 800):
        fitted = fit(seasonal(articles, months=30), config=config)
        assert fitted.xgboost is not None
        rows.append(fitted.xgboost.rows)
    assert max(rows) <= 3_000 * 1.05
