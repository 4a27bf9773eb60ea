from django.apps import AppConfig


class DianConfig(AppConfig):
    name = "tns.dian"
    verbose_name = "DIAN"

    def ready(self) -> None:
        from tns.dian import checks  # noqa: F401
