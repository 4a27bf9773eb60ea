from django.apps import AppConfig


class CuentasConfig(AppConfig):
    name = "tns.cuentas"
    verbose_name = "Cuentas"
