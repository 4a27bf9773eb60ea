"""`tns manage clave_cifrado`: a new key for TNS_CLAVES_CIFRADO."""

from __future__ import annotations

from typing import Any

from cryptography.fernet import Fernet
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Crea una clave de cifrado nueva para TNS_CLAVES_CIFRADO. Guárdela también fuera de este equipo."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(Fernet.generate_key().decode())
