from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html

from tns.ml.models import ModeloML, Pronostico


class _SoloLectura(admin.ModelAdmin):
    """Rows that only a training writes."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(ModeloML)
class ModeloMLAdmin(_SoloLectura):
    list_display = ("modelo_id", "version", "estado", "entrenado_en", "articulos", "ultimo_mes", "reentrenar", "mlflow")
    list_filter = ("estado", "reentrenar", "mlflow_estado")
    search_fields = ("modelo_id", "nit", "nit_base")
    date_hierarchy = "entrenado_en"

    @admin.display(description="MLflow")
    def mlflow(self, modelo: ModeloML) -> str:
        if not modelo.mlflow_url.startswith(("http://", "https://")):
            return modelo.get_mlflow_estado_display()
        return format_html('<a href="{}">{}</a>', modelo.mlflow_url, modelo.get_mlflow_estado_display())


@admin.register(Pronostico)
class PronosticoAdmin(_SoloLectura):
    list_display = ("articulo_codigo", "articulo_nombre", "modelo", "modelo_usado")
    list_filter = ("modelo_usado", "modelo__estado", "modelo__modelo_id")
    search_fields = ("articulo_codigo", "articulo_nombre")
    list_select_related = ("modelo",)
    show_full_result_count = False
