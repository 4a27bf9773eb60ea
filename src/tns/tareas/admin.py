from django.contrib import admin
from django.http import HttpRequest

from tns.tareas.models import Tarea


@admin.register(Tarea)
class TareaAdmin(admin.ModelAdmin):
    list_display = ("titulo", "tipo", "estado", "etapa", "hecho", "total", "intentos", "creada", "terminada")
    list_filter = ("estado", "tipo", "cola")
    search_fields = ("titulo", "objeto", "nit_base", "id", "id_peticion")
    date_hierarchy = "creada"
    list_select_related = ("creada_por",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Tarea | None = None) -> bool:
        return False
