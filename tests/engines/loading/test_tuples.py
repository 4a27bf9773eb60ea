"""Python values to COPY: the same outcomes as the other encoders, checked by what PostgreSQL reads back."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import psycopg
import pytest

from tns.engines.loading import values
from tns.engines.loading.plan import make_plan
from tns.engines.loading.stats import Stats
from tns.engines.loading.tuples import TupleEncoder
from tns.engines.sources.sqlserver_reading import layout_of
from tns.tareas.contexto import conexion_propia

pytestmark = pytest.mark.django_db
TEXTO, NUMERO, FECHA, DECIMAL = 1, 3, 4, 5
COLUMNAS = (
    ("FECHA", FECHA), ("TIPO_DOCUMENTO", TEXTO), ("ARTICULO_CODIGO", TEXTO), ("ARTICULO_NOMBRE", TEXTO),
    ("CANTIDAD", DECIMAL), ("PRECIO_UNITARIO", NUMERO), ("ORIGEN_ID", NUMERO), ("BODEGA_NOMBRE", TEXTO),
)  # fmt: skip
DIA = dt.date(2025, 1, 6)
BUENA = (DIA, "FV", "A1 ", "Niño", Decimal("2.50000"), 10.25, 7, "Implantes")
MJD = 60676  # 2025-01-01


def cargar(*filas: tuple[Any, ...]) -> tuple[list[dict[str, Any]], Stats]:
    plan = make_plan(layout_of(COLUMNAS))
    encoder = TupleEncoder(plan, 7, MJD, MJD + 30)
    with conexion_propia() as conexion, conexion.cursor(row_factory=psycopg.rows.dict_row) as cursor:
        cursor.execute("CREATE TEMP TABLE destino (LIKE movimientos_inventario INCLUDING GENERATED INCLUDING IDENTITY)")
        with cursor.copy(f"COPY destino ({', '.join(plan.targets)}) FROM STDIN (FORMAT binary)") as copy:
            copy.write(values.SIGNATURE + encoder.encode(list(filas), len(filas)) + values.TRAILER)
        return cursor.execute("SELECT * FROM destino ORDER BY id").fetchall(), encoder.stats


def con(**cambios: Any) -> tuple[Any, ...]:
    nombres = [nombre for nombre, _ in COLUMNAS]
    return tuple(cambios.get(nombre, valor) for nombre, valor in zip(nombres, BUENA, strict=True))


def test_decimals_floats_integers_and_dates_arrive_exact() -> None:
    (fila, otra), stats = cargar(BUENA, con(FECHA=dt.datetime(2025, 1, 31, 23, 59), CANTIDAD=Decimal("-0.00005")))
    assert (fila["fecha"], fila["tipo_documento"], fila["articulo_codigo"]) == (DIA, "FACTURA_VENTA", "A1")
    assert (fila["cantidad"], fila["precio_unitario"]) == (Decimal("2.5"), Decimal("10.25"))
    assert fila["valor_total"] == Decimal("25.625")
    assert (fila["origen_id"], fila["tipo_bodega"], fila["es_implante"]) == ("7", "IMPLANTE", True)
    assert (otra["fecha"], otra["cantidad"]) == (dt.date(2025, 1, 31), Decimal("-0.0001"))
    assert (stats.written, stats.sum_quantity, stats.sum_value) == (2, 24_999, 256_240)


@pytest.mark.parametrize(
    ("cambio", "motivo"),
    [
        ({"FECHA": None}, "fecha_ausente"),
        ({"FECHA": dt.time(10, 30)}, "fecha_ausente"),
        ({"FECHA": dt.date(2025, 2, 1)}, "fecha_fuera_de_ventana"),
        ({"ARTICULO_CODIGO": " "}, "articulo_ausente"),
        ({"CANTIDAD": None}, "cantidad_ausente"),
        ({"CANTIDAD": float("nan")}, "numero_invalido"),
        ({"CANTIDAD": Decimal("1e30")}, "numero_invalido"),
        ({"CANTIDAD": Decimal("NaN")}, "numero_invalido"),
    ],
)
def test_a_row_that_cannot_be_a_movement_is_counted(cambio: dict[str, Any], motivo: str) -> None:
    filas, stats = cargar(con(**cambio), BUENA)
    assert len(filas) == 1
    assert stats.rejected == {motivo: 1}


def test_nulls_unknown_codes_and_stray_characters() -> None:
    (fila,), stats = cargar(
        con(TIPO_DOCUMENTO="ZZ", PRECIO_UNITARIO=None, ARTICULO_NOMBRE="a\0b\ud800", BODEGA_NOMBRE=None)
    )
    assert (fila["tipo_documento"], fila["codigo_documento"]) == ("OTRO", "ZZ")
    assert (fila["precio_unitario"], fila["valor_total"], fila["tipo_bodega"]) == (None, None, None)
    assert fila["articulo_nombre"] == "ab?"
    assert (stats.unknown_codes, stats.stray_bytes) == ({"ZZ": 1}, 2)


@pytest.mark.parametrize(
    ("origen", "guardada"),
    [
        (Decimal("922337203685477.5807"), Decimal("922337203685477.5807")),  # the largest MONEY
        (Decimal("0.00005"), Decimal("0.0001")),
        (Decimal("-12345678901234.99995"), Decimal("-12345678901235.0000")),
        (Decimal("1E+3"), Decimal("1000")),
        (922_337_203_685_477, Decimal("922337203685477")),  # the largest that is kept
        (True, Decimal(1)),  # BIT
        (0.1, Decimal("0.1000")),
    ],
)
def test_every_kind_of_number_keeps_its_four_decimals(origen: Any, guardada: Decimal) -> None:
    (fila,), _ = cargar(con(CANTIDAD=origen, PRECIO_UNITARIO=None))
    assert fila["cantidad"] == guardada


@pytest.mark.parametrize(
    "origen",
    [
        dt.date(2025, 1, 31),
        dt.datetime(2025, 1, 31),
        dt.datetime(2025, 1, 31, 23, 59, 59, 997_000),
        dt.datetime(2025, 1, 31, 23, 59, tzinfo=dt.timezone(-dt.timedelta(hours=5))),  # DATETIMEOFFSET: its own day
    ],
)
def test_every_kind_of_date_is_its_own_day(origen: dt.date) -> None:
    (fila,), _ = cargar(con(FECHA=origen))
    assert fila["fecha"] == dt.date(2025, 1, 31)


@pytest.mark.parametrize(
    ("origen", "guardado"),
    [
        ("Ñandú – “café” € 漢字 😀", "Ñandú – “café” € 漢字 😀"),
        (b"A\xf1o", "Año"),  # VARBINARY with the bytes of Windows-1252
        (uuid.UUID(int=7), "00000000-0000-0000-0000-000000000007"),
        (12, "12"),
        ("x" * 10_000, "x" * 10_000),
    ],
)
def test_every_kind_of_text_arrives_whole(origen: Any, guardado: str) -> None:
    (fila,), stats = cargar(con(ARTICULO_NOMBRE=origen))
    assert fila["articulo_nombre"] == guardado
    assert stats.stray_bytes == 0
