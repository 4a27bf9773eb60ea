from django.contrib import admin
from django.http import HttpRequest

from tns.cuentas.admin import AuditadoAdmin
from tns.sistema.models import Programacion


@admin.register(Programacion)
class ProgramacionAdmin(AuditadoAdmin):
    list_display = ("nombre", "accion", "en_palabras", "activa", "ultima_corrida", "ultimo_mensaje")
    list_filter = ("accion", "activa")
    search_fields = ("nombre", "nit_base", "servidor__nombre", "empresa_servidor__nombre")
    list_select_related = ("servidor", "empresa_servidor")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # the API keeps the beat's own row in step

    def has_change_permission(self, request: HttpRequest, obj: Programacion | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Programacion | None = None) -> bool:
        return False
