"""One training from beginning to end: movements → models → MLflow → files, registry and forecasts in one step.

Until the last step nothing that serves has changed, so a training that is cancelled or killed leaves the model before
it as it was.
"""

from __future__ import annotations

import shutil
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from django.conf import settings
from django.utils import timezone

from tns.engines.forecasting import MAX_HORIZON, FittedModel, fit
from tns.engines.progress import Progress
from tns.ml import archivos
from tns.ml.datos import Historia, leer_historia
from tns.ml.metricas import metricas_del_contrato
from tns.ml.models import ModeloML
from tns.ml.publicacion import publicar
from tns.ml.registro_mlflow import EJEMPLO, GRAFICOS, MUESTRA, Registro, encargo_de
from tns.ml.selectors import identidad_del_modelo, siguiente_version

if TYPE_CHECKING:
    import pandas as pd

FILAS_DE_MUESTRA = 1_000
FILAS_DE_EJEMPLO = 5
_EN_CURSO = ".entrenando-"
_UN_DIA_S = 24 * 3600


@dataclass(slots=True)
class ResultadoEntrenamiento:
    """What the task answers."""

    modelo_id: str
    modelo: int
    version: int
    nit: str
    empresas: int
    articulos: int
    filas_entrenamiento: int
    movimientos: int
    primer_mes: str
    ultimo_mes: str
    pronosticos: int
    metricas: dict[str, Any]
    pesos: dict[str, Any]
    mlflow: dict[str, Any]
    avisos: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Entrenado:
    """A model that is trained and not yet published; `carpeta` holds its files until then."""

    modelo: ModeloML
    historia: Historia
    ajustado: FittedModel
    pronosticos: pd.DataFrame
    carpeta: Path


def entrenar(*, nit_base: str, tarea_id: uuid.UUID | None, progreso: Progress) -> ResultadoEntrenamiento:
    """Train, log and publish the next version of a NIT's model.

    Raises SinHistoria when there is nothing to learn from, Cancelled when the progress says so.
    """
    with Registro() as registro, _carpeta_de_trabajo() as carpeta:
        entrenado = _ajustar(nit_base, tarea_id, carpeta, progreso)
        _escribir_partes(entrenado)
        _registrar(entrenado, registro, progreso)
        progreso.stage("Guardando el modelo")
        publicar(entrenado, progreso)
    return _resultado(entrenado)


def _ajustar(nit_base: str, tarea_id: uuid.UUID | None, carpeta: Path, progreso: Progress) -> Entrenado:
    historia = leer_historia(nit_base=nit_base, progreso=progreso)
    ajustado = fit(historia.panel, progress=progreso)
    progreso.stage("Pronosticando", historia.panel.articles)
    pronosticos = ajustado.predict(MAX_HORIZON)
    progreso.advance(historia.panel.articles)
    return Entrenado(_ficha(nit_base, historia, ajustado, tarea_id), historia, ajustado, pronosticos, carpeta)


@contextmanager
def _carpeta_de_trabajo() -> Iterator[Path]:
    """A folder on the same disk as the models', so that publishing is a rename."""
    settings.MODELOS_ML_DIR.mkdir(parents=True, exist_ok=True)
    _barrer(settings.MODELOS_ML_DIR)
    carpeta = Path(tempfile.mkdtemp(dir=settings.MODELOS_ML_DIR, prefix=_EN_CURSO))
    try:
        yield carpeta
    finally:
        shutil.rmtree(carpeta, ignore_errors=True)


def _barrer(raiz: Path) -> None:
    """Remove what trainings that were killed a day ago or more left behind."""
    for abandonada in raiz.glob(f"{_EN_CURSO}*"):
        if time.time() - abandonada.stat().st_mtime > _UN_DIA_S:
            shutil.rmtree(abandonada, ignore_errors=True)


def _ficha(nit_base: str, historia: Historia, ajustado: FittedModel, tarea_id: uuid.UUID | None) -> ModeloML:
    """The registry row, not saved."""
    modelo_id, nit = identidad_del_modelo(nit_base)
    return ModeloML(
        modelo_id=modelo_id,
        nit=nit,
        nit_base=nit_base,
        version=siguiente_version(nit_base),
        entrenado_en=timezone.now(),
        primer_mes=historia.primer_mes,
        ultimo_mes=historia.ultimo_mes,
        empresas=historia.empresas,
        articulos=historia.panel.articles,
        filas=historia.filas,
        movimientos=historia.movimientos,
        metricas=metricas_del_contrato(ajustado),
        pesos=ajustado.weights.as_dict(),
        avisos=list(historia.avisos),
        tarea_id=tarea_id,
    )


def _escribir_partes(entrenado: Entrenado) -> None:
    """The three files of the contract, and what MLflow gets besides."""
    modelo, ajustado = entrenado.modelo, entrenado.ajustado
    partes = {"prophet.joblib": ajustado.prophet, "xgboost.joblib": ajustado.xgboost}
    for parte, objeto in partes.items():
        _escribir(entrenado, parte, archivos.volcar_joblib(objeto))
    metadatos = ajustado.metadata() | {
        "modelo_id": modelo.modelo_id,
        "version": modelo.version,
        "nit": modelo.nit,
        "nit_base": modelo.nit_base,
        "fecha_entrenamiento": modelo.entrenado_en.isoformat(),
        "empresas": modelo.empresas,
        "filas_entrenamiento": modelo.filas,
        "movimientos": modelo.movimientos,
        "metricas": modelo.metricas,
        "avisos": modelo.avisos,
        "archivos": dict(modelo.archivos),
        "librerias": _librerias(),
    }
    _escribir(entrenado, "metadata.json", archivos.volcar_json(metadatos))
    archivos.escribir(entrenado.carpeta / GRAFICOS, archivos.volcar_json(_totales(entrenado)))
    _muestra(entrenado.historia).to_csv(entrenado.carpeta / MUESTRA, index=False)
    if (ejemplo := _ejemplo(ajustado)) is not None:
        ejemplo.to_csv(entrenado.carpeta / EJEMPLO, index=False)


def _escribir(entrenado: Entrenado, parte: str, contenido: bytes) -> None:
    nombre = archivos.nombre_de(entrenado.modelo.modelo_id, parte)
    entrenado.modelo.archivos[nombre] = archivos.escribir(entrenado.carpeta / nombre, contenido)


def _librerias() -> dict[str, str]:
    from importlib.metadata import version

    return {nombre: version(nombre) for nombre in ("numpy", "pandas", "prophet", "xgboost-cpu")}


def _muestra(historia: Historia) -> pd.DataFrame:
    """A random thousand article-months of the panel, in order."""
    import pandas as pd

    panel = historia.panel
    azar = np.random.default_rng(7)
    total = panel.articles * panel.months
    casillas = np.sort(azar.choice(total, size=min(total, FILAS_DE_MUESTRA), replace=False))
    fila, mes = casillas // panel.months, casillas % panel.months
    return pd.DataFrame(
        {
            "articulo_codigo": panel.ids[fila],
            "articulo_nombre": historia.nombres[fila],
            "mes": (panel.first_month + mes).astype("datetime64[D]").astype(str),
            "demanda": panel.y[fila, mes],
            "precio": panel.covariates["precio"][fila, mes],
            "tipo_bodega": historia.tipos[fila],
        }
    )


def _ejemplo(ajustado: FittedModel) -> pd.DataFrame | None:
    """A few rows as XGBoost gets them; None without XGBoost."""
    import pandas as pd

    from tns.engines.forecasting.features import slice_at
    from tns.engines.forecasting.scans import scan

    if ajustado.xgboost is None:
        return None
    panel = ajustado.panel.take(np.arange(min(FILAS_DE_EJEMPLO, ajustado.panel.articles)))
    corte = slice_at(panel, scan(panel.y), panel.months, [1])
    return pd.DataFrame(corte.values[0], columns=corte.names)[ajustado.xgboost.features]


def _registrar(entrenado: Entrenado, registro: Registro, progreso: Progress) -> None:
    """Log to MLflow when it is configured, and note on the row what came of it."""
    modelo = entrenado.modelo
    resultado = registro.registrar(encargo_de(modelo, entrenado.carpeta), progreso)
    modelo.anotar_mlflow(estado=resultado.estado, run_id=resultado.run_id, url=resultado.url)
    if resultado.aviso:
        modelo.avisos.append(resultado.aviso)


def _totales(entrenado: Entrenado) -> dict[str, Any]:
    """What the pictures show: error by model, total history and forecast by month."""
    panel = entrenado.historia.panel
    meses = [str(panel.first_month + i) for i in range(panel.months)]
    pronostico = entrenado.pronosticos.groupby("ds")["y_hat"].sum().head(12)
    return {
        "backtest": entrenado.ajustado.backtest,
        "historia": dict(zip(meses, panel.y.sum(axis=0, dtype=np.float64).tolist(), strict=True)),
        "pronostico": {mes.strftime("%Y-%m"): float(valor) for mes, valor in pronostico.items()},
    }


def _resultado(entrenado: Entrenado) -> ResultadoEntrenamiento:
    modelo = entrenado.modelo
    return ResultadoEntrenamiento(
        modelo_id=modelo.modelo_id,
        modelo=modelo.id,
        version=modelo.version,
        nit=modelo.nit,
        empresas=modelo.empresas,
        articulos=modelo.articulos,
        filas_entrenamiento=modelo.filas,
        movimientos=modelo.movimientos,
        primer_mes=modelo.primer_mes.strftime("%Y-%m"),
        ultimo_mes=modelo.ultimo_mes.strftime("%Y-%m"),
        pronosticos=len(entrenado.pronosticos),
        metricas=modelo.metricas,
        pesos=modelo.pesos,
        mlflow=modelo.resumen_mlflow(),
        avisos=modelo.avisos,
    )
