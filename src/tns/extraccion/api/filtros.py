from __future__ import annotations

import django_filters
from django.db.models import Q, QuerySet

from tns.extraccion.models import TIPOS_DOCUMENTO, EjecucionExtraccion, MovimientoInventario


class MovimientoDeEmpresaFilter(django_filters.FilterSet):
    articulo_codigo = django_filters.CharFilter()
    fecha_desde = django_filters.DateFilter(field_name="fecha", lookup_expr="gte")
    fecha_hasta = django_filters.DateFilter(field_name="fecha", lookup_expr="lte")
    tipo_documento = django_filters.MultipleChoiceFilter(choices=TIPOS_DOCUMENTO)
    tipo_bodega = django_filters.CharFilter()

    class Meta:
        model = MovimientoInventario
        fields: list[str] = []


class ArticuloFilter(django_filters.FilterSet):
    """Which movements count, and so which articles there are."""

    empresa_servidor = django_filters.NumberFilter(field_name="empresa_servidor_id")
    nit_base = django_filters.CharFilter(field_name="empresa_servidor__nit_base")
    articulo_codigo = django_filters.CharFilter()
    tipo_bodega = django_filters.CharFilter()
    con_movimiento_desde = django_filters.DateFilter(field_name="fecha", lookup_expr="gte")
    buscar = django_filters.CharFilter(method="por_texto", label="Parte del código o del nombre.")

    class Meta:
        model = MovimientoInventario
        fields: list[str] = []

    def por_texto(
        self, consulta: QuerySet[MovimientoInventario], nombre: str, valor: str
    ) -> QuerySet[MovimientoInventario]:
        return consulta.filter(Q(articulo_codigo__icontains=valor) | Q(articulo_nombre__icontains=valor))


class MovimientoFilter(MovimientoDeEmpresaFilter):
    empresa_servidor = django_filters.NumberFilter(field_name="empresa_servidor_id")
    nit_base = django_filters.CharFilter(field_name="empresa_servidor__nit_base")


class EjecucionFilter(django_filters.FilterSet):
    empresa_servidor = django_filters.NumberFilter(field_name="empresa_servidor_id")
    servidor = django_filters.NumberFilter(field_name="empresa_servidor__servidor_id")
    con_diferencias = django_filters.BooleanFilter(method="filtrar_diferencias")

    class Meta:
        model = EjecucionExtraccion
        fields = {"estado": ["exact"], "forzada": ["exact"], "iniciada": ["gte", "lte"]}

    def filtrar_diferencias(self, consulta, nombre, valor):  # type: ignore[no-untyped-def]
        return consulta.filter(diferencias__gt=0) if valor else consulta.filter(diferencias=0)
