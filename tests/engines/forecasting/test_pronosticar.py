"""`tns pronosticar` from the shell's side: files in, files out, errors in Spanish."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from tests.engines.forecasting.fabrica import seasonal
from tns.cli import app  # before anything of Typer: it is imported in Spanish there

COLUMNS = ["unique_id", "ds", "y_hat", "lo80", "hi80", "lo95", "hi95", "modelo"]


@pytest.fixture
def history(tmp_path: Path) -> Path:
    panel = seasonal(8, 30)
    months = pd.date_range("2021-01-01", periods=30, freq="MS")
    rows = [
        (name, month, y)
        for name, series in zip(panel.ids, panel.y, strict=True)
        for month, y in zip(months, series, strict=True)
    ]
    path = tmp_path / "historia.parquet"
    pd.DataFrame(rows, columns=["unique_id", "ds", "y"]).to_parquet(path, index=False)
    return path


def run(*words: object) -> tuple[int, str]:
    from typer.testing import CliRunner

    result = CliRunner().invoke(app, ["pronosticar", *map(str, words)])
    return result.exit_code, result.output


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_it_writes_one_row_per_article_and_month(history: Path, tmp_path: Path, ending: str) -> None:
    target = tmp_path / f"pronostico.{ending}"
    meta = tmp_path / "modelo.json"
    code, text = run("--entrada", history, "--salida", target, "--horizonte", 4, "--metadatos", meta)
    assert code == 0, text
    table = pd.read_csv(target, parse_dates=["ds"]) if ending == "csv" else pd.read_parquet(target)
    assert list(table.columns) == COLUMNS
    assert len(table) == 8 * 4
    assert table["ds"].min() == pd.Timestamp("2023-07-01")
    assert json.loads(meta.read_text(encoding="utf-8"))["backtest"]["combinado"]["wape"] > 0


def test_it_does_not_wait_for_libraries_it_has_no_use_for(history: Path, tmp_path: Path) -> None:
    words = ["pronosticar", "--entrada", str(history), "--salida", str(tmp_path / "x.csv")]
    code = f"""
import sys
from tns.cli import app
app({words!r}, standalone_mode=False)
print(sorted({{"sklearn", "matplotlib", "xgboost", "prophet"}} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.splitlines()[-1] == "['prophet', 'xgboost']"
    assert done.stderr == ""


def test_a_missing_column_is_told_in_spanish_and_nothing_is_written(history: Path, tmp_path: Path) -> None:
    bad = tmp_path / "malo.parquet"
    pd.read_parquet(history).rename(columns={"y": "cantidad"}).to_parquet(bad)
    code, text = run("--entrada", bad, "--salida", tmp_path / "x.csv")
    assert code == 1
    assert "faltan columnas: y" in text
    assert not (tmp_path / "x.csv").exists()


@pytest.mark.parametrize("horizon", [0, 25])
def test_a_horizon_out_of_range_is_refused(history: Path, tmp_path: Path, horizon: int) -> None:
    code, _ = run("--entrada", history, "--salida", tmp_path / "x.csv", "--horizonte", horizon)
    assert code == 2
