"""The articles of a NIT, told by their movements: there is no other table of them."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, Count, F, Func, Max, Min, QuerySet

from tns.extraccion.models import MovimientoInventario

GRUPO = ("nit_base", "articulo_codigo")
# What is told of an article as its newest movement says it.
_DEL_ULTIMO = ("articulo_nombre", "tipo_bodega", "precio_unitario", "stock_nuevo")


def agrupar(movimientos: QuerySet[MovimientoInventario]) -> QuerySet[MovimientoInventario, dict[str, Any]]:
    """One row per NIT and article, in that order: how many movements, the first and the last day, and the newest's key.

    One pass over the movements, in a hash: the newest of each group is the greatest array of day and id, so nothing
    is sorted. `completar` turns a page of these rows into articles.
    """
    dia = Func(F("fecha"), template="(%(expressions)s - DATE '1970-01-01')::bigint", output_field=BigIntegerField())
    clave = Func(dia, F("id"), template="ARRAY[%(expressions)s]", output_field=ArrayField(BigIntegerField()))
    return (
        movimientos.order_by()
        .values("articulo_codigo", nit_base=F("empresa_servidor__nit_base"))
        .annotate(movimientos=Count("id"), primera_fecha=Min("fecha"), ultima_fecha=Max("fecha"), ultimo=Max(clave))
        .order_by(*GRUPO)
    )


def completar(filas: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The articles of those rows, with what their newest movements say; one query by primary key."""
    ids = [fila["ultimo"][1] for fila in filas]
    ultimos = {m["id"]: m for m in MovimientoInventario.objects.filter(id__in=ids).values("id", *_DEL_ULTIMO)}
    vacio = dict.fromkeys(_DEL_ULTIMO)
    articulos = []
    for fila in filas:
        ultimo = ultimos.get(fila["ultimo"][1], vacio)  # replaced meanwhile by an extraction: the next page tells it
        articulos.append(
            {campo: fila[campo] for campo in (*GRUPO, "movimientos", "primera_fecha", "ultima_fecha")}
            | {campo: ultimo[campo] for campo in _DEL_ULTIMO}
        )
    return articulos
