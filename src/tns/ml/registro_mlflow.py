"""Logging a training to MLflow without ever depending on it: bounded in time, cancellable, and optional."""

from __future__ import annotations

import json
import logging
import os
import selectors as espera
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from tns.engines.progress import Progress
from tns.ml import archivos
from tns.ml.hijo_mlflow import Encargo
from tns.ml.models import EstadoMlflow, ModeloML

logger = logging.getLogger(__name__)
#: What a version's folder holds for MLflow besides the three files of the contract.
MUESTRA, EJEMPLO, GRAFICOS = "training_data_sample.csv", "ejemplo_xgboost.csv", "graficos.json"
SONDEO_S = 3.0
PASO_S = 0.25
# What MLflow's client waits for one answer and how often it asks again; the whole is bounded by TNS_MLFLOW_LIMITE_S.
ENTORNO = {
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "15",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
    "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": "1",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "GIT_PYTHON_REFRESH": "quiet",
    "MPLBACKEND": "Agg",
}


@dataclass(frozen=True, slots=True)
class ResultadoMlflow:
    """Where a training was logged, or the sentence that says why it was not."""

    estado: str
    run_id: str = ""
    url: str = ""
    aviso: str = ""


class Registro:
    """One training's way to MLflow; a context manager around the whole training.

    The process that will write the run is started at once, so that MLflow's imports, which take seconds, happen while
    the models are trained; leaving the context ends it whatever it is doing.
    """

    def __init__(self, tracking_uri: str | None = None) -> None:
        self._uri: str = settings.MLFLOW_TRACKING_URI if tracking_uri is None else tracking_uri
        self._proceso: subprocess.Popen[bytes] | None = None
        self._motivo = ""

    def __enter__(self) -> Registro:
        if self._uri:
            self._motivo = _no_responde(self._uri)
        if self._uri and not self._motivo:
            self._proceso = subprocess.Popen(
                [sys.executable, "-m", "tns.ml.hijo_mlflow"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=None if logger.isEnabledFor(logging.DEBUG) else subprocess.DEVNULL,
                env={**ENTORNO, **os.environ, "MLFLOW_TRACKING_URI": self._uri},
            )
        return self

    def __exit__(self, *_: object) -> None:
        if self._proceso is None:
            return
        self._proceso.kill()
        self._proceso.wait()
        for tuberia in (self._proceso.stdin, self._proceso.stdout):
            if tuberia is not None:
                tuberia.close()

    def registrar(self, encargo: Encargo, progreso: Progress) -> ResultadoMlflow:
        """Log one run within settings.TNS_MLFLOW_LIMITE_S; raises nothing but Cancelled."""
        if not self._uri:
            return ResultadoMlflow(EstadoMlflow.DESACTIVADO)
        progreso.stage("Registrando en MLflow")
        if self._proceso is None:
            return _no_registrado(self._motivo)
        limite = time.monotonic() + settings.TNS_MLFLOW_LIMITE_S
        with progreso.on_cancel(self._proceso.kill):
            dicho = _conversar(self._proceso, encargo, limite, progreso)
        progreso.check()
        return _resultado(self._uri, dicho, agotado=time.monotonic() >= limite)


def encargo_de(modelo: ModeloML, carpeta: Path) -> Encargo:
    """The order to log that version, whose files are in `carpeta`; raises ModeloAlterado."""
    nombre = archivos.nombre_de(modelo.modelo_id, "metadata.json")
    metadatos = archivos.cargar_json(carpeta / nombre, modelo.archivos[nombre]["sha256"])
    backtest = {f"backtest_{m}_{k}": v for m, fila in metadatos["backtest"].items() for k, v in fila.items()}
    return {
        "experimento": settings.MLFLOW_EXPERIMENTO,
        "nombre": f"{modelo.modelo_id} v{modelo.version}",
        "parametros": {
            "modelo_id": modelo.modelo_id,
            "nit_empresa": modelo.nit,
            "fecha_entrenamiento": modelo.entrenado_en.isoformat(),
            "filas_entrenamiento": modelo.filas,
            "version": modelo.version,
            "articulos": modelo.articulos,
            "primer_mes": modelo.primer_mes.isoformat(),
            "ultimo_mes": modelo.ultimo_mes.isoformat(),
            **{f"peso_{modelo_base}": peso for modelo_base, peso in modelo.pesos.items()},
            **metadatos["configuracion"],
        },
        "metricas": {k: float(v) for k, v in {**modelo.metricas, **backtest}.items() if isinstance(v, int | float)},
        "etiquetas": {"tns.modelo_id": modelo.modelo_id, "tns.tarea": str(modelo.tarea_id or "")},
        "carpeta": str(carpeta),
        "modelo_id": modelo.modelo_id,
        "archivos": modelo.archivos,
        "ejemplo": EJEMPLO,
        "muestra": MUESTRA,
        "graficos": json.loads((carpeta / GRAFICOS).read_bytes()),
    }


def _no_responde(uri: str) -> str:
    """Why the server cannot even be reached, "" when it can or when the address is no server's."""
    partes = urlsplit(uri)
    if partes.scheme not in ("http", "https") or not partes.hostname:
        return ""
    try:
        puerto = partes.port or (443 if partes.scheme == "https" else 80)
        socket.create_connection((partes.hostname, puerto), timeout=SONDEO_S).close()
    except (OSError, ValueError) as error:
        return f"MLflow no responde en {partes.hostname} ({type(error).__name__})"
    return ""


def _conversar(proceso: subprocess.Popen[bytes], encargo: Encargo, limite: float, progreso: Progress) -> dict[str, Any]:
    """Give the child its order and gather what it says until it ends, time is up, or nobody wants it any more."""
    dicho: dict[str, Any] = {}
    if proceso.stdin is None or proceso.stdout is None:
        return dicho
    try:
        proceso.stdin.write(json.dumps(encargo, default=str).encode())
        proceso.stdin.close()
    except BrokenPipeError:
        return dicho
    pendiente = b""
    with espera.DefaultSelector() as selector:
        selector.register(proceso.stdout, espera.EVENT_READ)
        while time.monotonic() < limite:
            progreso.check()
            if not selector.select(PASO_S):
                continue
            bloque = os.read(proceso.stdout.fileno(), 65536)
            if not bloque:
                break
            *lineas, pendiente = (pendiente + bloque).split(b"\n")
            for linea in lineas:
                dicho |= json.loads(linea)
    return dicho


def _resultado(uri: str, dicho: dict[str, Any], *, agotado: bool) -> ResultadoMlflow:
    run_id, url = dicho.get("run_id", ""), ""
    if run_id:
        url = f"{_sin_clave(uri)}/#/experiments/{dicho['experimento_id']}/runs/{run_id}"
    if dicho.get("fin"):
        return ResultadoMlflow(EstadoMlflow.REGISTRADO, run_id, url)
    if agotado:
        motivo = f"MLflow tardó más de {settings.TNS_MLFLOW_LIMITE_S} s"
    else:
        motivo = f"MLflow no aceptó el registro ({dicho.get('error', 'proceso interrumpido')})"
    return _no_registrado(motivo, run_id, url)


def _sin_clave(uri: str) -> str:
    """The server's address as people may see it."""
    partes = urlsplit(uri)
    return partes._replace(netloc=partes.netloc.rpartition("@")[2]).geturl().rstrip("/")


def _no_registrado(motivo: str, run_id: str = "", url: str = "") -> ResultadoMlflow:
    resto = "el registro quedó incompleto" if run_id else "el entrenamiento no quedó registrado allí"
    aviso = f"{motivo}: {resto}. El modelo se entrenó y funciona igual."
    logger.warning("%s", aviso)
    return ResultadoMlflow(EstadoMlflow.NO_REGISTRADO, run_id, url, aviso)
