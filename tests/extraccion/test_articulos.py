"""The articles of a NIT as its movements tell them, by pages, for people and for keys; and pages as sheets."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tests.extraccion.test_api import MOVIMIENTOS, sembrar
from tests.mundo import ANDINA, Mundo, cliente_con_llave
from tns.api_keys.services import generar_llave
from tns.extraccion.models import MovimientoInventario

pytestmark = pytest.mark.django_db
ARTICULOS = "/api/articulos/"


def codigos(respuesta: Any) -> list[str]:
    assert respuesta.status_code == 200, respuesta.content
    return [fila["articulo_codigo"] for fila in respuesta.json()["results"]]


def test_an_article_is_told_by_its_newest_movement_over_all_companies_of_the_nit(mundo: Mundo) -> None:
    sembrar(mundo.andina, 2, articulo_codigo="A1", articulo_nombre="Viejo", precio_unitario=5)
    MovimientoInventario.objects.create(
        empresa_servidor=mundo.andina_anterior, fecha=dt.date(2025, 6, 1), tipo_documento="FACTURA_VENTA",
        articulo_codigo="A1", articulo_nombre="Nuevo", cantidad=1, precio_unitario=9, stock_nuevo=4,
    )  # fmt: skip
    (fila,) = mundo.clientes["llave_andina"].get(ARTICULOS).json()["results"]
    assert fila == {
        "nit_base": ANDINA, "articulo_codigo": "A1", "articulo_nombre": "Nuevo", "tipo_bodega": None,
        "precio_unitario": 9.0, "stock_nuevo": 4.0, "movimientos": 3, "primera_fecha": "2025-01-01",
        "ultima_fecha": "2025-06-01",
    }  # fmt: skip


def test_pages_give_every_article_once_and_each_caller_his_own(
    mundo: Mundo, django_assert_max_num_queries: Any
) -> None:
    for codigo in ("B", "a", "C", "ñ", "A"):
        sembrar(mundo.andina, 2, articulo_codigo=codigo)
        sembrar(mundo.boreal, 1, articulo_codigo=codigo)
    vistos: list[tuple[str, str]] = []
    url: str | None = f"{ARTICULOS}?tamano=3"
    while url:
        with django_assert_max_num_queries(4):
            pagina = mundo.lector.get(url).json()
        vistos += [(fila["nit_base"], fila["articulo_codigo"]) for fila in pagina["results"]]
        url = pagina["next"]
    assert len(vistos) == len(set(vistos)) == 10
    assert sorted(codigos(mundo.clientes["llave_boreal"].get(ARTICULOS))) == sorted("BaCñA")
    assert codigos(mundo.clientes["llave_boreal"].get(ARTICULOS, {"nit_base": ANDINA})) == []


def test_filters_and_search_narrow_and_nonsense_is_refused(mundo: Mundo) -> None:
    sembrar(mundo.andina, 1, articulo_codigo="T-1", articulo_nombre="Tornillo 4 mm")
    sembrar(mundo.andina, 1, articulo_codigo="P-1", articulo_nombre="Placa", tipo_bodega="IMPLANTE")
    assert codigos(mundo.lector.get(ARTICULOS, {"buscar": "TORNI"})) == ["T-1"]
    assert codigos(mundo.lector.get(ARTICULOS, {"buscar": "p-1"})) == ["P-1"]
    assert codigos(mundo.lector.get(ARTICULOS, {"tipo_bodega": "IMPLANTE"})) == ["P-1"]
    assert codigos(mundo.lector.get(ARTICULOS, {"con_movimiento_desde": "2025-02-01"})) == []
    for mal in ("cursor=no-es", "cursor=WzFd", "cursor=WzEsMl0", "tamano=0", "con_movimiento_desde=x", "formato=pdf"):
        assert mundo.lector.get(f"{ARTICULOS}?{mal}").status_code == 400, mal


def test_a_key_for_articles_alone_does_not_read_who_bought_them(mundo: Mundo) -> None:
    sembrar(mundo.andina, 1, paciente="Persona Reservada")
    de = {
        alcance: cliente_con_llave(generar_llave(nit=ANDINA, nombre_cliente=alcance, alcances=[alcance])[1])
        for alcance in ("articulos", "movimientos")
    }
    assert [de["articulos"].get(u).status_code for u in (ARTICULOS, MOVIMIENTOS)] == [200, 403]
    assert [de["movimientos"].get(u).status_code for u in (ARTICULOS, MOVIMIENTOS)] == [403, 200]
    assert "Reservada" not in de["articulos"].get(ARTICULOS).content.decode()


def test_a_page_comes_as_a_sheet_with_the_next_one_in_link(mundo: Mundo) -> None:
    sembrar(mundo.andina, 3, articulo_codigo="=2+2", precio_unitario="1.5")
    respuesta = mundo.clientes["llave_andina"].get(f"{MOVIMIENTOS}?formato=csv&tamano=2")
    assert respuesta["Content-Type"].startswith("text/csv")
    titulos, *filas = respuesta.content.decode("utf-8-sig").splitlines()
    assert len(filas) == 2
    fila = dict(zip(titulos.split(";"), filas[0].split(";"), strict=True))
    assert (fila["articulo_codigo"], fila["precio_unitario"], fila["es_implante"]) == ("'=2+2", "1,5000", "no")
    siguiente = respuesta["Link"].split(">")[0].removeprefix("<")
    ultima = mundo.clientes["llave_andina"].get(siguiente)
    assert len(ultima.content.decode("utf-8-sig").splitlines()) == 2
    assert "Link" not in ultima
