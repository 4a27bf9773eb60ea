"""Uploading the pictures and videos of a shop or a kiosk, and showing them to anybody."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from tns.comercio import medios, services
from tns.common import problemas
from tns.common.problemas import DatosInvalidos
from tns.engines.media import Imagen, Video

_TROZO = 256 * 1024
_RANGO = re.compile(r"bytes=(\d*)-(\d*)")
# Whatever a browser is told to do with the file, it is a picture or a video and no page.
_CABECERAS = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Accept-Ranges": "bytes",
}


class SubidaMedioSerializer(serializers.Serializer):
    archivo = serializers.FileField(help_text="El archivo, en multipart/form-data.")


class ConMedios:
    """Of a view set of looks: answers the upload and the removal of one of its files."""

    def responder_medio(self, columna: str, preparar: Callable[[bytes], Imagen | Video]) -> Response:
        vista: Any = self
        aspecto = vista.get_object()
        if vista.request.method == "DELETE":
            services.quitar_medio(aspecto=aspecto, columna=columna)
            return Response(status=status.HTTP_204_NO_CONTENT)
        contenido = _subido(vista.request)
        aspecto = services.poner_medio(aspecto=aspecto, columna=columna, contenido=contenido, preparar=preparar)
        return Response(vista.get_serializer(aspecto).data)


def _subido(request: Request) -> bytes:
    archivos = request.FILES.getlist("archivo")
    if len(archivos) != 1:
        raise DatosInvalidos({"archivo": ["Envíe un archivo en este campo, como multipart/form-data."]})
    archivo: UploadedFile = archivos[0]
    return archivo.read()


def ver_medio(request: HttpRequest, nombre: str) -> HttpResponseBase:
    """The file of that name, whole or the part asked for, to anybody: its name is its content's hash."""
    if request.method not in ("GET", "HEAD"):
        return problemas.de_estado(405, "Este archivo solo se lee.")
    ruta = medios.ruta_de(nombre)
    if ruta is None:
        return problemas.de_estado(404, "Ese archivo no existe o ya no se muestra.")
    etiqueta, tamano = f'"{nombre[:64]}"', ruta.stat().st_size
    if request.headers.get("If-None-Match") == etiqueta:
        return HttpResponse(status=304, headers=_CABECERAS | {"ETag": etiqueta})
    rango = _rango(request.headers.get("Range", ""), tamano)
    if rango is None:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{tamano}"})
    inicio, fin = rango
    cabeceras = _CABECERAS | {"ETag": etiqueta, "Content-Length": str(fin - inicio)}
    if parcial := fin - inicio < tamano:
        cabeceras["Content-Range"] = f"bytes {inicio}-{fin - 1}/{tamano}"
    tipo = medios.TIPOS[ruta.suffix[1:]]
    estado = 206 if parcial else 200
    if request.method == "HEAD":
        return HttpResponse(status=estado, content_type=tipo, headers=cabeceras)
    leer = _trozos_async if isinstance(request, ASGIRequest) else _trozos
    return StreamingHttpResponse(leer(ruta, inicio, fin), status=estado, content_type=tipo, headers=cabeceras)


def _rango(pedido: str, tamano: int) -> tuple[int, int] | None:
    """The bytes [start, end) of a Range header; everything when there is none that we serve, None when out of reach."""
    partes = _RANGO.fullmatch(pedido.strip())
    if partes is None or partes.groups() == ("", "") or len(pedido) > 60:
        return 0, tamano
    primero, ultimo = partes.groups()
    if not primero:
        return (max(0, tamano - int(ultimo)), tamano) if int(ultimo) else None
    fin = min(int(ultimo) + 1, tamano) if ultimo else tamano
    return (int(primero), fin) if int(primero) < fin else None


def _trozos(ruta: Path, inicio: int, fin: int) -> Iterator[bytes]:
    with ruta.open("rb") as archivo:
        archivo.seek(inicio)
        while inicio < fin and (trozo := archivo.read(min(_TROZO, fin - inicio))):
            inicio += len(trozo)
            yield trozo


async def _trozos_async(ruta: Path, inicio: int, fin: int) -> AsyncIterator[bytes]:
    """Piece by piece as the client takes them; a piece comes from the page cache, which is no wait worth a thread."""
    for trozo in _trozos(ruta, inicio, fin):
        yield trozo
