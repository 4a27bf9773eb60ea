"""The encoders that this machine can use, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from tns.engines.loading.encoder import PythonEncoder
from tns.engines.loading.plan import Plan
from tns.engines.loading.stats import Stats


class Encoder(Protocol):
    """Messages to binary COPY rows for one plan, company and window; counts in `stats`."""

    name: str
    stats: Stats

    def encode(self, block: memoryview, rows: int) -> bytes: ...


EncoderFactory = Callable[[Plan, int, int, int], Encoder]
ENCODERS: Mapping[str, EncoderFactory] = {"python": PythonEncoder}
