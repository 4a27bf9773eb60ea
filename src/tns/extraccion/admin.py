from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from tns.extraccion.models import EjecucionExtraccion, MovimientoInventario, ReglaTipoBodega, VentanaExtraccion


class SoloLectura(admin.ModelAdmin):
    """What extractions write is looked at here, not changed."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return False


@admin.register(MovimientoInventario)
class MovimientoInventarioAdmin(SoloLectura):
    list_display = (
        "fecha", "empresa_servidor", "tipo_documento", "prefijo", "numero",
        "articulo_codigo", "articulo_nombre", "cantidad", "valor_total", "tipo_bodega",
    )  # fmt: skip
    list_filter = ("tipo_documento", "tipo_bodega", ("empresa_servidor", admin.RelatedOnlyFieldListFilter))
    search_fields = ("articulo_codigo__istartswith", "numero__exact", "nit_pagador__exact")
    list_select_related = ("empresa_servidor",)
    # Counting millions of rows for a page number would take longer than the page.
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[MovimientoInventario]:
        return super().get_queryset(request).defer("procedimientos")


@admin.register(EjecucionExtraccion)
class EjecucionExtraccionAdmin(SoloLectura):
    list_display = (
        "iniciada", "empresa_servidor", "desde", "hasta", "estado", "perfil", "ventanas_leidas", "ventanas_omitidas",
        "filas_cargadas", "filas_rechazadas", "diferencias", "error_codigo",
    )  # fmt: skip
    list_filter = ("estado", "perfil", "forzada", ("empresa_servidor", admin.RelatedOnlyFieldListFilter))
    search_fields = ("empresa_servidor__nombre", "empresa_servidor__nit", "error_codigo")
    date_hierarchy = "iniciada"
    list_select_related = ("empresa_servidor",)


@admin.register(VentanaExtraccion)
class VentanaExtraccionAdmin(SoloLectura):
    list_display = ("empresa_servidor", "desde", "hasta", "filas", "suma_cantidad", "suma_valor", "perfil", "extraida")
    list_filter = ("perfil", ("empresa_servidor", admin.RelatedOnlyFieldListFilter))
    search_fields = ("empresa_servidor__nombre", "empresa_servidor__nit")
    date_hierarchy = "desde"
    list_select_related = ("empresa_servidor",)


@admin.register(ReglaTipoBodega)
class ReglaTipoBodegaAdmin(admin.ModelAdmin):
    list_display = ("empresa_servidor", "orden", "contiene", "tipo_bodega")
    list_filter = (("empresa_servidor", admin.RelatedOnlyFieldListFilter),)
    search_fields = ("contiene", "tipo_bodega", "empresa_servidor__nombre")
    autocomplete_fields = ("empresa_servidor",)
    list_select_related = ("empresa_servidor",)
