from django.contrib import admin
from django.contrib.auth.admin import UserAdmin

from tns.cuentas.models import Usuario


@admin.register(Usuario)
class UsuarioAdmin(UserAdmin):
    list_display = ("username", "email", "rol", "is_active", "last_login")
    list_filter = ("rol", "is_active")
    fieldsets = (*(UserAdmin.fieldsets or ()), ("TNS Core", {"fields": ("rol", "nits_base")}))
