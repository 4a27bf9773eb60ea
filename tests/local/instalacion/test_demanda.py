"""The drawn demand looks like demand (season, promotions, still, dying and new articles) and its amounts are exact."""

from __future__ import annotations

import numpy as np
import pytest

from tns.local.instalacion import Escala
from tns.local.instalacion.catalogo import UNIDAD, vitrina
from tns.local.instalacion.contenido import Contenido
from tns.local.instalacion.creacion import inventar
from tns.local.instalacion.demanda import FUTURO
from tns.local.instalacion.guion import empresas
from tns.local.instalacion.sectores import TEMPORADAS


@pytest.fixture(scope="module")
def abarrotes() -> Contenido:
    empresa = next(empresa for empresa in empresas() if empresa.sector == "abarrotes")
    return inventar(empresa, 2025, Escala.DEMO)


def de_clase(contenido: Contenido, clase: str) -> np.ndarray:
    neta = contenido.ventas.neta() / UNIDAD
    cuales = [i for i in range(len(contenido.catalogo)) if contenido.catalogo.clase_de(i) == clase]
    return neta[cuales]


def test_seasonal_articles_follow_the_season_of_their_group(abarrotes: Contenido) -> None:
    neta = abarrotes.ventas.neta()[:, :36]
    for orden, grupo in enumerate(abarrotes.catalogo.sector.grupos):
        if grupo.temporada == "plana":
            continue
        del_grupo = abarrotes.catalogo.grupo == orden
        por_mes = neta[del_grupo].sum(axis=0).reshape(3, 12).sum(axis=0)
        assert np.corrcoef(por_mes, TEMPORADAS[grupo.temporada])[0, 1] > 0.6, grupo.nombre


def test_intermittent_articles_are_often_still_and_stable_ones_never_long(abarrotes: Contenido) -> None:
    assert (de_clase(abarrotes, "intermitente") == 0).mean() > 0.45
    assert (de_clase(abarrotes, "estable") == 0).mean() < 0.1


def test_new_articles_begin_late_and_dying_ones_end(abarrotes: Contenido) -> None:
    nuevas, mueren = de_clase(abarrotes, "nueva"), de_clase(abarrotes, "en_extincion")
    assert (nuevas[:, :12].sum(axis=1) == 0).all()
    assert nuevas[:, -FUTURO:].sum() > 0
    assert mueren[:, -FUTURO:].mean() < 0.35 * mueren[:, :12].mean()


def test_promotions_sell_more_at_a_lower_price(abarrotes: Contenido) -> None:
    catalogo, ventas = abarrotes.catalogo, abarrotes.ventas
    razones = []
    for i in (i for i in range(len(catalogo)) if catalogo.clase_de(i) == "promocional"):
        precio, vendido = ventas.precio[i, :12], ventas.neta()[i, :12]
        barato = precio < 0.93 * np.median(precio)
        if barato.any() and vendido[~barato].mean() > 0:
            razones.append(vendido[barato].mean() / vendido[~barato].mean())
    assert len(razones) > 5
    assert np.median(razones) > 1.3


def test_the_future_goes_on_where_the_past_ended(abarrotes: Contenido) -> None:
    neta = abarrotes.ventas.neta() / UNIDAD
    un_anio_antes = neta[:, 24:30].sum()
    assert 0.8 < neta[:, 36:].sum() / un_anio_antes < 1.4


def test_quantity_by_price_has_no_remainder_of_a_cent(abarrotes: Contenido) -> None:
    lineas = abarrotes.libro.lineas
    assert ((lineas.cantidad * lineas.precio) % UNIDAD == 0).all()


def test_shelf_prices_are_round_with_their_tax() -> None:
    por_peso = np.zeros(3, bool)
    iva = np.array([19, 19, 0])
    precios = vitrina(np.array([84_034.0, 1_234_567.0, 345_678.0]), iva, por_peso)
    con_iva = np.rint(precios * (100 + iva) / 100)
    assert (con_iva % 1_000 <= 1).all() or (con_iva % 1_000 >= 999).all()
    assert vitrina(np.array([123_456.0]), np.array([0]), np.array([True]))[0] % 1_000 == 0
