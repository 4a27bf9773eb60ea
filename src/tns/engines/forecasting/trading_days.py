"""Working days: a month with 22 of them sells more than one with 19, and the calendar is known years ahead.

Demand is divided by (working days / usual)^elasticity before anything is learnt and multiplied back in the forecast.
The elasticity is one number per panel, estimated from the panel's total and drawn to 0 when the data do not show it (as
the trading-day regressors of X-13ARIMA-SEATS, US Census Bureau 2017, with empirical Bayes shrinkage instead of a test).
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from tns.engines.forecasting.panel import Floats

USUAL = 20.9  # working days of a mean month
PRIOR = (
    0.5  # standard deviation of the elasticity before looking: 0 = opening days do not matter, 1 = sales follow them
)
LEAST_MONTHS = 25  # a year to compare with and another to see it again


def working_days(first_month: np.datetime64, months: int) -> npt.NDArray[np.float64]:
    """Monday to Friday without New Year, Good Friday, Easter Monday and Christmas, of consecutive months.

    Only holidays that most of the world shares: those that fall every year in the same month are part of the season.
    """
    month = np.arange(first_month, first_month + months)
    years = np.unique(month.astype("datetime64[Y]").astype(int) + 1970)
    free = [day for year in years for day in _free_days(int(year))]
    return np.busday_count(month.astype("datetime64[D]"), (month + 1).astype("datetime64[D]"), holidays=free).astype(
        float
    )


@lru_cache(maxsize=256)
def _free_days(year: int) -> tuple[np.datetime64, ...]:
    easter = easter_sunday(year)
    fixed = (np.datetime64(f"{year:04d}-01-01"), np.datetime64(f"{year:04d}-12-25"))
    return (easter - 2, easter + 1, *fixed)


def easter_sunday(year: int) -> np.datetime64:
    """Gregorian Easter (anonymous algorithm, as Meeus, Astronomical Algorithms, 1991)."""
    golden, century, rest = year % 19, year // 100, year % 100
    correction = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - century // 4 - correction + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return np.datetime64(f"{year:04d}-{month:02d}-{day + 1:02d}")


def elasticity(demand: Floats, first_month: np.datetime64) -> float:
    """Elasticity of the total of (N, T) demand to the working days, between 0 and 1; 0 for short histories.

    The year-on-year changes of both, free of their slow movement, are regressed; the estimate is then drawn to 0 by its
    own uncertainty.
    """
    months = demand.shape[1]
    total = np.maximum(demand, 0.0).sum(axis=0, dtype=np.float64)
    if months < LEAST_MONTHS or (total <= 0).any():
        return 0.0
    change = _without_drift(np.log(total[12:] / total[:-12]))
    days = working_days(first_month, months)
    reason = _without_drift(np.log(days[12:] / days[:-12]))
    power = float(reason @ reason)
    if power < 1e-9:
        return 0.0
    slope = float(reason @ change) / power
    rest = change - slope * reason
    # Year-on-year changes share months, so that there are about half as many independent ones: variance doubled.
    noise = 2.0 * float(rest @ rest) / max(len(rest) - 3, 1) / power
    return float(np.clip(slope * PRIOR**2 / (PRIOR**2 + noise), 0.0, 1.0))


def _without_drift(series: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The series less its centred moving mean of up to 13 months."""
    width = min(13, len(series))
    width -= 1 - width % 2
    padded = np.pad(series, width // 2, mode="edge")
    smooth: npt.NDArray[np.float64] = np.convolve(padded, np.ones(width) / width, "valid")
    return series - smooth


def factors(power: float, first_month: np.datetime64, months: int) -> Floats:
    """What the working days do to the demand of consecutive months: (months,), 1 in a usual month."""
    if power == 0.0:
        return np.ones(months, dtype=np.float32)
    effect: Floats = ((working_days(first_month, months) / USUAL) ** power).astype(np.float32)
    return effect
