"""The served forecast against what the demonstration's generator really drew for the months that follow."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from tests.ml.conftest import entrenar_andina
from tests.ml.datos import insertar, movimiento
from tests.mundo import ANDINA, Mundo
from tns.local.instalacion import Escala
from tns.local.instalacion.catalogo import UNIDAD
from tns.local.instalacion.creacion import inventar
from tns.local.instalacion.demanda import FUTURO
from tns.local.instalacion.guion import empresas
from tns.ml.meses import ultimo_dia


@pytest.fixture(scope="module")
def demanda() -> tuple[np.datetime64, np.ndarray]:
    """First month, and (articles, months) of net demand of the demonstration's grocer, its future included."""
    abarrotes = next(empresa for empresa in empresas() if empresa.sector == "abarrotes")
    ventas = inventar(abarrotes, 2025, Escala.DEMO).ventas
    return ventas.primer_mes, ventas.neta() / UNIDAD


def test_the_months_that_followed_are_nearer_than_repeating_the_past(
    mundo: Mundo, demanda: tuple[np.datetime64, np.ndarray], record_property: Callable[[str, object], None]
) -> None:
    primer_mes, neta = demanda
    historia, futuro = neta[:, :-FUTURO], neta[:, -FUTURO:]
    insertar(
        movimiento(
            mundo.andina, dia, f"A{i:04d}", abs(valor), tipo="FACTURA_VENTA" if valor > 0 else "DEVOLUCION_VENTA"
        )
        for mes in range(historia.shape[1])
        for dia in [ultimo_dia((primer_mes + mes).astype("datetime64[D]").item())]
        for i, valor in enumerate(historia[:, mes].tolist())
        if valor
    )
    entrenar_andina()
    servido = mundo.lector.post(
        "/api/ml/predecir_demanda/", {"nit": ANDINA, "meses": FUTURO, "meses_historia": 0, "tamano": 2000}
    ).json()
    filas = [int(a["articulo_codigo"][1:]) for a in servido["articulos"]]
    real = futuro[filas]
    campos = {
        campo: np.array([[mes[campo] for mes in a["pronostico"]] for a in servido["articulos"]])
        for campo in ("cantidad", "minimo_80", "maximo_80")
    }
    ingenuo = historia[filas][:, -12:][:, :FUTURO]

    def wape(pronostico: np.ndarray) -> float:
        return float(np.abs(pronostico - real).sum() / real.sum())

    cobertura = float(((campos["minimo_80"] <= real) & (real <= campos["maximo_80"])).mean())
    record_property("wape", wape(campos["cantidad"]))
    record_property("wape_mismo_mes_anterior", wape(ingenuo))
    record_property("cobertura_80", cobertura)
    assert wape(campos["cantidad"]) < 0.9 * wape(ingenuo)
    assert 0.72 <= cobertura <= 0.92
