"""The movements of one company as a person looks at them: any order, any page, free text, and as a file."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet

from tns.common.hoja import en_csv
from tns.empresas.models import EmpresaServidor
from tns.extraccion.models import MovimientoInventario

# Within one company a scan of its rows is quick; over all of them it would not be (see ADR 0105).
BUSCABLES = ("articulo_codigo", "articulo_nombre", "pagador", "numero", "lote")
ORDENABLES = (
    "fecha", "tipo_documento", "articulo_codigo", "articulo_nombre", "cantidad", "precio_unitario", "valor_total",
    "pagador", "bodega_nombre", "numero", "lote",
)  # fmt: skip
COLUMNAS: tuple[tuple[str, str], ...] = (
    ("fecha", "Fecha"), ("tipo_documento", "Tipo"), ("prefijo", "Prefijo"), ("numero", "Número"),
    ("articulo_codigo", "Código"), ("articulo_nombre", "Artículo"), ("cantidad", "Cantidad"),
    ("precio_unitario", "Precio unitario"), ("valor_total", "Valor"), ("codigo_bodega", "Código de bodega"),
    ("bodega_nombre", "Bodega"), ("tipo_bodega", "Tipo de bodega"), ("lote", "Lote"), ("pagador", "Tercero"),
    ("nit_pagador", "NIT del tercero"), ("clinica", "Clínica"), ("ciudad", "Ciudad"),
)  # fmt: skip


def movimientos_de(empresa: EmpresaServidor) -> QuerySet[MovimientoInventario]:
    """Newest first; `id` breaks ties, so that pages neither repeat nor miss rows."""
    return MovimientoInventario.objects.filter(empresa_servidor=empresa).order_by("-fecha", "-id")


def como_csv(consulta: QuerySet[MovimientoInventario]) -> Iterator[bytes]:
    """A CSV row by row: memory does not grow with their number."""
    campos = [campo for campo, _ in COLUMNAS]
    return en_csv([titulo for _, titulo in COLUMNAS], consulta.values_list(*campos).iterator(chunk_size=2_000))
