from django.contrib import admin
from django.http import HttpRequest

from tns.api_keys.models import APIKeyCliente
from tns.cuentas.admin import AuditadoAdmin


@admin.register(APIKeyCliente)
class APIKeyClienteAdmin(AuditadoAdmin):
    list_display = (
        "nombre_cliente",
        "nit",
        "api_key_prefijo",
        "activa",
        "fecha_caducidad",
        "contador_usos",
        "ultimo_uso",
    )
    list_filter = ("activa",)
    search_fields = ("nombre_cliente", "nit", "nit_base", "api_key_prefijo")
    readonly_fields = ("nit", "nit_base", "api_key_prefijo", "contador_usos", "ultimo_uso", "reemplaza_a", "revocada")
    filter_horizontal = ("empresas_asociadas",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # a new key is told once, by the API
