from django.apps import AppConfig


class CuentasConfig(AppConfig):
    name = "tns.cuentas"
    verbose_name = "Cuentas"

    def ready(self) -> None:
        from tns.cuentas import esquema  # noqa: F401  registers how the schema names our ways to sign in
