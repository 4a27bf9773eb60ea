"""A training: from the movements of every company of the NIT to files, registry and forecasts."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from tests.ml.conftest import entrenar_andina
from tests.ml.datos import cubrir, insertar, meses_entre, movimiento, tienda
from tests.mundo import ANDINA, Mundo
from tns.engines.progress import NullProgress
from tns.ml.datos import SinHistoria, leer_historia
from tns.ml.entrenamiento import ResultadoEntrenamiento
from tns.ml.models import EstadoModelo, ModeloML, Pronostico


def test_it_learns_from_every_company_of_the_nit_and_says_what_it_used(
    mundo: Mundo, entrenado: ResultadoEntrenamiento
) -> None:
    assert entrenado.modelo_id == f"empresa_{mundo.andina.nit}"
    assert (entrenado.empresas, entrenado.articulos, entrenado.filas_entrenamiento) == (2, 12, 288)
    assert (entrenado.primer_mes, entrenado.ultimo_mes) == ("2024-01", "2025-12")
    assert {"xgboost_mae", "xgboost_r2", "xgboost_rmse", "prophet_datos_entrenamiento", "wape"} <= set(
        entrenado.metricas
    )
    assert entrenado.metricas["prophet_datos_entrenamiento"] == 24


def test_the_three_files_are_whole_and_their_hashes_recorded(
    mundo: Mundo, entrenado: ResultadoEntrenamiento, carpeta: Path
) -> None:
    partes = ("prophet.joblib", "xgboost.joblib", "metadata.json")
    esperados = {f"empresa_{mundo.andina.nit}_{parte}" for parte in partes}
    assert {archivo.name for archivo in carpeta.iterdir() if archivo.is_file()} == esperados
    modelo = ModeloML.objects.get()
    assert set(modelo.archivos) == esperados
    for nombre, datos in modelo.archivos.items():
        assert hashlib.sha256((carpeta / nombre).read_bytes()).hexdigest() == datos["sha256"]
    metadatos = json.loads((carpeta / f"{modelo.modelo_id}_metadata.json").read_bytes())
    assert (metadatos["modelo_id"], metadatos["filas_entrenamiento"]) == (modelo.modelo_id, 288)
    assert metadatos["metricas"] == entrenado.metricas
    assert [carpeta.name for carpeta in carpeta.iterdir() if carpeta.is_dir()] == ["versiones"]


def test_every_article_gets_twenty_four_months_with_nested_intervals(entrenado: ResultadoEntrenamiento) -> None:
    assert Pronostico.objects.count() == 12
    assert entrenado.pronosticos == 12 * 24
    for p in Pronostico.objects.all():
        for bajo, menos, valor, mas, alto in zip(
            p.minimo_95, p.minimo_80, p.cantidad, p.maximo_80, p.maximo_95, strict=True
        ):
            assert 0 <= bajo <= menos <= valor <= mas <= alto
        assert len(p.historia) == len(p.cantidad) == 24


def test_training_again_makes_a_new_version_that_serves(entrenado: ResultadoEntrenamiento) -> None:
    segundo = entrenar_andina()
    assert (segundo.modelo_id, segundo.version) == (entrenado.modelo_id, 2)
    estados = dict(ModeloML.objects.values_list("version", "estado"))
    assert estados == {1: EstadoModelo.DISPONIBLE, 2: EstadoModelo.EN_SERVICIO}


def test_demand_is_sales_less_returns_and_nothing_else(mundo: Mundo) -> None:
    insertar(
        [
            movimiento(mundo.andina_anterior, "2024-12-05", "X", 10, precio=100),
            movimiento(mundo.andina_anterior, "2024-12-06", "X", 30, precio=200),
            movimiento(mundo.andina_anterior, "2024-12-20", "X", 4, tipo="DEVOLUCION_VENTA"),
            movimiento(mundo.andina_anterior, "2024-12-21", "X", 50, tipo="REMISION_SALIDA"),
            movimiento(mundo.andina_anterior, "2024-12-22", "X", 60, tipo="FACTURA_COMPRA"),
            movimiento(mundo.andina, "2025-01-31", "X", 7, nombre="Nombre nuevo", bodega="IMPLANTE"),
            movimiento(mundo.andina, "2025-01-31", "Y", 5, tipo="FACTURA_COMPRA"),
            movimiento(mundo.boreal, "2025-01-31", "X", 999),
        ]
    )
    historia = leer_historia(nit_base=ANDINA, progreso=NullProgress())
    assert list(historia.panel.ids) == ["X", "Y"]
    assert historia.panel.y.tolist() == [[36, 7], [0, 0]]
    assert historia.panel.covariates["precio"][0].tolist() == [175, 1000]
    assert list(historia.nombres) == ["Nombre nuevo", "Artículo Y"]
    assert list(historia.tipos) == ["INSTRUMENTAL", "INSTRUMENTAL"]
    assert (historia.filas, historia.movimientos) == (2, 4)


def test_codes_with_commas_quotes_and_new_lines_come_through(mundo: Mundo) -> None:
    raros = ["A,1", 'B"2', "C\n3", "Ñandú · é", "NULL", " D"]
    insertar(movimiento(mundo.andina, "2025-01-31", codigo, 1, bodega=None, precio=None) for codigo in raros)
    historia = leer_historia(nit_base=ANDINA, progreso=NullProgress())
    assert list(historia.panel.ids) == sorted(raros)
    assert set(historia.tipos) == {""}


def test_a_month_that_is_not_extracted_whole_is_not_learnt_from(mundo: Mundo) -> None:
    insertar(movimiento(mundo.andina, mes, "X", 5) for mes in meses_entre("2025-01", "2025-04"))
    cubrir(mundo.andina, "2025-01", "2025-03")
    historia = leer_historia(nit_base=ANDINA, progreso=NullProgress())
    assert (str(historia.panel.first_month), str(historia.panel.last_month)) == ("2025-01", "2025-03")
    assert any("2025-03" in aviso for aviso in historia.avisos)


def test_a_nit_without_movements_is_told_what_to_do(mundo: Mundo) -> None:
    with pytest.raises(SinHistoria, match="Extraiga los movimientos"):
        entrenar_andina()


def test_a_nit_without_a_whole_month_is_told_what_to_do(mundo: Mundo) -> None:
    insertar([movimiento(mundo.andina, "2025-01-10", "X", 5)])
    with pytest.raises(SinHistoria, match="mes completo"):
        entrenar_andina()


def test_articles_that_never_sold_get_a_forecast_of_zero(mundo: Mundo) -> None:
    insertar(movimiento(mundo.andina, "2025-01-31", c, 3, tipo="FACTURA_COMPRA") for c in ("X", "Y"))
    resultado = entrenar_andina()
    assert any("son cero" in aviso for aviso in resultado.avisos)
    assert all(not any(p.cantidad) for p in Pronostico.objects.all())


def test_the_name_of_the_model_stays_when_a_company_writes_the_nit_otherwise(mundo: Mundo) -> None:
    tienda([mundo.andina_anterior], "2024-01", "2024-04", articulos=2)
    primero = entrenar_andina()
    mundo.andina.delete()
    mundo.andina_anterior.refresh_from_db()
    assert mundo.andina_anterior.nit == ANDINA
    assert entrenar_andina().modelo_id == primero.modelo_id == f"empresa_{ANDINA}4"
