from django.contrib import admin
from django.http import HttpRequest

from tns.comercio.models import EmpresaDominio, EmpresaEcommerceConfig, EmpresaPersonalizacion
from tns.cuentas.admin import AuditadoAdmin


@admin.register(EmpresaPersonalizacion)
class EmpresaPersonalizacionAdmin(AuditadoAdmin):
    list_display = ("empresa_servidor", "modo_visualizacion", "modo_teclado", "actualizada")
    search_fields = ("empresa_servidor__nombre", "empresa_servidor__nit")
    list_select_related = ("empresa_servidor",)
    autocomplete_fields = ("empresa_servidor",)


@admin.register(EmpresaEcommerceConfig)
class EmpresaEcommerceConfigAdmin(AuditadoAdmin):
    list_display = ("empresa_servidor", "activo", "tema", "pasarela_codigo", "pasarela_modo", "actualizada")
    list_filter = ("activo", "pasarela_modo")
    search_fields = ("empresa_servidor__nombre", "empresa_servidor__nit")
    list_select_related = ("empresa_servidor",)
    autocomplete_fields = ("empresa_servidor",)
    exclude = ("pasarela_secreto",)


@admin.register(EmpresaDominio)
class EmpresaDominioAdmin(AuditadoAdmin):
    list_display = ("dominio", "modo", "nit", "empresa_servidor", "activo")
    list_filter = ("modo", "activo")
    search_fields = ("dominio", "nit", "empresa_servidor__nombre")
    list_select_related = ("empresa_servidor",)
    autocomplete_fields = ("empresa_servidor",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # the API normalises the host name
