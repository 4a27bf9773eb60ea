from django.contrib import admin

from tns.servidores.models import Servidor


@admin.register(Servidor)
class ServidorAdmin(admin.ModelAdmin):
    list_display = ("nombre", "tipo_servidor", "host", "puerto", "ruta_maestra", "actualizado")
    list_filter = ("tipo_servidor",)
    search_fields = ("nombre", "host", "ruta_maestra")
    exclude = ("password",)

    def has_add_permission(self, request: object) -> bool:
        return False  # a server needs its password, which the admin never shows nor takes
