"""Windows cover what is asked, once, and never cut what is recorded."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tns.engines.loading.windows import ONE_DAY, Window, missing, split_by_month, widened

DAYS = st.dates(dt.date(2023, 11, 1), dt.date(2024, 4, 30))


def ranges() -> st.SearchStrategy[tuple[dt.date, dt.date]]:
    return st.tuples(DAYS, DAYS).map(lambda pair: (min(pair), max(pair)))


@st.composite
def recorded(draw: st.DrawFn) -> list[Window]:
    """Windows that do not overlap, as the table holds them."""
    cuts = sorted(draw(st.sets(DAYS, min_size=0, max_size=12)))
    spans = [span for a, b in pairwise(cuts) for span in split_by_month(a, b - ONE_DAY)]
    return [span for span in spans if draw(st.booleans())]


def days(windows: list[Window]) -> list[dt.date]:
    return [w.desde + ONE_DAY * n for w in windows for n in range((w.hasta - w.desde).days + 1)]


@given(ranges(), recorded())
def test_what_is_missing_is_exactly_the_days_not_recorded(asked: tuple[dt.date, dt.date], known: list[Window]) -> None:
    found = days(missing(*asked, known))
    everything = days(split_by_month(*asked))
    assert found == [day for day in everything if day not in set(days(known))]


@given(ranges(), recorded())
def test_a_forced_range_covers_what_is_asked_and_cuts_no_window(
    asked: tuple[dt.date, dt.date], known: list[Window]
) -> None:
    result = widened(*asked, known)
    covered = days(result)
    assert len(covered) == len(set(covered))
    assert set(covered) >= set(days(split_by_month(*asked)))
    for window in known:
        for replaced in result:
            if window.overlaps(replaced):
                assert replaced.desde <= window.desde <= window.hasta <= replaced.hasta


def test_a_range_is_cut_at_the_end_of_each_month() -> None:
    assert split_by_month(dt.date(2024, 1, 15), dt.date(2024, 3, 2)) == [
        Window(dt.date(2024, 1, 15), dt.date(2024, 1, 31)),
        Window(dt.date(2024, 2, 1), dt.date(2024, 2, 29)),
        Window(dt.date(2024, 3, 1), dt.date(2024, 3, 2)),
    ]


def test_a_window_is_inside_one_month() -> None:
    with pytest.raises(ValueError, match="no es una ventana"):
        Window(dt.date(2024, 1, 31), dt.date(2024, 2, 1))
