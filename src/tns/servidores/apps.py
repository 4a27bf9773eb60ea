from django.apps import AppConfig


class ServidoresConfig(AppConfig):
    name = "tns.servidores"
    verbose_name = "Servidores"
