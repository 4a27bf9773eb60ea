from django.apps import AppConfig


class SistemaConfig(AppConfig):
    name = "tns.sistema"
    verbose_name = "Sistema"

    def ready(self) -> None:
        from tns.sistema import (
            checks,  # noqa: F401  what must be right before anything starts
            vigia,  # noqa: F401  the watch of workers and beat
        )
