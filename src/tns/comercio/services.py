"""Uploads of a shop or a kiosk: the file made safe, kept, and its address written where it belongs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.db import transaction

from tns.comercio import medios
from tns.comercio.models import EmpresaEcommerceConfig, EmpresaPersonalizacion
from tns.cuentas import auditoria
from tns.engines.media import Imagen, Video

Aspecto = TypeVar("Aspecto", EmpresaPersonalizacion, EmpresaEcommerceConfig)


def poner_medio(
    *, aspecto: Aspecto, columna: str, contenido: bytes, preparar: Callable[[bytes], Imagen | Video]
) -> Aspecto:
    """Keep an uploaded file and point `columna` to it; raises ArchivoRechazado for a file that cannot be shown safely.

    The file that was there before is removed once nobody shows it.
    """
    preparado = preparar(contenido)  # slow: before the transaction
    with transaction.atomic():
        aspecto = type(aspecto).objects.select_for_update(of=("self",)).get(pk=aspecto.pk)
        direccion = medios.guardar(preparado.contenido, preparado.extension)
        return _apuntar(aspecto, columna, direccion)


def quitar_medio(*, aspecto: Aspecto, columna: str) -> Aspecto:
    """Show nothing there any more; doing it twice is fine."""
    with transaction.atomic():
        aspecto = type(aspecto).objects.select_for_update(of=("self",)).get(pk=aspecto.pk)
        return _apuntar(aspecto, columna, "")


def _apuntar(aspecto: Aspecto, columna: str, direccion: str) -> Aspecto:
    antes = auditoria.fotografia(aspecto)
    setattr(aspecto, columna, direccion)
    aspecto.save(update_fields=[columna, "actualizada"])
    auditoria.registrar(auditoria.ACTUALIZAR, aspecto, antes=antes)
    return aspecto
