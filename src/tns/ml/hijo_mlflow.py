"""The process that writes one run to MLflow: `python -m tns.ml.hijo_mlflow`, told what by JSON on its standard input.

A process of its own, because importing MLflow costs seconds and memory that a worker should not keep, and because no
setting of MLflow bounds the whole time a slow server can take: this process can be ended at any moment. It knows no
Django. On its standard output it writes one JSON object per line: the run as soon as it exists, then `{"fin": true}`
or `{"error": kind}`.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import IO, Any, TypedDict

from tns.ml import archivos, graficos


class Encargo(TypedDict):
    """What to log; paths are relative to `carpeta`, the version's folder. MLflow's address is in the environment."""

    experimento: str
    nombre: str
    parametros: dict[str, Any]
    metricas: dict[str, float]
    etiquetas: dict[str, str]
    carpeta: str
    modelo_id: str
    archivos: dict[str, dict[str, Any]]
    ejemplo: str
    muestra: str
    graficos: dict[str, Any]


def main() -> int:
    """Entry point; exit status 0 when the run is complete."""
    # MLflow prints to the standard output as well: keep it for our lines alone.
    salida = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    try:
        _importar()
        registrar(json.load(sys.stdin), salida)
    except Exception as error:
        # Its text may hold the server's address with its password: the kind is enough to know where to look.
        _decir(salida, {"error": type(error).__name__})
        raise
    return 0


def _importar() -> None:
    """Everything heavy, while the parent still trains."""
    for modulo in ("mlflow.xgboost", "mlflow.prophet", "pandas", "prophet", "xgboost"):
        importlib.import_module(modulo)


def registrar(encargo: Encargo, salida: IO[str]) -> None:
    """Write the whole run; a run that breaks half-way is left FAILED, never RUNNING."""
    import mlflow

    experimento = mlflow.set_experiment(encargo["experimento"])
    with mlflow.start_run(run_name=encargo["nombre"], tags=encargo["etiquetas"]) as run:
        _decir(salida, {"run_id": run.info.run_id, "experimento_id": experimento.experiment_id})
        mlflow.log_params(encargo["parametros"])
        mlflow.log_metrics(encargo["metricas"])
        carpeta = Path(encargo["carpeta"])
        mlflow.log_artifact(str(carpeta / encargo["muestra"]))
        mlflow.log_artifact(str(carpeta / archivos.nombre_de(encargo["modelo_id"], "metadata.json")))
        _graficos(mlflow, encargo["graficos"])
        _xgboost(mlflow, encargo, carpeta)
        _prophet(mlflow, encargo, carpeta)
    _decir(salida, {"fin": True})


def _decir(salida: IO[str], linea: dict[str, Any]) -> None:
    salida.write(json.dumps(linea) + "\n")
    salida.flush()


def _graficos(mlflow: Any, datos: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as carpeta:
        graficos.dibujar(datos, Path(carpeta))
        mlflow.log_artifacts(carpeta, "graficos")


def _parte(encargo: Encargo, carpeta: Path, parte: str) -> Any:
    nombre = archivos.nombre_de(encargo["modelo_id"], parte)
    return archivos.cargar_joblib(carpeta / nombre, encargo["archivos"][nombre]["sha256"])


def _xgboost(mlflow: Any, encargo: Encargo, carpeta: Path) -> None:
    """The booster as a native MLflow model: features in, demand divided by the article's level out."""
    import mlflow.xgboost
    import pandas as pd
    import xgboost

    modelo = _parte(encargo, carpeta, "xgboost.joblib")
    if modelo is None:
        return
    ejemplo = pd.read_csv(carpeta / encargo["ejemplo"], dtype="float32")[modelo.features]
    mlflow.xgboost.log_model(
        modelo.booster,
        name="xgboost",
        signature=mlflow.models.infer_signature(ejemplo, modelo.booster.predict(xgboost.DMatrix(ejemplo))),
        input_example=ejemplo,
        pip_requirements=[f"xgboost-cpu=={xgboost.__version__}", "pandas", "numpy"],
    )


def _prophet(mlflow: Any, encargo: Encargo, carpeta: Path) -> None:
    """Prophet of the NIT's total as a native MLflow model; the articles' own are in the joblib file."""
    import mlflow.prophet
    import pandas as pd
    import prophet

    parte = _parte(encargo, carpeta, "prophet.joblib")
    modelo = parte.models.get("__total__") if parte is not None else None
    if modelo is None:
        return
    ejemplo = pd.DataFrame({"ds": modelo.history["ds"].tail(6).reset_index(drop=True)})
    firma = mlflow.models.infer_signature(ejemplo, modelo.predict(ejemplo)[["ds", "yhat"]])
    mlflow.prophet.log_model(
        modelo, name="prophet", signature=firma, pip_requirements=[f"prophet=={prophet.__version__}", "pandas", "numpy"]
    )


if __name__ == "__main__":
    sys.exit(main())
