"""The program's own web process."""

from __future__ import annotations

import http.client
import os
import sys
from collections.abc import Sequence

from tns.local.servicios.base import LOOPBACK, Service


class Web(Service):
    """uvicorn with the ASGI application; ready when /health/ says so."""

    ready_timeout = 60.0

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def command(self) -> Sequence[str | os.PathLike[str]]:
        return [
            sys.executable, "-m", "uvicorn", "tns.config.asgi:application",
            "--host", LOOPBACK,
            "--port", str(self.port),
            "--lifespan", "off",
            # Live streams of events stay open for ever: a stop must not wait for their clients.
            "--timeout-graceful-shutdown", "2",
        ]  # fmt: skip

    def ready(self) -> bool:
        return self.running and self.port is not None and http_ok(self.port, "/health/")


def http_ok(port: int, path: str) -> bool:
    """Whether a GET on that loopback port answers 200."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
