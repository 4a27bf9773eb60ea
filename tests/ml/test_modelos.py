"""The registry: what is listed, going back to a version, files that were tampered with, and models that grow old."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import Settings

from tests.ml.conftest import entrenar_andina
from tests.ml.datos import cubrir, insertar, movimiento
from tests.mundo import ANDINA, Mundo
from tns.cuentas.models import RegistroAuditoria
from tns.ml import archivos
from tns.ml.entrenamiento import ResultadoEntrenamiento
from tns.ml.models import EstadoModelo, ModeloML, Pronostico
from tns.ml.vigencia import revisar_modelos

RUTA = "/api/ml/modelos/"


def activar(mundo: Mundo, version: int, quien: str = "operador") -> object:
    modelo = ModeloML.objects.get(nit_base=ANDINA, version=version)
    return mundo.clientes[quien].post(f"{RUTA}{modelo.id}/activar/")


def test_the_list_tells_metrics_versions_and_which_one_serves(mundo: Mundo, entrenado: ResultadoEntrenamiento) -> None:
    entrenar_andina()
    filas = mundo.lector.get(RUTA, {"orden": "-version"}).json()["results"]
    assert [(f["version"], f["estado"]) for f in filas] == [(2, "EN_SERVICIO"), (1, "DISPONIBLE")]
    assert filas[0]["empresa_nombre"] == "Comercial Andina"
    assert filas[0]["metricas"]["xgboost_mae"] == entrenado.metricas["xgboost_mae"]
    assert filas[0]["mlflow"] == {"estado": "DESACTIVADO", "run_id": "", "url": ""}
    servida = mundo.lector.get(RUTA, {"estado": "EN_SERVICIO", "nit_base": ANDINA}).json()
    assert servida["count"] == 1
    detalle = mundo.lector.get(f"{RUTA}{servida['results'][0]['id']}/").json()
    assert detalle == servida["results"][0]


def test_a_user_limited_to_another_nit_sees_no_model(mundo: Mundo, entrenado: ResultadoEntrenamiento) -> None:
    usuario = mundo.usuarios["administrador_andina"]
    usuario.nits_base = ["999999999"]
    usuario.save()
    cliente = mundo.clientes["administrador_andina"]
    assert cliente.get(RUTA).json()["count"] == 0
    assert activar(mundo, 1, "administrador_andina").status_code == 404


def test_going_back_serves_the_old_forecasts_with_the_old_files(
    mundo: Mundo, entrenado: ResultadoEntrenamiento, carpeta: Path
) -> None:
    metadatos = carpeta / f"{entrenado.modelo_id}_metadata.json"
    antes = metadatos.read_bytes()
    insertar([movimiento(mundo.andina, "2025-12-31", "NUEVO", 40)])
    entrenar_andina()
    assert metadatos.read_bytes() != antes
    respuesta = activar(mundo, 1)
    assert (respuesta.status_code, respuesta.json()["estado"]) == (200, "EN_SERVICIO")
    assert metadatos.read_bytes() == antes
    datos = mundo.lector.post("/api/ml/predecir_demanda/", {"nit": ANDINA}).json()
    assert (datos["version"], datos["total_articulos"]) == (1, 12)
    assert ModeloML.objects.filter(estado=EstadoModelo.EN_SERVICIO).count() == 1
    assert RegistroAuditoria.objects.filter(accion="activar_modelo").count() == 1


def test_a_reader_may_not_go_back(mundo: Mundo, entrenado: ResultadoEntrenamiento) -> None:
    assert activar(mundo, 1, "lector").status_code == 403


def test_old_versions_lose_their_files_and_keep_their_row(
    mundo: Mundo, entrenado: ResultadoEntrenamiento, carpeta: Path, settings: Settings
) -> None:
    settings.MODELOS_ML_VERSIONES = 2
    for _ in range(2):
        entrenar_andina()
    assert dict(ModeloML.objects.values_list("version", "estado")) == {
        1: EstadoModelo.RETIRADO,
        2: EstadoModelo.DISPONIBLE,
        3: EstadoModelo.EN_SERVICIO,
    }
    assert sorted(v.name for v in (carpeta / "versiones" / entrenado.modelo_id).iterdir()) == ["v2", "v3"]
    assert not Pronostico.objects.filter(modelo__version=1).exists()
    respuesta = activar(mundo, 1)
    assert (respuesta.status_code, respuesta.json()["codigo"]) == (409, "modelo_retirado")


def test_a_tampered_file_is_not_put_in_service_and_never_loaded(
    mundo: Mundo, entrenado: ResultadoEntrenamiento, carpeta: Path, tmp_path: Path
) -> None:
    entrenar_andina()
    nombre = f"{entrenado.modelo_id}_xgboost.joblib"
    guardado = archivos.carpeta_de_version(carpeta, entrenado.modelo_id, 1) / nombre
    testigo = tmp_path / "ejecutado"
    guardado.write_bytes(archivos.volcar_joblib(_Maligno(str(testigo))))
    respuesta = activar(mundo, 1)
    assert (respuesta.status_code, respuesta.json()["codigo"]) == (422, "modelo_alterado")
    assert ModeloML.objects.get(version=2).estado == EstadoModelo.EN_SERVICIO
    recordado = ModeloML.objects.get(version=1).archivos[nombre]["sha256"]
    with pytest.raises(archivos.ModeloAlterado):
        archivos.cargar_joblib(guardado, recordado)
    assert not testigo.exists()


class _Maligno:
    """Writes a file when it is unpickled."""

    def __init__(self, ruta: str) -> None:
        self.ruta = ruta

    def __reduce__(self) -> tuple[object, ...]:
        return (open, (self.ruta, "w"))


def test_a_missing_file_is_told_like_a_tampered_one(
    mundo: Mundo, entrenado: ResultadoEntrenamiento, carpeta: Path
) -> None:
    for archivo in archivos.carpeta_de_version(carpeta, entrenado.modelo_id, 1).glob("*_prophet.joblib"):
        archivo.unlink()
    assert activar(mundo, 1).json()["codigo"] == "modelo_alterado"


def test_activating_the_version_in_service_repairs_its_public_files(
    mundo: Mundo, entrenado: ResultadoEntrenamiento, carpeta: Path
) -> None:
    publico = carpeta / f"{entrenado.modelo_id}_metadata.json"
    publico.write_text("{}")
    assert activar(mundo, 1).status_code == 200
    assert archivos.cargar_json(publico, ModeloML.objects.get().archivos[publico.name]["sha256"])["version"] == 1


def test_a_model_is_old_when_a_newer_month_is_whole_and_says_how_it_did(
    mundo: Mundo, entrenado: ResultadoEntrenamiento
) -> None:
    assert revisar_modelos() == 0
    modelo = ModeloML.objects.get()
    esperado = {p.articulo_codigo: p.cantidad[0] for p in Pronostico.objects.all()}
    insertar(movimiento(mundo.andina, "2026-01-31", c, round(valor * 1.5, 4)) for c, valor in esperado.items())
    assert revisar_modelos() == 1
    modelo.refresh_from_db()
    assert "2026-01" in modelo.motivo_reentrenar
    assert modelo.error_reciente == pytest.approx(1 / 3, abs=1e-3)
    assert "supera el del backtest" in modelo.motivo_reentrenar
    assert mundo.lector.get(RUTA, {"reentrenar": True}).json()["count"] == 1


def test_demand_of_articles_nobody_forecast_counts_as_error(mundo: Mundo, entrenado: ResultadoEntrenamiento) -> None:
    esperado = sum(p.cantidad[0] for p in Pronostico.objects.all())
    insertar([movimiento(mundo.andina, "2026-01-31", "OTRO", 500)])
    revisar_modelos()
    assert ModeloML.objects.get().error_reciente == pytest.approx((500 + esperado) / 500, rel=1e-6)


def test_history_extracted_after_the_training_asks_for_another(mundo: Mundo, entrenado: ResultadoEntrenamiento) -> None:
    cubrir(mundo.andina, "2025-01", "2025-12")
    assert revisar_modelos() == 1
    assert "después de entrenar" in ModeloML.objects.get().motivo_reentrenar
