"""MLflow gets the whole of a training when it is there, and costs nothing but a notice when it is not."""

from __future__ import annotations

import csv
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction
from django.test import override_settings
from pytest_django import DjangoDbBlocker, Settings

from tests.ml.conftest import entrenar_andina
from tests.ml.datos import tienda
from tests.mundo import Mundo, construir
from tns.engines.progress import Cancelled, NullProgress
from tns.ml import services
from tns.ml.entrenamiento import ResultadoEntrenamiento
from tns.ml.hijo_mlflow import Encargo
from tns.ml.models import EstadoMlflow, ModeloML
from tns.ml.registro_mlflow import Registro

EXPERIMENTO = "Prueba de registro"
PACIENCIA_S = 300  # a loaded machine may take minutes; what is tested is the content


def entrenar(mundo: Mundo) -> ResultadoEntrenamiento:
    tienda([mundo.andina, mundo.andina_anterior], "2024-01", "2025-12")
    return entrenar_andina()


@pytest.fixture(scope="module")
def registrado(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, mlflow_url: str, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Mundo, ResultadoEntrenamiento]:
    """A training logged whole, once for the tests that look at it; the database forgets it."""
    ajustes = {
        "MLFLOW_TRACKING_URI": mlflow_url,
        "MLFLOW_EXPERIMENTO": EXPERIMENTO,
        "TNS_MLFLOW_LIMITE_S": PACIENCIA_S,
        "MODELOS_ML_DIR": tmp_path_factory.mktemp("modelos"),
    }
    with django_db_blocker.unblock(), override_settings(**ajustes), transaction.atomic():
        mundo = construir()
        resultado = entrenar(mundo)
        transaction.set_rollback(True)
    assert resultado.mlflow["estado"] == EstadoMlflow.REGISTRADO, resultado.avisos
    return mundo, resultado


def test_the_run_holds_parameters_metrics_models_sample_and_pictures(
    registrado: tuple[Mundo, ResultadoEntrenamiento], mlflow_url: str, tmp_path: Path
) -> None:
    mundo, resultado = registrado
    import mlflow

    cliente = mlflow.MlflowClient(tracking_uri=mlflow_url)
    run = cliente.get_run(resultado.mlflow["run_id"])
    experimento = cliente.get_experiment_by_name(EXPERIMENTO)
    assert resultado.mlflow["url"] == f"{mlflow_url}/#/experiments/{experimento.experiment_id}/runs/{run.info.run_id}"
    assert run.info.status == "FINISHED"
    assert run.data.params["modelo_id"] == resultado.modelo_id
    assert run.data.params["nit_empresa"] == mundo.andina.nit
    assert run.data.params["filas_entrenamiento"] == str(resultado.filas_entrenamiento)
    assert "fecha_entrenamiento" in run.data.params
    contrato = {"prophet_datos_entrenamiento", "xgboost_mae", "xgboost_r2", "xgboost_rmse"}
    assert contrato | {"backtest_combinado_wape", "backtest_ingenuo_wape"} <= set(run.data.metrics)
    assert run.data.metrics["xgboost_mae"] == pytest.approx(resultado.metricas["xgboost_mae"])
    artefactos = {archivo.path for archivo in cliente.list_artifacts(run.info.run_id)}
    assert {"training_data_sample.csv", f"{resultado.modelo_id}_metadata.json", "graficos"} <= artefactos
    muestra = cliente.download_artifacts(run.info.run_id, "training_data_sample.csv", str(tmp_path))
    with Path(muestra).open(encoding="utf-8") as archivo:
        filas = list(csv.DictReader(archivo))
    assert {"articulo_codigo", "mes", "demanda", "precio", "tipo_bodega"} <= set(filas[0])
    assert len(filas) == 288


def test_another_machine_loads_both_models_from_mlflow(
    registrado: tuple[Mundo, ResultadoEntrenamiento], mlflow_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = registrado[1].mlflow["run_id"]
    import mlflow
    import mlflow.prophet
    import mlflow.xgboost
    import pandas as pd

    monkeypatch.setenv("MLFLOW_TRACKING_URI", mlflow_url)
    mlflow.set_tracking_uri(mlflow_url)
    uri = f"runs:/{run_id}/xgboost"
    booster = mlflow.xgboost.load_model(uri)
    ejemplo = mlflow.models.Model.load(uri).load_input_example()
    firma = mlflow.models.get_model_info(uri).signature
    assert [entrada.name for entrada in firma.inputs] == booster.feature_names
    esperado = mlflow.pyfunc.load_model(uri).predict(ejemplo)
    assert len(esperado) == len(ejemplo)
    assert (esperado >= 0).all()
    prophet = mlflow.prophet.load_model(f"runs:/{run_id}/prophet")
    assert prophet.predict(pd.DataFrame({"ds": ["2026-01-01"]}))["yhat"].notna().all()


def test_a_server_that_is_down_leaves_a_trained_model_and_a_notice(mundo: Mundo, settings: Settings) -> None:
    with socket.socket() as libre:
        libre.bind(("127.0.0.1", 0))
        settings.MLFLOW_TRACKING_URI = f"http://127.0.0.1:{libre.getsockname()[1]}"
    resultado = entrenar(mundo)
    assert (resultado.mlflow["estado"], resultado.mlflow["run_id"]) == (EstadoMlflow.NO_REGISTRADO, "")
    assert any("MLflow no responde" in aviso for aviso in resultado.avisos)
    assert ModeloML.objects.get().estado == "EN_SERVICIO"


@pytest.fixture
def servidor_mudo() -> Iterator[str]:
    """Accepts every connection and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as oido:
        aceptadas: list[socket.socket] = []

        def aceptar() -> None:
            while True:
                try:
                    aceptadas.append(oido.accept()[0])
                except OSError:
                    return

        hilo = threading.Thread(target=aceptar, daemon=True)
        hilo.start()
        yield f"http://usuario:secreto@127.0.0.1:{oido.getsockname()[1]}"
        oido.shutdown(socket.SHUT_RDWR)
    hilo.join(5)
    for conexion in aceptadas:
        conexion.close()


def test_a_server_that_never_answers_is_left_within_the_limit_and_its_password_told_nobody(
    mundo: Mundo, settings: Settings, servidor_mudo: str, caplog: pytest.LogCaptureFixture
) -> None:
    settings.MLFLOW_TRACKING_URI, settings.TNS_MLFLOW_LIMITE_S = servidor_mudo, 6
    resultado = entrenar(mundo)
    assert resultado.mlflow["estado"] == EstadoMlflow.NO_REGISTRADO
    assert any("tardó más de 6 s" in aviso for aviso in resultado.avisos)
    assert "secreto" not in caplog.text + str(resultado)


def test_a_version_trained_without_mlflow_is_logged_later_from_its_files(
    mundo: Mundo, settings: Settings, mlflow_url: str
) -> None:
    entrenar(mundo)
    ruta = f"/api/ml/modelos/{ModeloML.objects.get().id}/registrar_mlflow/"
    assert mundo.operador.post(ruta).json()["codigo"] == "mlflow_desactivado"
    settings.MLFLOW_TRACKING_URI, settings.TNS_MLFLOW_LIMITE_S = mlflow_url, PACIENCIA_S
    modelo = services.registrar_en_mlflow(modelo=ModeloML.objects.get(), progreso=NullProgress())
    import mlflow

    run = mlflow.MlflowClient(tracking_uri=mlflow_url).get_run(modelo.mlflow_run_id)
    assert (run.info.status, run.data.params["version"]) == ("FINISHED", "1")
    assert mundo.operador.post(ruta).json()["codigo"] == "modelo_ya_registrado"


def test_logging_later_to_a_server_that_is_down_says_so_and_changes_nothing(mundo: Mundo, settings: Settings) -> None:
    entrenar(mundo)
    settings.MLFLOW_TRACKING_URI = "http://127.0.0.1:1"
    with pytest.raises(services.MlflowNoDisponible):
        services.registrar_en_mlflow(modelo=ModeloML.objects.get(), progreso=NullProgress())
    assert ModeloML.objects.get().mlflow_estado == EstadoMlflow.DESACTIVADO


def test_without_mlflow_configured_nothing_is_missing(mundo: Mundo) -> None:
    resultado = entrenar(mundo)
    assert resultado.mlflow["estado"] == EstadoMlflow.DESACTIVADO
    assert not any("MLflow" in aviso for aviso in resultado.avisos)


class SeArrepiente(NullProgress):
    """Asks to stop as soon as MLflow is being waited for."""

    def __init__(self) -> None:
        self.registrando = False

    def stage(self, name: str, total: int | None = None) -> None:
        self.registrando = name == "Registrando en MLflow"

    def check(self) -> None:
        if self.registrando:
            raise Cancelled


def test_cancelling_does_not_wait_for_mlflow(servidor_mudo: str, tmp_path: Path) -> None:
    encargo: Encargo = {
        "experimento": "e",
        "nombre": "n",
        "parametros": {},
        "metricas": {},
        "etiquetas": {},
        "carpeta": str(tmp_path),
        "modelo_id": "empresa_1",
        "archivos": {},
        "ejemplo": "",
        "muestra": "",
        "graficos": {},
    }
    with pytest.raises(Cancelled), Registro(servidor_mudo) as registro:
        registro.registrar(encargo, SeArrepiente())
