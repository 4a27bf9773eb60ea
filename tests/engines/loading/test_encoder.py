"""What becomes of every value, checked against what PostgreSQL itself reads back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engines.loading.messages import MJD_2025, layout, message
from tns.engines.loading import values
from tns.engines.loading.encoders import available
from tns.engines.loading.fields import WarehouseRule
from tns.engines.loading.plan import make_plan
from tns.engines.loading.stats import Stats
from tns.engines.sources.layout import Layout, WireType
from tns.tareas.contexto import conexion_propia

T, V, I2, I4, I8, D, DATE, TS = (
    WireType.TEXT, WireType.VARYING, WireType.INT16, WireType.INT32, WireType.INT64, WireType.DOUBLE, WireType.DATE,
    WireType.TIMESTAMP,
)  # fmt: skip
BASE = (
    ("FECHA", DATE),
    ("TIPO_DOCUMENTO", T, 4),
    ("ARTICULO_CODIGO", V, 20),
    ("ARTICULO_NOMBRE", V, 40),
    ("CANTIDAD", I8, 4),
)
BUENA = {
    "FECHA": MJD_2025 + 5,
    "TIPO_DOCUMENTO": b"FV",
    "ARTICULO_CODIGO": b"A1  ",
    "ARTICULO_NOMBRE": b"Uno",
    "CANTIDAD": 25_000,
}
pytestmark = pytest.mark.django_db
Cargar = Callable[..., tuple[list[dict[str, Any]], Stats]]


@pytest.fixture(scope="module")
def conexion(django_db_setup: None, django_db_blocker: Any) -> Iterator[psycopg.Connection[Any]]:
    with django_db_blocker.unblock(), conexion_propia() as conexion:
        conexion.execute(
            "CREATE TEMP TABLE destino (LIKE movimientos_inventario INCLUDING GENERATED INCLUDING IDENTITY)"
        )
        yield conexion


@pytest.fixture(params=sorted(available()))
def cargar(request: pytest.FixtureRequest, conexion: psycopg.Connection[Any]) -> Cargar:
    """Encode messages of a layout, COPY them, and read the rows back: once per encoder that this machine has."""

    def run(shape: Layout, *messages: bytes, rules: Any = None) -> tuple[list[dict[str, Any]], Stats]:
        plan = make_plan(shape, rules) if rules else make_plan(shape)
        encoder = available()[request.param](plan, 7, MJD_2025, MJD_2025 + 30)
        block = memoryview(bytearray(b"".join(messages)))
        conexion.execute("TRUNCATE destino")
        with conexion.cursor(row_factory=psycopg.rows.dict_row) as cursor:
            with cursor.copy(f"COPY destino ({', '.join(plan.targets)}) FROM STDIN (FORMAT binary)") as copy:
                copy.write(values.SIGNATURE)
                copy.write(encoder.encode(block, len(messages)))
                copy.write(values.TRAILER)
            rows = cursor.execute(
                f"SELECT {', '.join(plan.targets)}, es_implante, lead_time_dias FROM destino"
            ).fetchall()
        return rows, encoder.stats

    return run


def test_a_plain_row(cargar: Cargar) -> None:
    shape = layout(*BASE)
    (fila,), stats = cargar(shape, message(shape, **BUENA))
    assert fila == {
        "empresa_servidor_id": 7,
        "fecha": dt.date(2025, 1, 6),
        "tipo_documento": "FACTURA_VENTA",
        "codigo_documento": "FV",
        "articulo_codigo": "A1",
        "articulo_nombre": "Uno",
        "cantidad": Decimal("2.5000"),
        "es_implante": False,
        "lead_time_dias": None,
    }
    assert (stats.read, stats.written, stats.sum_quantity) == (1, 1, 25_000)


@pytest.mark.parametrize(
    ("cambio", "motivo"),
    [
        ({"FECHA": None}, "fecha_ausente"),
        ({"FECHA": MJD_2025 - 1}, "fecha_fuera_de_ventana"),
        ({"FECHA": MJD_2025 + 31}, "fecha_fuera_de_ventana"),
        ({"ARTICULO_CODIGO": None}, "articulo_ausente"),
        ({"ARTICULO_CODIGO": b"   "}, "articulo_ausente"),
        ({"CANTIDAD": None}, "cantidad_ausente"),
    ],
)
def test_a_row_that_cannot_be_a_movement_is_left_out_and_counted(
    cargar: Cargar, cambio: dict[str, Any], motivo: str
) -> None:
    shape = layout(*BASE)
    filas, stats = cargar(shape, message(shape, **BUENA), message(shape, **BUENA | cambio), message(shape, **BUENA))
    assert len(filas) == 2
    assert (stats.read, stats.written) == (3, 2)
    assert stats.rejected == {motivo: 1}
    assert stats.sum_quantity == 50_000


def test_the_first_and_last_day_of_the_window_are_inside(cargar: Cargar) -> None:
    shape = layout(*BASE)
    _, stats = cargar(shape, *(message(shape, **BUENA | {"FECHA": MJD_2025 + n}) for n in (0, 30)))
    assert stats.written == 2


def test_an_unknown_code_is_kept_as_otro_and_counted(cargar: Cargar) -> None:
    shape = layout(*BASE)
    codigos = (b"ZZ", b"ZZ", b"dv", b"TRAS", None)
    filas, stats = cargar(shape, *(message(shape, **BUENA | {"TIPO_DOCUMENTO": codigo}) for codigo in codigos))
    assert [fila["tipo_documento"] for fila in filas] == ["OTRO", "OTRO", "DEVOLUCION_VENTA", "OTRO", "OTRO"]
    assert [fila["codigo_documento"] for fila in filas] == ["ZZ", "ZZ", "dv", "TRAS", None]
    assert stats.unknown_codes == {"ZZ": 2, "TRAS": 1, "": 1}


def test_text_is_decoded_trimmed_and_stray_bytes_counted_each_time(cargar: Cargar) -> None:
    shape = layout(*BASE, ("LOTE", T, 8), ("PACIENTE", V, 30))
    uno = BUENA | {"ARTICULO_NOMBRE": b"Ni\xf1o \x80 \x93x\x94", "LOTE": b"L1", "PACIENTE": b"  "}
    dos = BUENA | {"ARTICULO_NOMBRE": b"a\x81b\0c \t\0", "LOTE": b"", "PACIENTE": b"\xa0"}
    (primera, segunda, tercera), stats = cargar(shape, *(message(shape, **fila) for fila in (uno, dos, dos)))
    assert primera["articulo_nombre"] == "Niño € “x”"
    assert (primera["lote"], primera["paciente"]) == ("L1", None)
    assert segunda["articulo_nombre"] == "a\x81bc"
    assert (segunda["lote"], segunda["paciente"]) == (None, "\xa0")
    assert tercera == segunda
    assert stats.stray_bytes == 4


def test_utf8_text_with_stray_bytes(cargar: Cargar) -> None:
    shape = layout(*BASE, codec="utf-8")
    nombres = ("Niño €".encode(), b"a\xf1b\xc3", b"\xc3\xb1\xed\xa0\x80", b"\xf0\x9f\x98\x80 \xc0\xaf")
    filas, stats = cargar(shape, *(message(shape, **BUENA | {"ARTICULO_NOMBRE": nombre}) for nombre in nombres))
    assert [fila["articulo_nombre"] for fila in filas] == ["Niño €", "añbÃ", "ñí\xa0\x80", "😀 À¯"]
    assert stats.stray_bytes == 2 + 3 + 2


def test_numbers_of_every_type_are_rounded_to_four_decimals(cargar: Cargar) -> None:
    shape = layout(*BASE[:4], ("CANTIDAD", D), ("PRECIO_UNITARIO", I4, 2), ("STOCK_PREVIO", I2), ("STOCK_NUEVO", I8, 6))
    fila = BUENA | {"CANTIDAD": -1.00005, "PRECIO_UNITARIO": 12_345, "STOCK_PREVIO": -3, "STOCK_NUEVO": 1_234_550}
    (leida,), stats = cargar(shape, message(shape, **fila))
    assert leida["cantidad"] == Decimal("-1.0001")
    assert leida["precio_unitario"] == Decimal("123.45")
    assert leida["valor_total"] == Decimal("-123.4623")
    assert (leida["stock_previo"], leida["stock_nuevo"]) == (Decimal(-3), Decimal("1.2346"))
    assert (stats.sum_quantity, stats.sum_value) == (-10_001, -1_234_623)


def test_a_given_value_is_not_recomputed_and_an_absent_price_leaves_none(cargar: Cargar) -> None:
    shape = layout(*BASE, ("PRECIO_UNITARIO", I8, 2), ("VALOR_TOTAL", D))
    (fila,), stats = cargar(shape, message(shape, **BUENA, PRECIO_UNITARIO=100, VALOR_TOTAL=9.99))
    assert (fila["valor_total"], stats.sum_value) == (Decimal("9.99"), 99_900)
    shape = layout(*BASE, ("PRECIO_UNITARIO", I8, 2))
    (fila,), stats = cargar(shape, message(shape, **BUENA))
    assert (fila["precio_unitario"], fila["valor_total"], stats.sum_value) == (None, None, 0)


@pytest.mark.parametrize("cantidad", [float("nan"), float("inf"), -float("inf"), 1e300])
def test_a_number_that_is_none_rejects_its_row(cargar: Cargar, cantidad: float) -> None:
    shape = layout(*BASE[:4], ("CANTIDAD", D))
    filas, stats = cargar(shape, message(shape, **BUENA | {"CANTIDAD": cantidad}))
    assert filas == []
    assert stats.rejected == {"numero_invalido": 1}


def test_a_product_too_large_rejects_its_row(cargar: Cargar) -> None:
    shape = layout(*BASE, ("PRECIO_UNITARIO", I8, 0))
    filas, stats = cargar(shape, message(shape, **BUENA | {"CANTIDAD": 2**62}, PRECIO_UNITARIO=2**40))
    assert filas == []
    assert stats.rejected == {"numero_invalido": 1}


def test_dates_with_time_integers_as_text_and_lead_time(cargar: Cargar) -> None:
    shape = layout(("FECHA", TS), *BASE[1:], ("FECHA_ORDEN_PEDIDO", DATE), ("ORIGEN_ID", I4), ("NUMERO", I8, 0))
    fila = BUENA | {"FECHA": (MJD_2025 + 5, 863_999_999), "FECHA_ORDEN_PEDIDO": MJD_2025 - 3}
    (leida,), _ = cargar(shape, message(shape, **fila, ORIGEN_ID=-12, NUMERO=2**60))
    assert leida["fecha"] == dt.date(2025, 1, 6)
    assert (leida["fecha_orden_pedido"], leida["lead_time_dias"]) == (dt.date(2024, 12, 29), 8)
    assert (leida["origen_id"], leida["numero"]) == ("-12", str(2**60))


def test_the_warehouse_type_follows_the_rules_and_the_flags_follow_it(cargar: Cargar) -> None:
    shape = layout(*BASE, ("BODEGA_NOMBRE", V, 30))
    nombres = (b"Bodega implantes", b"EQ. rayos", b"Poder", b"Principal", None, b"")
    filas, _ = cargar(shape, *(message(shape, **BUENA, BODEGA_NOMBRE=nombre) for nombre in nombres))
    assert [fila["tipo_bodega"] for fila in filas] == [
        "IMPLANTE", "EQUIPO DE PODER", "EQUIPO DE PODER", "INSTRUMENTAL", None, None,
    ]  # fmt: skip
    assert [fila["es_implante"] for fila in filas] == [True, False, False, False, False, False]
    propias = (WarehouseRule("ñ", "FRIO"),)
    filas, _ = cargar(
        shape,
        message(shape, **BUENA, BODEGA_NOMBRE=b"Ca\xd1o"),
        message(shape, **BUENA, BODEGA_NOMBRE=b"x"),
        rules=propias,
    )
    assert [fila["tipo_bodega"] for fila in filas] == ["FRIO", None]


def test_more_distinct_values_than_any_cache_holds(cargar: Cargar) -> None:
    shape = layout(*BASE, ("PRECIO_UNITARIO", D))
    filas, stats = cargar(
        shape,
        *(
            message(shape, **BUENA | {"ARTICULO_CODIGO": b"A%d" % n, "CANTIDAD": n}, PRECIO_UNITARIO=n / 7)
            for n in range(1, 12_001)
        ),
    )
    assert {fila["articulo_codigo"] for fila in filas} == {f"A{n}" for n in range(1, 12_001)}
    assert stats.sum_quantity == sum(range(1, 12_001))
    assert stats.sum_value == sum(int(fila["valor_total"] * 10_000) for fila in filas)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(-(2**63) + 1, 2**63 - 1), min_size=1, max_size=20))
def test_every_quantity_survives(cargar: Cargar, cantidades: list[int]) -> None:
    shape = layout(*BASE)
    filas, stats = cargar(shape, *(message(shape, **BUENA | {"CANTIDAD": n}) for n in cantidades))
    assert [int(fila["cantidad"] * 10_000) for fila in filas] == cantidades
    assert stats.sum_quantity == sum(cantidades)
