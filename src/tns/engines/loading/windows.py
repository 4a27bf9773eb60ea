"""Windows: closed ranges of days inside one calendar month, loaded whole or not at all.

The rules, in one place:

1. A request is cut by calendar month.
2. Recorded windows of a company never overlap. What is asked for and not recorded is loaded as windows of its own, so a
   month asked for in two halves is two windows.
3. A forced request, or a refresh, never cuts a recorded window: it is widened to the whole windows it touches.
4. A window is open when its last day had not ended when it was read; an open window whose source has changed since
   counts as missing. A closed one whose source has changed is reported and offered.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """Days `desde`..`hasta`, both included, of one month."""

    desde: dt.date
    hasta: dt.date

    def __post_init__(self) -> None:
        if self.desde > self.hasta or (self.desde.year, self.desde.month) != (self.hasta.year, self.hasta.month):
            raise ValueError(f"no es una ventana: {self.desde}..{self.hasta}")

    @property
    def month(self) -> dt.date:
        return self.desde.replace(day=1)

    def overlaps(self, other: Window) -> bool:
        return self.desde <= other.hasta and other.desde <= self.hasta


def split_by_month(desde: dt.date, hasta: dt.date) -> list[Window]:
    """The range cut at month ends, in order; empty when desde > hasta."""
    windows = []
    start = desde
    while start <= hasta:
        end = start.replace(day=calendar.monthrange(start.year, start.month)[1])
        windows.append(Window(start, min(end, hasta)))
        start = end + ONE_DAY
    return windows


def missing(desde: dt.date, hasta: dt.date, recorded: Iterable[Window]) -> list[Window]:
    """The parts of the range that no recorded window covers, cut by month, in order."""
    gaps: list[Window] = []
    start = desde
    for window in sorted(recorded):
        if window.hasta < start or window.desde > hasta:
            continue
        if window.desde > start:
            gaps += split_by_month(start, window.desde - ONE_DAY)
        start = window.hasta + ONE_DAY
    return gaps + split_by_month(start, hasta)


def widened(desde: dt.date, hasta: dt.date, recorded: Iterable[Window]) -> list[Window]:
    """The range cut by month, each part widened to the recorded windows it touches, in order."""
    known = list(recorded)
    result = []
    for part in split_by_month(desde, hasta):
        touched = [window for window in known if window.overlaps(part)]
        first = min([part.desde, *(window.desde for window in touched)])
        last = max([part.hasta, *(window.hasta for window in touched)])
        result.append(Window(first, last))
    return result
