from django.contrib import admin

from tns.empresas.models import EmpresaServidor


@admin.register(EmpresaServidor)
class EmpresaServidorAdmin(admin.ModelAdmin):
    list_display = ("nombre", "nit", "anio_fiscal", "servidor", "estado", "ultima_extraccion")
    list_filter = ("servidor", "anio_fiscal", "estado")
    search_fields = ("nombre", "nit", "nit_base", "codigo")
    list_select_related = ("servidor",)
    readonly_fields = ("nit", "nit_base", "nit_dv", "nit_dv_correcto", "ultima_extraccion")
    autocomplete_fields = ("servidor",)

    def has_add_permission(self, request: object) -> bool:
        return False  # companies come from discovery or the API, which keep the NIT's columns in step
