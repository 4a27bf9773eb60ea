from django.apps import AppConfig


class ApiKeysConfig(AppConfig):
    name = "tns.api_keys"
    verbose_name = "API keys"

    def ready(self) -> None:
        from tns.api_keys import senales  # noqa: F401  follows the companies as they appear and change
