from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.db import models
from django.http import HttpRequest

from tns.cuentas import auditoria
from tns.cuentas.models import Invitacion, RegistroAuditoria, Usuario


class AuditadoAdmin(admin.ModelAdmin):
    """What is done by the admin's forms goes to the audit trail as well."""

    def save_model(self, request: HttpRequest, obj: models.Model, form: Any, change: bool) -> None:
        antes = auditoria.fotografia(type(obj)._default_manager.get(pk=obj.pk)) if change else None
        super().save_model(request, obj, form, change)
        auditoria.registrar(auditoria.ACTUALIZAR if change else auditoria.CREAR, obj, antes=antes)

    def delete_model(self, request: HttpRequest, obj: models.Model) -> None:
        antes = auditoria.fotografia(obj)
        super().delete_model(request, obj)
        auditoria.registrar(auditoria.ELIMINAR, obj, antes=antes)

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> None:
        for objeto in queryset:
            self.delete_model(request, objeto)


@admin.register(Usuario)
class UsuarioAdmin(AuditadoAdmin, UserAdmin):
    list_display = ("username", "email", "rol", "is_active", "last_login")
    list_filter = ("rol", "is_active")
    fieldsets = (*(UserAdmin.fieldsets or ()), ("TNS Core", {"fields": ("rol", "nits_base", "clave_temporal")}))


@admin.register(Invitacion)
class InvitacionAdmin(AuditadoAdmin):
    list_display = ("email", "rol", "creada_por", "creada", "caduca", "usada_por")
    list_filter = ("rol",)
    search_fields = ("email", "creada_por__username")
    list_select_related = ("creada_por", "usada_por")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # its token is told once, by the API

    def has_change_permission(self, request: HttpRequest, obj: Invitacion | None = None) -> bool:
        return False


@admin.register(RegistroAuditoria)
class RegistroAuditoriaAdmin(admin.ModelAdmin):
    list_display = ("momento", "actor_nombre", "accion", "objeto_tipo", "objeto_nombre", "nit_base", "ip")
    list_filter = ("accion", "objeto_tipo", "actor_tipo")
    search_fields = ("actor_nombre", "objeto_nombre", "nit_base", "id_peticion")
    date_hierarchy = "momento"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: RegistroAuditoria | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: RegistroAuditoria | None = None) -> bool:
        return False
