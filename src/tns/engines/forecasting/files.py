"""Panels from files and forecasts to files: parquet or csv by the ending of the name."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tns.engines.forecasting.errors import ForecastError, InvalidPanel
from tns.engines.forecasting.panel import MOST_UNITS, Panel

if TYPE_CHECKING:
    import pandas as pd

REQUIRED = ("unique_id", "ds", "y")
MAX_EXTRA = 20  # further columns that are read; each costs articles × months numbers
SHOWN = 3  # examples in an error text


class FileProblem(ForecastError):
    """The file cannot be read or written."""

    codigo = "archivo_invalido"


def read_panel(path: Path) -> Panel:
    """Read a long table with columns unique_id, ds, y and optional covariates.

    Numeric further columns become covariates (price ...), text ones become categories of the article. Several days of
    one month are added up; an empty y counts as 0.

    Raises:
        FileProblem: no such file, unknown ending, or not readable as what its ending says.
        InvalidPanel: a column is missing, or dates, numbers or rows are wrong; the text says which.
    """
    frame = _read(path)
    missing = [name for name in REQUIRED if name not in frame.columns]
    if missing:
        raise InvalidPanel(
            f"Al archivo le faltan columnas: {', '.join(missing)}. Tiene: {', '.join(map(str, frame.columns[:30]))}.",
            codigo="columnas_faltantes",
            que_hacer="El archivo debe tener las columnas unique_id (artículo), ds (mes) y y (unidades).",
        )
    frame = frame[frame["unique_id"].notna()] if frame["unique_id"].isna().any() else frame
    if not len(frame):
        raise InvalidPanel(
            "El archivo no tiene filas con artículo.",
            codigo="panel_vacio",
            que_hacer="Revise cómo se generó el archivo.",
        )
    frame = frame.assign(ds=_dates(frame), y=_units(frame))
    _refuse_duplicates(frame)
    _refuse_future(frame)
    covariates, statics = _extras(frame)
    return Panel.from_frame(frame, covariates=covariates, statics=statics)


def write_table(table: pd.DataFrame, path: Path) -> None:
    """Write a forecast whole or not at all.

    Raises:
        FileProblem: unknown ending or the file cannot be written.
    """
    if _kind(path) == "parquet":
        _whole(path, lambda partial: table.to_parquet(partial, index=False))
    else:
        _whole(path, lambda partial: table.to_csv(partial, index=False, date_format="%Y-%m-%d", float_format="%.9g"))


def write_text(text: str, path: Path) -> None:
    """Write a text whole or not at all.

    Raises:
        FileProblem: the file cannot be written.
    """
    _whole(path, lambda partial: partial.write_text(text, encoding="utf-8"))


def _whole(path: Path, write: Callable[[Path], object]) -> None:
    partial = path.with_name(f".{path.name}.{os.getpid()}.parcial")
    try:
        write(partial)
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise FileProblem(
            f"No se pudo escribir {path}.",
            codigo="salida_no_escribible",
            que_hacer="Revise que la carpeta exista y que usted tenga permiso de escribir en ella.",
            tecnico=str(error),
        ) from error


def check_output(path: Path) -> None:
    """Refuse, before any work, an output that could not be written.

    Raises:
        FileProblem: unknown ending or no such folder.
    """
    _kind(path)
    if not path.absolute().parent.is_dir():
        raise FileProblem(
            f"La carpeta {path.parent} no existe.",
            codigo="salida_no_escribible",
            que_hacer="Créela o escriba el resultado en otra carpeta.",
        )


def _kind(path: Path) -> str:
    ending = path.suffix.lower().lstrip(".")
    if ending not in ("parquet", "csv"):
        raise FileProblem(
            f"{path.name} no termina en .parquet ni en .csv.",
            codigo="formato_desconocido",
            que_hacer="Use un archivo .parquet o .csv.",
        )
    return ending


def _read(path: Path) -> pd.DataFrame:
    import pandas as pd

    kind = _kind(path)
    if not path.is_file():
        raise FileProblem(
            f"No existe el archivo {path}.",
            codigo="archivo_no_existe",
            que_hacer="Revise la ruta y vuelva a intentarlo.",
        )
    try:
        if kind == "parquet":
            return pd.read_parquet(path, read_dictionary=["unique_id"])  # each name once, not once a month
        try:
            return _read_csv(path, "utf-8-sig")
        except UnicodeDecodeError:
            return _read_csv(path, "cp1252")  # what Excel writes on a Spanish Windows
    except (OSError, ValueError, MemoryError) as error:  # pyarrow's and pandas' errors are ValueErrors
        raise FileProblem(
            f"{path.name} no se puede leer como {kind}.",
            que_hacer="Revise que el archivo esté completo y que su terminación diga lo que es.",
            tecnico=str(error)[:500],
        ) from error


def _read_csv(path: Path, encoding: str) -> pd.DataFrame:
    import pandas as pd

    with path.open(encoding=encoding) as handle:
        header = handle.readline()
    separator = max(",;\t", key=header.count)
    return pd.read_csv(path, encoding=encoding, sep=separator, dtype={"unique_id": "category"})


def _dates(frame: pd.DataFrame) -> pd.Series[Any]:
    import pandas as pd

    raw = frame["ds"]
    if pd.api.types.is_numeric_dtype(raw):  # 202403 or 20240301, never nanoseconds since 1970
        raw = raw.astype("Int64").astype(str).where(lambda text: text.str.len() != 6, lambda text: text + "01")
    read = pd.to_datetime(raw, errors="coerce", format=None if raw.dtype.kind == "M" else "ISO8601")
    bad = read.isna()
    if bad.any():
        raise InvalidPanel(
            f"{int(bad.sum())} fechas de la columna ds no se entienden: {_examples(frame['ds'][bad])}.",
            codigo="fechas_ilegibles",
            que_hacer="Escriba las fechas como AAAA-MM-DD, por ejemplo 2024-03-01.",
        )
    return read.dt.tz_localize(None) if read.dt.tz is not None else read


def _units(frame: pd.DataFrame) -> pd.Series[Any]:
    import pandas as pd

    read = pd.to_numeric(frame["y"], errors="coerce").astype(np.float64)
    bad = (read.isna() & frame["y"].notna()) | np.isinf(read)
    if bad.any():
        raise InvalidPanel(
            f"{int(bad.sum())} cantidades de la columna y no son números: {_examples(frame['y'][bad])}.",
            codigo="cantidades_ilegibles",
            que_hacer="Escriba las cantidades con punto decimal y sin separador de miles.",
        )
    huge = read.abs() > MOST_UNITS
    if huge.any():
        raise InvalidPanel(
            f"{int(huge.sum())} cantidades de la columna y pasan de un trillón: {_examples(frame['y'][huge])}.",
            codigo="cantidades_imposibles",
            que_hacer="Corrija esas cantidades; un número de documento o un código pudo quedar en la columna y.",
        )
    return read


def _examples(values: pd.Series[Any]) -> str:
    return ", ".join(repr(str(v)[:40]) for v in values.head(SHOWN))


def _refuse_duplicates(frame: pd.DataFrame) -> None:
    repeated = frame.duplicated(["unique_id", "ds"])
    if repeated.any():
        pairs = [f"{row.unique_id} {row.ds:%Y-%m-%d}" for row in frame[repeated].head(SHOWN).itertuples()]
        raise InvalidPanel(
            f"{int(repeated.sum())} filas repiten artículo y fecha: {'; '.join(pairs)}.",
            codigo="filas_duplicadas",
            que_hacer="Deje una sola fila por artículo y mes, con la suma de las unidades.",
        )


def _refuse_future(frame: pd.DataFrame) -> None:
    known = frame["y"].notna()
    if known.all():
        return
    if not known.any():
        raise InvalidPanel(
            "La columna y está vacía en todas las filas.",
            codigo="panel_vacio",
            que_hacer="Escriba en y las unidades vendidas de cada mes.",
        )
    last = frame.loc[known, "ds"].max().to_period("M")
    future = frame["ds"].dt.to_period("M") > last
    if future.any():
        raise InvalidPanel(
            f"{int(future.sum())} filas van después de {last}, el último mes con demanda: son covariables del futuro.",
            codigo="covariables_futuras",
            que_hacer="Quite esas filas: el pronóstico no usa precios ni datos que aún no se conocen.",
        )


def _extras(frame: pd.DataFrame) -> tuple[list[str], list[str]]:
    """Names of the numeric covariates and of the categorical columns."""
    import pandas as pd

    extra = [str(c) for c in frame.columns if c not in REQUIRED]
    if len(extra) > MAX_EXTRA:
        raise InvalidPanel(
            f"El archivo trae {len(extra)} columnas adicionales; se admiten {MAX_EXTRA}.",
            codigo="demasiadas_columnas",
            que_hacer="Deje las que describen el artículo o su precio.",
        )
    numeric = [c for c in extra if pd.api.types.is_numeric_dtype(frame[c]) and frame[c].dtype.kind != "b"]
    other = [c for c in extra if c not in numeric and frame[c].dtype.kind not in "Mm"]
    return numeric, other
