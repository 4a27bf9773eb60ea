"""The MLflow tracking server, on SQLite and a folder of artifacts."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from tns.local.servicios.base import LOOPBACK, Service, free_port
from tns.local.servicios.web import http_ok

#: The port people expect the local MLflow on.
USUAL_PORT = 5050


class MLflow(Service):
    """MLflow with one web process; its background jobs and its telemetry are off."""

    ready_timeout = 120.0  # the first start creates the tables, and the imports alone take seconds on a cold disk

    def __init__(self, directory: Path, port: int | None = None, *, log_file: Path | None = None) -> None:
        super().__init__("mlflow", directory, port=port or free_port(USUAL_PORT), log_file=log_file)

    @property
    def url(self) -> str:
        """MLFLOW_TRACKING_URI."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def command(self) -> Sequence[str | os.PathLike[str]]:
        return [
            # Fifteen seconds of processor go in its imports: the rest of the stack goes first.
            "nice", "-n", "10", sys.executable, "-m", "mlflow", "server",
            "--host", LOOPBACK,
            "--port", str(self.port),
            "--workers", "1",
            "--backend-store-uri", f"sqlite:///{self.directory / 'mlflow.db'}",
            "--artifacts-destination", self.directory / "artefactos",
        ]  # fmt: skip

    @property
    def env(self) -> dict[str, str]:
        return {
            "MLFLOW_TRACKING_URI": "",
            "MLFLOW_DISABLE_TELEMETRY": "true",
            "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
            "GIT_PYTHON_REFRESH": "quiet",
        }

    def prepare(self) -> None:
        super().prepare()
        (self.directory / "artefactos").mkdir(exist_ok=True)

    def ready(self) -> bool:
        return self.running and self.port is not None and http_ok(self.port, "/health")
