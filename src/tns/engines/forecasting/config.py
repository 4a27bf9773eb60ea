"""The few numbers that steer a training; every default was chosen by leave-one-panel-out (docs/pronostico.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

MAX_HORIZON = 24


@dataclass(frozen=True, slots=True)
class Config:
    """Settings of a training.

    Attributes:
        seed: of every random choice; the same panel, settings and seed give the same forecast.
        threads: threads of XGBoost; at these sizes one is faster than two, so parallelise over companies instead.
        origins: how many past months serve as training origins.
        max_rows: training rows of the global model; above it articles are sampled, so time and memory stay bounded.
        rounds, learning_rate, max_depth, subsample, column_share, node_share, min_child, max_bin, tweedie_power,
            level_power: of the XGBoost.
        min_history: months that must be known at a training origin.
        theta: whether the seasonal theta is blended in.
        earlier: whether XGBoost's forecast of one month earlier is blended in.
        working_days: whether the months' working days are taken into account.
        prophet: whether Prophet is fitted at all.
        prophet_articles: at most so many of the largest long and smooth articles get a Prophet of their own.
    """

    seed: int = 7
    threads: int = 1
    origins: int = 24
    max_rows: int = 50_000
    rounds: int = 160
    learning_rate: float = 0.02
    max_depth: int = 6
    subsample: float = 0.3
    column_share: float = 0.6
    node_share: float = 0.5
    min_child: float = 8.0
    max_bin: int = 64
    tweedie_power: float = 1.7
    level_power: float = 0.25
    min_history: int = 3
    theta: bool = True
    earlier: bool = True
    working_days: bool = True
    prophet: bool = True
    prophet_articles: int = 10

    def as_dict(self) -> dict[str, Any]:
        """JSON-able form for the metadata."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Config:
        """Inverse of `as_dict`; raises TypeError when a field is unknown."""
        return cls(**data)
