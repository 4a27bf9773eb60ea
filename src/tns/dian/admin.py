from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from tns.common.cifrado import Secreto
from tns.cuentas.admin import AuditadoAdmin
from tns.dian.models import ArchivoRecibido, ConfiguracionDian, DocumentoDian, DocumentoRecibido, EventoDian

_SECRETOS = ("token", "clave_tecnica", "pin")


class SoloLectura(admin.ModelAdmin):
    """What the system writes is looked at, never edited."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ConfiguracionForm(forms.ModelForm):
    """Secrets go in and never come out; an empty box keeps the one there is."""

    token = forms.CharField(required=False, widget=forms.PasswordInput, help_text="Vacío conserva el guardado.")
    clave_tecnica = forms.CharField(required=False, widget=forms.PasswordInput, help_text="Vacía conserva la guardada.")
    pin = forms.CharField(required=False, widget=forms.PasswordInput, help_text="Vacío conserva el guardado.")

    class Meta:
        model = ConfiguracionDian
        fields = ["nit_base", "url_proveedor", "token", "clave_tecnica", "pin", "ambiente", "unidades", "activa"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.guardados = {nombre: getattr(self.instance, nombre) for nombre in _SECRETOS}
        for nombre in _SECRETOS:
            self.initial.pop(nombre, None)

    def clean(self) -> dict[str, Any]:
        datos = super().clean() or {}
        for nombre in _SECRETOS:
            guardado = self.guardados[nombre]
            if not datos.get(nombre) and isinstance(guardado, Secreto):
                datos[nombre] = guardado
        return datos


@admin.register(ConfiguracionDian)
class ConfiguracionDianAdmin(AuditadoAdmin):
    form = ConfiguracionForm
    list_display = ("nit_base", "url_proveedor", "ambiente", "activa", "actualizada")
    list_filter = ("ambiente", "activa")
    search_fields = ("nit_base", "url_proveedor")


class EventoEnLinea(admin.TabularInline):
    model = EventoDian
    extra = 0
    can_delete = False
    fields = readonly_fields = ("momento", "accion", "estado", "detalle")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(DocumentoDian)
class DocumentoDianAdmin(SoloLectura):
    list_display = ("__str__", "empresa_servidor", "fecha", "tercero_nombre", "total", "estado", "escrito_en")
    list_filter = ("estado", "codcomp", "fecha")
    search_fields = ("numero", "cufe", "nit_base", "tercero_nit", "tercero_nombre", "=kardex_id")
    list_select_related = ("empresa_servidor",)
    date_hierarchy = "fecha"
    inlines = (EventoEnLinea,)


@admin.register(DocumentoRecibido)
class DocumentoRecibidoAdmin(SoloLectura):
    list_display = ("__str__", "fecha", "emisor_nombre", "receptor_nombre", "total", "estado_codigo", "estado_firma")
    list_filter = (
        "sentido",
        "tipo",
        "estado_codigo",
        "estado_firma",
        "estado_totales",
        "en_conflicto",
        "veredicto_dian",
    )
    search_fields = ("numero", "codigo", "emisor_nit", "emisor_nombre", "receptor_nit", "receptor_nombre")
    list_select_related = ("empresa_servidor",)
    date_hierarchy = "fecha"
    exclude = ("xml",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("xml", "contenido", "verificacion")


@admin.register(ArchivoRecibido)
class ArchivoRecibidoAdmin(SoloLectura):
    list_display = ("nombre", "tamano", "recibido_en", "recibido_por")
    search_fields = ("nombre", "sha256")
    list_select_related = ("recibido_por",)
    exclude = ("contenido",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("contenido")
