"""Movements for the tests of models: a small shop whose demand is known, written straight to the tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

import numpy as np
from django.db import connection
from django.utils import timezone

from tns.empresas.models import EmpresaServidor
from tns.extraccion.models import VentanaExtraccion
from tns.ml.meses import siguiente, ultimo_dia

COLUMNAS = (
    "empresa_servidor_id", "fecha", "tipo_documento", "articulo_codigo", "articulo_nombre", "cantidad",
    "precio_unitario", "tipo_bodega", "stock_nuevo", "fecha_orden_pedido",
)  # fmt: skip
Fila = tuple[object, ...]


def movimiento(
    empresa: EmpresaServidor,
    fecha: str | dt.date,
    articulo: str,
    cantidad: float,
    *,
    tipo: str = "FACTURA_VENTA",
    precio: float | None = 1000.0,
    nombre: str | None = None,
    bodega: str | None = "INSTRUMENTAL",
    stock: float | None = None,
    pedido: str | None = None,
) -> Fila:
    """One row of movimientos_inventario."""
    nombre = nombre or f"Artículo {articulo}"
    return (empresa.id, fecha, tipo, articulo, nombre, cantidad, precio, bodega, stock, pedido)


def insertar(filas: Iterable[Fila]) -> None:
    consulta = f"COPY movimientos_inventario ({', '.join(COLUMNAS)}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(consulta) as copia:
        for fila in filas:
            copia.write_row(fila)


def meses_entre(desde: str, hasta: str) -> Iterator[dt.date]:
    """First days of the months `desde`..`hasta` (AAAA-MM)."""
    mes, final = dt.date.fromisoformat(f"{desde}-01"), dt.date.fromisoformat(f"{hasta}-01")
    while mes <= final:
        yield mes
        mes = siguiente(mes)


def tienda(empresas: list[EmpresaServidor], desde: str, hasta: str, *, articulos: int = 12) -> dict[str, list[float]]:
    """Sell `articulos` articles every month with a yearly season, each in the company of its fiscal year.

    Returns:
        Demand of each article by month, as it was drawn.
    """
    azar = np.random.default_rng(3)
    por_anio = {empresa.anio_fiscal: empresa for empresa in empresas}
    demanda: dict[str, list[float]] = {f"A{i:03d}": [] for i in range(articulos)}
    filas = []
    for mes in meses_entre(desde, hasta):
        empresa = por_anio.get(mes.year, empresas[0])
        for i, articulo in enumerate(demanda):
            esperado = (20 + 10 * i) * (1 + 0.4 * np.sin(2 * np.pi * mes.month / 12))
            cantidad = float(azar.poisson(esperado))
            demanda[articulo].append(cantidad)
            filas.append(movimiento(empresa, ultimo_dia(mes), articulo, cantidad, precio=100.0 * (i + 1)))
    insertar(filas)
    return demanda


def cubrir(empresa: EmpresaServidor, desde: str, hasta: str, *, leida: dt.datetime | None = None) -> None:
    """Record whole months `desde`..`hasta` (AAAA-MM) as extracted."""
    VentanaExtraccion.objects.bulk_create(
        VentanaExtraccion(
            empresa_servidor=empresa,
            desde=mes,
            hasta=ultimo_dia(mes),
            filas=0,
            suma_cantidad=0,
            suma_valor=0,
            perfil="kardex",
            extraida=leida or timezone.now(),
        )
        for mes in meses_entre(desde, hasta)
    )
