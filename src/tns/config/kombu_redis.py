"""A fault of kombu 5.7 worked around: the broker dying under a running task must not stop its worker.

When the broker goes away, the worker closes its connection, and closing gives back the messages in hand through a
client that it tries to make from a connection already gone: an AttributeError, which nobody expects there, ends the
consumer for good and leaves a process that takes no more tasks. Said as the connection error it is, the worker ignores
it and connects again; the task's row, not the message, is what brings work back.
"""

from __future__ import annotations

from typing import Any

from kombu.transport.redis import Channel
from redis.exceptions import ConnectionError as BrokerPerdido

_parametros = Channel._connparams


def _parametros_o_perdido(self: Channel, *args: Any, **kwargs: Any) -> Any:
    if self.connection.client is None:
        raise BrokerPerdido("the connection to the broker is already closed")
    return _parametros(self, *args, **kwargs)


def aplicar() -> None:
    """Install it; once, before the first connection."""
    Channel._connparams = _parametros_o_perdido
