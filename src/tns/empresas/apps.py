from django.apps import AppConfig


class EmpresasConfig(AppConfig):
    name = "tns.empresas"
    verbose_name = "Empresas"
