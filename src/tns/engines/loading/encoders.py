"""The encoders that this machine can use, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from tns.engines.loading.encoder import PythonEncoder
from tns.engines.loading.native.building import load
from tns.engines.loading.plan import Plan
from tns.engines.loading.stats import Stats
from tns.engines.loading.tuples import TupleEncoder


class Encoder(Protocol):
    """Messages to binary COPY rows for one plan, company and window; counts in `stats`."""

    name: str

    @property
    def stats(self) -> Stats: ...

    def encode(self, block: Any, rows: int) -> bytes | memoryview: ...


EncoderFactory = Callable[[Plan, int, int, int], Encoder]


def available() -> Mapping[str, EncoderFactory]:
    """Encoders by name, the best one first."""
    python: dict[str, EncoderFactory] = {"python": PythonEncoder}
    if load().library is None:
        return python
    from tns.engines.loading.native.encoder import NativeEncoder

    return {"nativa": NativeEncoder, **python}


def encoder_for(encoding: str) -> EncoderFactory:
    """What encodes the blocks of a source, by what they are made of."""
    return TupleEncoder if encoding == TupleEncoder.name else best()


def best() -> EncoderFactory:
    """The fastest encoder of this machine."""
    return next(iter(available().values()))
