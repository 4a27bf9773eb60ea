from django.apps import AppConfig


class ApiKeysConfig(AppConfig):
    name = "tns.api_keys"
    verbose_name = "API keys"

    def ready(self) -> None:
        # Register how the schema names the key, and follow the companies as they appear and change.
        from tns.api_keys import esquema, senales  # noqa: F401
