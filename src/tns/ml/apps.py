from django.apps import AppConfig


class MlConfig(AppConfig):
    name = "tns.ml"
    verbose_name = "Modelos y pronósticos"

    def ready(self) -> None:
        from tns.ml import checks  # noqa: F401  registers the system checks
