"""`tns manage rotar_cifrado`: every stored secret under the first key of TNS_CLAVES_CIFRADO."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.db import models, transaction

from tns.common.cifrado import Secreto, SecretoField, SecretoIlegible


class Command(BaseCommand):
    help = "Vuelve a cifrar todos los secretos guardados con la primera clave de TNS_CLAVES_CIFRADO."

    def handle(self, *args: Any, **options: Any) -> None:
        rotados = ilegibles = 0
        for modelo in apps.get_models():
            campos = [c.attname for c in modelo._meta.concrete_fields if isinstance(c, SecretoField)]
            if campos:
                bien, mal = _rotar(modelo, campos)
                rotados, ilegibles = rotados + bien, ilegibles + mal
        self.stdout.write(f"Secretos cifrados con la primera clave: {rotados}.")
        if ilegibles:
            raise CommandError(
                f"{ilegibles} secretos no se pudieron descifrar con ninguna clave y quedaron como estaban: no retire "
                "ninguna clave hasta volver a escribirlos."
            )


def _rotar(modelo: type[models.Model], campos: list[str]) -> tuple[int, int]:
    """Rotate the secrets of one model; how many were and how many no key opens. Each row is locked while it changes."""
    rotados = ilegibles = 0
    for pk in list(modelo._default_manager.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            fila = modelo._default_manager.select_for_update().filter(pk=pk).values(*campos).first() or {}
            nuevos: dict[str, Secreto] = {}
            for campo, secreto in fila.items():
                try:
                    if secreto:
                        nuevos[campo] = secreto.rotado()
                except SecretoIlegible:
                    ilegibles += 1
            if nuevos:
                modelo._default_manager.filter(pk=pk).update(**nuevos)
                rotados += len(nuevos)
    return rotados, ilegibles
