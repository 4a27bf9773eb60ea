"""What a container says of its streams."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Contents:
    """Width and height in pixels of the largest picture, duration in seconds; zeros until they are read."""

    width: int = 0
    height: int = 0
    seconds: float = 0.0
