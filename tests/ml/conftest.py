"""What every test of models starts from."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import Settings

import tns.config.celery  # noqa: F401  requests send their tasks through the configured application
from tests.ml.datos import tienda
from tests.mundo import ANDINA, Mundo
from tns.engines.progress import NullProgress
from tns.ml.entrenamiento import ResultadoEntrenamiento, entrenar


@pytest.fixture(autouse=True)
def carpeta(settings: Settings, tmp_path: Path) -> Path:
    """The models' folder, empty."""
    settings.MODELOS_ML_DIR = tmp_path / "modelos"
    return settings.MODELOS_ML_DIR


@pytest.fixture
def entrenado(mundo: Mundo) -> ResultadoEntrenamiento:
    """Andina's shop of two years, trained."""
    tienda([mundo.andina, mundo.andina_anterior], "2024-01", "2025-12")
    return entrenar_andina()


def entrenar_andina() -> ResultadoEntrenamiento:
    return entrenar(nit_base=ANDINA, tarea_id=None, progreso=NullProgress())
