"""A training: from the movements of every company of the NIT to files, registry and forecasts."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import joblib
import pytest
from pytest_django import Settings

from tests.ml.datos import insertar, movimiento, tienda
from tests.mundo import ANDINA, Mundo
from tns.engines.progress import NullProgress
from tns.ml.datos import SinHistoria
from tns.ml.entrenamiento import ResultadoEntrenamiento, entrenar
from tns.ml.models import EstadoModelo, ModeloML, Pronostico


@pytest.fixture
def carpeta(settings: Settings, tmp_path: Path) -> Path:
    settings.MODELOS_ML_DIR = tmp_path / "modelos"
    return settings.MODELOS_ML_DIR


def entrenar_andina() -> ResultadoEntrenamiento:
    return entrenar(nit_base=ANDINA, tarea_id=None, progreso=NullProgress())


def test_it_learns_from_every_company_of_the_nit_and_writes_the_three_files(mundo: Mundo, carpeta: Path) -> None:
    tienda([mundo.andina, mundo.andina_anterior], "2024-01", "2025-12")
    resultado = entrenar_andina()
    assert resultado.modelo_id == f"empresa_{mundo.andina.nit}"
    assert (resultado.empresas, resultado.articulos, resultado.filas_entrenamiento) == (2, 12, 288)
    assert (resultado.primer_mes, resultado.ultimo_mes) == ("2024-01", "2025-12")
    assert resultado.metricas["xgboost_mae"] > 0
    assert {"xgboost_r2", "xgboost_rmse", "prophet_datos_entrenamiento", "wape"} <= set(resultado.metricas)
    publicos = {archivo.name for archivo in carpeta.iterdir() if archivo.is_file()}
    assert publicos == {f"empresa_{mundo.andina.nit}_{parte}" for parte in ("prophet.joblib", "xgboost.joblib", "metadata.json")}
    modelo = ModeloML.objects.get()
    for nombre, datos in modelo.archivos.items():
        assert hashlib.sha256((carpeta / nombre).read_bytes()).hexdigest() == datos["sha256"]
    assert not [nombre for nombre in carpeta.iterdir() if nombre.name.startswith(".")]
    print(json.dumps(resultado.metricas)[:500])
