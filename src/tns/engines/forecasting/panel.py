"""The monthly demand panel: one row per article, one column per calendar month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tns.engines.forecasting.errors import InvalidPanel

if TYPE_CHECKING:
    import pandas as pd

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]
Strings = npt.NDArray[np.object_]

MOST_UNITS = 1e18  # in a month: the square of more is no float32
MAX_MONTHS = 1200  # a century: more means a mistyped year, and would cost memory by the article


@dataclass(frozen=True, slots=True)
class Panel:
    """Demand of N articles over T consecutive calendar months.

    Attributes:
        ids: (N,) article identifiers, sorted.
        first_month: calendar month of the first column, `datetime64[M]`.
        y: (N, T) units per month; months without a row are 0 (nothing was sold), returns may make one negative.
        covariates: name -> (N, T) values known up to the last month, NaN where unknown (price ...).
        statics: name -> (N,) category codes from 0, -1 where unknown (article type, warehouse ...).
    """

    ids: Strings
    first_month: np.datetime64
    y: Floats
    covariates: Mapping[str, Floats] = field(default_factory=dict)
    statics: Mapping[str, Ints] = field(default_factory=dict)

    def __post_init__(self) -> None:
        n, t = self.y.shape
        if len(self.ids) != n or any(c.shape != (n, t) for c in self.covariates.values()):
            raise ValueError("ids, y and covariates disagree in shape")
        if any(s.shape != (n,) for s in self.statics.values()):
            raise ValueError("statics need one code per article")
        if not (np.abs(self.y) <= MOST_UNITS).all():
            raise ValueError(f"y must be finite, and {MOST_UNITS:.0e} at most")

    @property
    def articles(self) -> int:
        return int(self.y.shape[0])

    @property
    def months(self) -> int:
        return int(self.y.shape[1])

    @property
    def last_month(self) -> np.datetime64:
        """Calendar month of the last column."""
        return self.first_month + (self.months - 1)

    def until(self, months: int) -> Panel:
        """The same panel as it was known after its first `months` months."""
        return Panel(
            self.ids,
            self.first_month,
            self.y[:, :months],
            {name: values[:, :months] for name, values in self.covariates.items()},
            self.statics,
        )

    def take(self, rows: npt.NDArray[np.intp]) -> Panel:
        """The panel of the chosen articles only."""
        return Panel(
            self.ids[rows],
            self.first_month,
            self.y[rows],
            {name: values[rows] for name, values in self.covariates.items()},
            {name: codes[rows] for name, codes in self.statics.items()},
        )

    @classmethod
    def from_frame(
        cls,
        frame: pd.DataFrame,
        *,
        covariates: Sequence[str] = (),
        statics: Sequence[str] = (),
        last_month: Any = None,
    ) -> Panel:
        """Build from a long table with columns unique_id, ds, y and the named extra ones; see `from_arrays`."""
        return cls.from_arrays(
            frame["unique_id"].array,
            frame["ds"].to_numpy(dtype="datetime64[ns]"),
            frame["y"].to_numpy(dtype=np.float64),
            covariates={name: frame[name].to_numpy(dtype=np.float64) for name in covariates},
            statics={name: frame[name].to_numpy(dtype=object) for name in statics},
            last_month=last_month,
        )

    @classmethod
    def from_arrays(
        cls,
        unique_id: npt.ArrayLike | pd.api.extensions.ExtensionArray,
        ds: npt.ArrayLike,
        y: npt.ArrayLike,
        *,
        covariates: Mapping[str, npt.ArrayLike] | None = None,
        statics: Mapping[str, npt.ArrayLike] | None = None,
        last_month: Any = None,
    ) -> Panel:
        """Build from long arrays of equal length, in any order.

        Args:
            unique_id: article of each row; a categorical is counted fastest.
            ds: any day of the row's month.
            y: units; several rows of one article and month are added up; NaN counts as 0.
            covariates: numbers known for the row's month; the last row of a month wins.
            statics: category of the row's article; the article's last known value wins.
            last_month: last month of the history when it is later than the last row (months without sales are zeros).

        Raises:
            InvalidPanel: no rows, or dates that span more than a century.
        """
        codes, ids = _coded(unique_id)
        if len(ids) == 0 or (codes < 0).any():
            raise InvalidPanel(
                "La historia de demanda no tiene filas con artículo.",
                codigo="panel_vacio",
                que_hacer="Extraiga movimientos de la empresa o revise el archivo y vuelva a intentarlo.",
            )
        month = np.asarray(ds, dtype="datetime64[ns]").astype("datetime64[M]")
        first, width = _span(month, last_month)
        column = (month - first).astype(np.int64)
        units = np.nan_to_num(np.asarray(y, dtype=np.float64), nan=0.0, posinf=0.0, neginf=0.0)
        shape = (len(ids), width)
        flat = np.bincount(codes * width + column, weights=units, minlength=shape[0] * shape[1])
        with np.errstate(over="ignore"):  # a price that no float32 holds becomes infinite, which is taken for unknown
            known = {name: np.asarray(values, dtype=np.float32) for name, values in (covariates or {}).items()}
        return cls(
            ids=np.asarray([str(i) for i in ids], dtype=object),
            first_month=first,
            y=flat.reshape(shape).astype(np.float32),
            covariates={name: _grid(codes, column, values, shape) for name, values in known.items()},
            statics={name: _last_category(codes, values, shape[0]) for name, values in (statics or {}).items()},
        )


def _coded(
    unique_id: npt.ArrayLike | pd.api.extensions.ExtensionArray,
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.object_]]:
    """Position of each row's article among the sorted articles (-1 where there is none), and those."""
    import pandas as pd

    values = unique_id if isinstance(unique_id, pd.Categorical) else np.asarray(unique_id, dtype=object)
    codes, seen = pd.factorize(values)
    rank, ids = pd.factorize(np.asarray(seen, dtype=object), sort=True)
    return np.append(rank, -1)[codes], ids


def _span(month: npt.NDArray[np.datetime64], last_month: Any) -> tuple[np.datetime64, int]:
    """First month and number of months, `last_month` included when it is the later one."""
    first = month.min()
    last = max(month.max(), np.datetime64(last_month, "M")) if last_month is not None else month.max()
    width = int((last - first).astype(int)) + 1
    if width > MAX_MONTHS:
        raise InvalidPanel(
            f"Las fechas van de {first} a {last}: más de cien años.",
            codigo="fechas_fuera_de_rango",
            que_hacer="Corrija las fechas mal digitadas y vuelva a intentarlo.",
        )
    return first, width


def _grid(codes: npt.NDArray[np.intp], column: npt.NDArray[np.int64], values: Floats, shape: tuple[int, int]) -> Floats:
    grid = np.full(shape, np.nan, dtype=np.float32)
    grid[codes, column] = np.where(np.isfinite(values), values, np.nan)
    return grid


def _last_category(codes: npt.NDArray[np.intp], values: npt.ArrayLike, n: int) -> Ints:
    import pandas as pd

    category, _ = pd.factorize(np.asarray(values, dtype=object), sort=False)
    result = np.full(n, -1, dtype=np.int32)
    known = category >= 0
    result[codes[known]] = category[known]
    return result
