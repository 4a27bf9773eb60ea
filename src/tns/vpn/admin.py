from __future__ import annotations

from django.contrib import admin

from tns.vpn.models import ServidorWireGuard, VpnConfig, VpnEnlace, VpnMuestra


class SoloLectura:
    """Rows that only the program writes."""

    def has_add_permission(self, request: object, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: object, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: object, obj: object = None) -> bool:
        return False


class VpnConfigEnLinea(SoloLectura, admin.TabularInline):
    model = VpnConfig
    fields = ("nombre", "ip_address", "activo", "estado", "ultimo_handshake")
    readonly_fields = fields
    extra = 0
    show_change_link = True


@admin.register(ServidorWireGuard)
class ServidorWireGuardAdmin(SoloLectura, admin.ModelAdmin):
    list_display = ("nombre", "ssh_host", "interfaz", "endpoint_host", "red_ipv4", "ultima_lectura", "alarma_desde")
    list_filter = ("usar_sudo", ("alarma_desde", admin.EmptyFieldListFilter))
    search_fields = ("nombre", "ssh_host", "endpoint_host")
    exclude = ("ssh_password", "ssh_llave")
    inlines = [VpnConfigEnLinea]


@admin.register(VpnConfig)
class VpnConfigAdmin(SoloLectura, admin.ModelAdmin):
    """Changing a row here would not reach the server, so it is only looked at."""

    list_display = ("nombre", "servidor_wireguard", "servidor", "ip_address", "activo", "estado", "ultimo_handshake")
    list_filter = ("activo", "estado", "origen", "servidor_wireguard")
    list_select_related = ("servidor_wireguard", "servidor")
    search_fields = ("nombre", "ip_address", "public_key", "notas", "servidor__nombre")
    exclude = ("private_key", "preshared_key", "anterior_preshared_key")
    date_hierarchy = "creado"


@admin.register(VpnMuestra)
class VpnMuestraAdmin(SoloLectura, admin.ModelAdmin):
    list_display = ("instante", "config", "en_linea", "ultimo_handshake", "rx_bytes", "tx_bytes")
    list_filter = ("en_linea", "config__servidor_wireguard")
    list_select_related = ("config",)
    search_fields = ("config__nombre", "endpoint")
    date_hierarchy = "instante"


@admin.register(VpnEnlace)
class VpnEnlaceAdmin(SoloLectura, admin.ModelAdmin):
    list_display = ("config", "creado", "creado_por", "expira", "usado")
    list_filter = (("usado", admin.EmptyFieldListFilter),)
    list_select_related = ("config", "creado_por")
    search_fields = ("config__nombre",)
    exclude = ("token_sha256",)
