"""When and how much to buy: the arithmetic against known cases."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tns.ml import compras

Z95 = NormalDist().inv_cdf(0.95)


def banda_normal(media: float, desviacion: float, meses: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Forecast and upper ends of bands of a normal error."""
    cantidad = np.full((1, meses), media)
    return (
        cantidad,
        cantidad + NormalDist().inv_cdf(0.9) * desviacion,
        cantidad + NormalDist().inv_cdf(0.975) * desviacion,
    )


@pytest.mark.parametrize("nivel", [0.5, 0.8, 0.9, 0.95, 0.975, 0.99])
def test_the_excess_of_a_normal_band_is_the_normal_quantile(nivel: float) -> None:
    exceso = compras.exceso(*banda_normal(100, 20, 3), nivel)
    assert exceso == pytest.approx(np.full((1, 3), NormalDist().inv_cdf(nivel) * 20))


def proponer(
    *, media: float = 100, sigma: float = 20, stock: float, espera: float, desviacion: float = 0, meses: int = 14
) -> compras.Propuesta:
    cantidad, m80, m95 = banda_normal(media, sigma, meses)
    return compras.proponer(
        cantidad=cantidad,
        exceso_mensual=compras.exceso(cantidad, m80, m95, 0.95),
        stock=np.array([stock]),
        espera_dias=np.array([espera]),
        espera_desviacion=np.array([desviacion]),
        revision_dias=compras.DIAS_POR_MES,
        z=Z95,
    )


def test_four_months_of_lead_time_follow_the_textbook() -> None:
    propuesta = proponer(stock=0, espera=4 * compras.DIAS_POR_MES)
    assert propuesta.stock_seguridad == pytest.approx([Z95 * 20 * math.sqrt(4)])
    assert propuesta.punto_reorden == pytest.approx([400 + Z95 * 40])
    assert propuesta.nivel_objetivo == pytest.approx([500 + Z95 * 20 * math.sqrt(5)])
    assert propuesta.cantidad.tolist() == [math.ceil(500 + Z95 * 20 * math.sqrt(5))]


def test_an_uncertain_lead_time_adds_its_own_cushion() -> None:
    desviacion = 10.0
    propuesta = proponer(stock=0, espera=compras.DIAS_POR_MES, desviacion=desviacion)
    por_dia = 100 / compras.DIAS_POR_MES
    assert propuesta.stock_seguridad == pytest.approx([Z95 * math.hypot(20, por_dia * desviacion)])


def test_nothing_is_bought_while_the_stock_outlasts_the_next_review() -> None:
    punto = 100 + Z95 * 20
    assert proponer(stock=punto + 101, espera=compras.DIAS_POR_MES).cantidad.tolist() == [0]
    assert proponer(stock=punto + 99, espera=compras.DIAS_POR_MES).cantidad[0] > 0


@given(
    media=st.floats(0, 1e5),
    sigma=st.floats(0, 1e4),
    stock=st.floats(-1e5, 1e6),
    espera=st.floats(0, 365),
    desviacion=st.floats(0, 60),
)
def test_whatever_the_input_the_answer_can_be_ordered(
    media: float, sigma: float, stock: float, espera: float, desviacion: float
) -> None:
    propuesta = proponer(media=media, sigma=sigma, stock=stock, espera=espera, desviacion=desviacion)
    assert (propuesta.nivel_objetivo >= propuesta.punto_reorden).all()
    assert (propuesta.punto_reorden >= propuesta.stock_seguridad).all()
    assert (propuesta.stock_seguridad >= 0).all()
    assert propuesta.cantidad[0] >= 0
    assert propuesta.cantidad[0] == int(propuesta.cantidad[0])


def test_classes_by_value_and_by_variation() -> None:
    assert compras.clase_abc(np.array([5.0, 80.0, 0.0, 15.0])).tolist() == ["C", "A", "C", "B"]
    assert compras.clase_abc(np.zeros(2)).tolist() == ["C", "C"]
    meses = np.array([[10.0] * 12, [0, 20] * 6, [0] * 11 + [50], [0] * 12])
    assert compras.clase_xyz(meses).tolist() == ["X", "Y", "Z", "Z"]
