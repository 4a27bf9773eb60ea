"""Panels are read from files as people have them, and bad files are explained."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tns.engines.forecasting.errors import ForecastError
from tns.engines.forecasting.files import MAX_EXTRA, check_output, read_panel, write_table


def frame(**changes: object) -> pd.DataFrame:
    base = {
        "unique_id": ["A", "A", "B", "B"],
        "ds": pd.to_datetime(["2024-01-01", "2024-02-01", "2024-01-01", "2024-02-01"]),
        "y": [1.0, 2.0, 3.0, 4.0],
    }
    return pd.DataFrame(base | changes)


def written(table: pd.DataFrame, path: Path) -> Path:
    if path.suffix == ".csv":
        table.to_csv(path, index=False)
    else:
        table.to_parquet(path, index=False)
    return path


def code_of(table: pd.DataFrame, folder: Path, ending: str = "parquet") -> str:
    with pytest.raises(ForecastError) as caught:
        read_panel(written(table, folder / f"panel.{ending}"))
    assert caught.value.detalle
    assert caught.value.que_hacer
    return caught.value.codigo_estable


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_panel_reads_the_same_from_csv_and_parquet(tmp_path: Path, ending: str) -> None:
    panel = read_panel(
        written(frame(precio=[9.0, 8.0, 7.0, None], tipo=["x", "x", "z", None]), tmp_path / f"p.{ending}")
    )
    assert list(panel.ids) == ["A", "B"]
    np.testing.assert_array_equal(panel.y, [[1, 2], [3, 4]])
    np.testing.assert_array_equal(panel.covariates["precio"], [[9, 8], [7, np.nan]])
    assert list(panel.statics["tipo"]) == [0, 1]


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_articles_keep_their_names_and_come_sorted(tmp_path: Path, ending: str) -> None:
    panel = read_panel(written(frame(unique_id=["Z9", "010", "9", "9"]), tmp_path / f"p.{ending}"))
    assert list(panel.ids) == ["010", "9", "Z9"]
    np.testing.assert_array_equal(panel.y, [[0, 2], [3, 4], [1, 0]])


def test_numbers_as_names_are_sorted_as_numbers(tmp_path: Path) -> None:
    assert list(read_panel(written(frame(unique_id=[10, 10, 9, 9]), tmp_path / "p.parquet")).ids) == ["9", "10"]


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_file_without_articles_is_refused(tmp_path: Path, ending: str) -> None:
    assert code_of(frame().drop(columns="unique_id"), tmp_path, ending) == "columnas_faltantes"
    assert code_of(frame(unique_id=None), tmp_path, ending) == "panel_vacio"


def test_a_month_without_row_is_a_zero(tmp_path: Path) -> None:
    panel = read_panel(written(frame()[lambda t: ~((t["unique_id"] == "A") & (t["y"] == 2))], tmp_path / "p.parquet"))
    np.testing.assert_array_equal(panel.y, [[1, 0], [3, 4]])


def test_days_of_one_month_are_added_up(tmp_path: Path) -> None:
    days = frame(ds=pd.to_datetime(["2024-01-01", "2024-01-20", "2024-01-01", "2024-02-29"]))
    np.testing.assert_array_equal(read_panel(written(days, tmp_path / "p.csv")).y, [[3, 0], [3, 4]])


def test_codes_with_leading_zeros_stay_text_in_csv(tmp_path: Path) -> None:
    panel = read_panel(written(frame(unique_id=["001", "001", "02", "02"]), tmp_path / "p.csv"))
    assert list(panel.ids) == ["001", "02"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252"])
def test_a_spanish_excel_csv_with_semicolons_is_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "p.csv"
    path.write_text("unique_id;ds;y;tipo\nCañón;2024-01-01;5;eléctrico\n", encoding=encoding)
    assert list(read_panel(path).ids) == ["Cañón"]


def test_months_written_as_numbers_are_read(tmp_path: Path) -> None:
    panel = read_panel(written(frame(ds=[202401, 202402, 202401, 202402]), tmp_path / "p.parquet"))
    assert panel.first_month == np.datetime64("2024-01")


def test_bad_tables_are_refused_with_their_own_code(tmp_path: Path) -> None:
    assert code_of(frame().drop(columns="y"), tmp_path) == "columnas_faltantes"
    assert code_of(frame().head(0), tmp_path) == "panel_vacio"
    assert code_of(frame(ds=["enero", "2024-02-01", "2024-01-01", "2024-02-01"]), tmp_path) == "fechas_ilegibles"
    assert code_of(frame(ds=[None, "2024-02-01", "2024-01-01", "2024-02-01"]), tmp_path) == "fechas_ilegibles"
    assert code_of(frame(y=["1", "dos", "3", "4"]), tmp_path) == "cantidades_ilegibles"
    assert code_of(frame(y=[1, 2, float("inf"), 4]), tmp_path) == "cantidades_ilegibles"
    assert code_of(frame(y=[1, 2, -1e22, 4]), tmp_path) == "cantidades_imposibles"
    assert code_of(frame(y=[None] * 4), tmp_path) == "panel_vacio"
    assert code_of(pd.concat([frame(), frame().head(1)]), tmp_path) == "filas_duplicadas"
    assert code_of(frame(**{f"c{i}": 1.0 for i in range(MAX_EXTRA + 1)}), tmp_path) == "demasiadas_columnas"
    assert code_of(frame(ds=["0224-01-01", "2024-02-01", "2024-01-01", "2024-02-01"]), tmp_path, "csv") in {
        "fechas_ilegibles",
        "fechas_fuera_de_rango",
    }


def test_rows_after_the_last_month_with_demand_are_refused(tmp_path: Path) -> None:
    table = frame(precio=1.0)
    table.loc[len(table)] = ["A", pd.Timestamp("2024-03-01"), np.nan, 9.0]
    assert code_of(table, tmp_path) == "covariables_futuras"


def test_files_that_are_not_what_they_say_are_refused(tmp_path: Path) -> None:
    (tmp_path / "roto.parquet").write_bytes(b"PAR1 no")
    (tmp_path / "vacio.csv").write_bytes(b"")
    (tmp_path / "binario.csv").write_bytes(bytes(range(256)) * 4)
    for name, code in {
        "roto.parquet": "archivo_invalido",
        "vacio.csv": "archivo_invalido",
        "no_existe.csv": "archivo_no_existe",
        "panel.xlsx": "formato_desconocido",
    }.items():
        with pytest.raises(ForecastError) as caught:
            read_panel(tmp_path / name)
        assert caught.value.codigo_estable == code
    with pytest.raises(ForecastError):
        read_panel(tmp_path / "binario.csv")


def test_an_output_that_cannot_be_written_is_refused_before_any_work(tmp_path: Path) -> None:
    with pytest.raises(ForecastError, match="carpeta"):
        check_output(tmp_path / "no" / "x.csv")
    with pytest.raises(ForecastError, match="termina"):
        check_output(tmp_path / "x.json")


def test_a_table_is_written_whole_and_leaves_nothing_else(tmp_path: Path) -> None:
    write_table(frame(), tmp_path / "x.csv")
    write_table(frame(), tmp_path / "x.parquet")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["x.csv", "x.parquet"]
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "x.parquet"), frame())
