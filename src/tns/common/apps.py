from django.apps import AppConfig


class CommonConfig(AppConfig):
    name = "tns.common"
    verbose_name = "Común"
