"""A sheet as the answer of a request."""

from __future__ import annotations

from django.http import HttpResponse

from tns.ml.exportacion import FORMATOS, Hoja


def descarga(hoja: Hoja, formato: str, nombre: str) -> HttpResponse:
    """`hoja` in one of FORMATOS, as the file `nombre` with the extension of the format."""
    escribir, tipo, extension = FORMATOS[formato]
    encabezados = {"Content-Disposition": f'attachment; filename="{nombre}.{extension}"'}
    return HttpResponse(escribir(hoja), content_type=tipo, headers=encabezados)
