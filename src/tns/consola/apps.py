from django.apps import AppConfig


class ConsolaConfig(AppConfig):
    name = "tns.consola"
    verbose_name = "Consola"
