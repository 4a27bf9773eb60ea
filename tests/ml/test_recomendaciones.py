"""GET /api/ml/recomendaciones_compra/: stock, lead time and forecast made into a proposal, also as a file."""

from __future__ import annotations

import csv
import io
import zipfile

import pytest

from tests.ml.conftest import entrenar_andina
from tests.ml.datos import insertar, meses_entre, movimiento, tienda
from tests.mundo import ANDINA, Mundo
from tns.ml.meses import ultimo_dia

RUTA = "/api/ml/recomendaciones_compra/"


@pytest.fixture
def surtido(mundo: Mundo) -> Mundo:
    """Twelve articles that sell; A000 counted and late, A001 bought, a dead one, and one with a hostile name."""
    tienda([mundo.andina, mundo.andina_anterior], "2024-01", "2025-12")
    andina, compra = mundo.andina, "FACTURA_COMPRA"
    insertar(
        [
            movimiento(andina, "2025-12-30", "A000", 1, tipo="NOTA_INVENTARIO", stock=5000),
            movimiento(andina, "2025-12-31", "A000", 1, tipo="NOTA_INVENTARIO", stock=3),
            *(
                movimiento(andina, f"2025-0{mes}-20", "A000", 50, tipo=compra, precio=60, pedido=f"2025-0{mes}-10")
                for mes in (1, 2, 3)
            ),
            movimiento(andina, "2025-12-31", "A001", 100_000, tipo=compra, precio=70),
            movimiento(andina, "2025-12-31", "MUERTO", 40, tipo=compra, precio=25),
            *(
                movimiento(andina, ultimo_dia(m), "=1+1", 2, nombre="@RIESGO")
                for m in meses_entre("2025-01", "2025-12")
            ),
        ]
    )
    entrenar_andina()
    return mundo


def fila(mundo: Mundo, codigo: str, **filtros: object) -> dict[str, object]:
    filas = mundo.lector.get(RUTA, {"nit": ANDINA, "buscar": codigo, **filtros}).json()["results"]
    (unica,) = [f for f in filas if f["articulo_codigo"] == codigo]
    return unica


def test_the_last_count_and_the_own_lead_time_decide(surtido: Mundo) -> None:
    a000 = fila(surtido, "A000")
    assert (a000["stock"], a000["stock_origen"]) == (3.0, "stock_nuevo")
    assert (a000["lead_time_dias"], a000["lead_time_origen"]) == (10.0, "articulo")
    assert a000["punto_reorden"] > a000["stock_seguridad"] > 0
    assert a000["cantidad_sugerida"] >= a000["nivel_objetivo"] - 3
    assert a000["valor_sugerido"] == a000["cantidad_sugerida"] * 60
    assert "punto de reorden" in a000["motivo"]


def test_without_counts_the_stock_is_the_sum_of_movements_and_the_lead_time_the_nits(surtido: Mundo) -> None:
    a001 = fila(surtido, "A001")
    vendido = a001["demanda_12_meses"]
    assert a001["stock_origen"] == "movimientos"
    assert 90_000 < a001["stock"] < 100_000 - vendido + 1
    assert a001["lead_time_origen"] == "nit"
    assert (a001["cantidad_sugerida"], a001["motivo"]) == (0, "El stock alcanza hasta la próxima revisión.")
    assert a001["cobertura_meses"] > 12


def test_a_year_that_opens_with_its_balances_is_not_added_to_the_years_before(mundo: Mundo) -> None:
    nota = "NOTA_INVENTARIO"
    insertar(
        [
            movimiento(mundo.andina_anterior, "2024-01-05", "X", 100, tipo=nota),
            movimiento(mundo.andina_anterior, "2024-12-31", "X", 40),
            movimiento(mundo.andina, "2025-01-02", "X", 60, tipo=nota),
            movimiento(mundo.andina, "2025-01-31", "X", 10),
            movimiento(mundo.andina, "2025-01-31", "X", 7, tipo="REMISION_SALIDA"),
            movimiento(mundo.andina, "2025-01-31", "X", 3, tipo="DEVOLUCION_VENTA"),
        ]
    )
    entrenar_andina()
    assert (fila(mundo, "X")["stock"], fila(mundo, "X")["stock_origen"]) == (53.0, "movimientos")


def test_what_nobody_buys_is_dead_stock_and_is_not_bought(surtido: Mundo) -> None:
    muerto = fila(surtido, "MUERTO", solo_inventario_muerto=True)
    assert (muerto["inventario_muerto"], muerto["cantidad_sugerida"], muerto["stock"]) == (True, 0, 40)
    resumen = surtido.lector.get(RUTA, {"nit": ANDINA}).json()["resumen"]
    assert (resumen["inventario_muerto"], resumen["valor_inventario_muerto"]) == (1, 1000.0)


def test_a_higher_service_level_keeps_more_safety_stock(surtido: Mundo) -> None:
    niveles = [fila(surtido, "A005", nivel_servicio=nivel)["stock_seguridad"] for nivel in (0.5, 0.9, 0.95, 0.99)]
    assert niveles[0] == 0
    assert niveles == sorted(set(niveles))


def test_filters_order_and_pages(surtido: Mundo) -> None:
    todas = surtido.lector.get(RUTA, {"nit": ANDINA, "tamano": 5, "orden": "articulo_codigo"}).json()
    assert (todas["count"], len(todas["results"]), todas["hay_mas"]) == (14, 5, True)
    solo_a = surtido.lector.get(RUTA, {"nit": ANDINA, "clase": "A"}).json()["results"]
    assert {f["clase_abc"] for f in solo_a} == {"A"}
    por_comprar = surtido.lector.get(RUTA, {"nit": ANDINA, "solo_comprar": True}).json()
    assert por_comprar["count"] == todas["resumen"]["por_comprar"]
    valores = [
        f["valor_12_meses"]
        for f in surtido.lector.get(RUTA, {"nit": ANDINA, "orden": "-valor_12_meses"}).json()["results"]
    ]
    assert valores == sorted(valores, reverse=True)


def test_the_csv_opens_in_a_spreadsheet_and_no_name_becomes_a_formula(surtido: Mundo) -> None:
    respuesta = surtido.lector.get(RUTA, {"nit": ANDINA, "formato": "csv", "orden": "articulo_codigo"})
    assert respuesta["Content-Disposition"] == 'attachment; filename="compras_8001972684.csv"'
    texto = respuesta.content.decode("utf-8-sig")
    filas = list(csv.DictReader(io.StringIO(texto), delimiter=";"))
    assert len(filas) == 14
    assert (filas[0]["Código"], filas[0]["Artículo"]) == ("'=1+1", "'@RIESGO")
    assert float(filas[1]["Punto de reorden"].replace(",", ".")) > 0


def test_the_workbook_holds_every_row_and_no_formula(surtido: Mundo) -> None:
    respuesta = surtido.lector.get(RUTA, {"nit": ANDINA, "formato": "excel"})
    with zipfile.ZipFile(io.BytesIO(respuesta.content)) as libro:
        hoja = libro.read("xl/worksheets/sheet1.xml").decode()
    assert hoja.count("<row ") == 15
    assert "<f>" not in hoja


def test_a_key_asks_for_its_own_nit_only(surtido: Mundo) -> None:
    assert surtido.clientes["llave_andina"].get(RUTA, {"nit": ANDINA}).status_code == 200
    assert surtido.clientes["llave_boreal"].get(RUTA, {"nit": ANDINA}).status_code == 404


def test_without_model_it_says_how_to_train(mundo: Mundo) -> None:
    assert mundo.lector.get(RUTA, {"nit": ANDINA}).json()["codigo"] == "modelo_no_entrenado"


@pytest.mark.parametrize(
    "mal",
    [{"nivel_servicio": 1}, {"nivel_servicio": "nan"}, {"lead_time_dias": -1}, {"orden": "x"}, {"formato": "pdf"}],
)
def test_bad_parameters_are_explained(mundo: Mundo, mal: dict[str, object]) -> None:
    respuesta = mundo.lector.get(RUTA, {"nit": ANDINA, **mal})
    assert (respuesta.status_code, set(respuesta.json()["errores"])) == (400, set(mal))
