from django.apps import AppConfig


class TareasConfig(AppConfig):
    name = "tns.tareas"
    verbose_name = "Tareas"

    def ready(self) -> None:
        from tns.tareas import senales  # noqa: F401  takes up lost tasks as soon as a worker is ready
