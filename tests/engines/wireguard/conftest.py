"""A WireGuard server in a network namespace with its own sshd."""

from __future__ import annotations

from tests.engines.wireguard.world import world

__all__ = ["world"]
