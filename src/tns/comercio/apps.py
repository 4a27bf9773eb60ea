from django.apps import AppConfig


class ComercioConfig(AppConfig):
    name = "tns.comercio"
    verbose_name = "Comercio"

    def ready(self) -> None:
        from tns.comercio import senales  # noqa: F401  forgets resolved host names when something they tell changes
