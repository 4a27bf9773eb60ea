"""`tns manage env_ejemplo > .env.example`: every variable with its explanation."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from tns.sistema.variables import ejemplo


class Command(BaseCommand):
    help = "Escribe el archivo .env.example con todas las variables explicadas."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(ejemplo(), ending="")
