from django.apps import AppConfig


class ExtraccionConfig(AppConfig):
    name = "tns.extraccion"
    verbose_name = "Extracción"
