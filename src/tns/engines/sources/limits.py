"""How long a source may keep its reader waiting."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds: to connect, for a profile's statement to give its first rows, for an own query's, between blocks."""

    connect: float = 12.0
    statement: float = 900.0
    own_statement: float = 120.0
    silence: float = 120.0
