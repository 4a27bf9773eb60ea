"""A picture decoded within limits and written again: what comes out holds pixels and nothing else."""

from __future__ import annotations

import io
import struct
import zlib
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError

from tns.engines.media.errors import ArchivoRechazado

MAX_BYTES: Final = 5 * 1024 * 1024
MAX_PIXELES: Final = 16_000_000
MAX_LADO: Final = 1024
_FORMATOS: Final = ("PNG", "JPEG", "WEBP")
# What Pillow raises for files made to break decoders.
_ROTA: Final = (
    UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, TypeError, SyntaxError, EOFError,
    LookupError, ArithmeticError, AttributeError, struct.error, zlib.error, MemoryError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Imagen:
    """A picture ready to be shown: WebP, sRGB or grey turned RGB(A), sides of MAX_LADO pixels at most."""

    contenido: bytes
    ancho: int
    alto: int
    extension: str = "webp"


def preparar_imagen(contenido: bytes) -> Imagen:
    """Decode a PNG, JPEG or WebP of at most MAX_BYTES and MAX_PIXELES, and encode it again as WebP.

    The size is read before anything is decoded. Orientation is applied; metadata, colour profiles, further frames and
    whatever was appended stay behind. SVG is no picture but a program, and is refused like any other format.
    Raises ArchivoRechazado.
    """
    if len(contenido) > MAX_BYTES:
        raise ArchivoRechazado(
            f"La imagen pesa más de {MAX_BYTES // 1024**2} MB.",
            codigo="archivo_demasiado_grande",
            que_hacer="Redúzcala y súbala de nuevo.",
        )
    try:
        with Image.open(io.BytesIO(contenido), formats=_FORMATOS) as original:
            _exigir_tamano(original)
            original.draft("RGB", (MAX_LADO, MAX_LADO))
            imagen = ImageOps.exif_transpose(original)
            imagen.thumbnail((MAX_LADO, MAX_LADO), Image.Resampling.LANCZOS)
            return _escribir(imagen)
    except _ROTA as error:
        raise ArchivoRechazado(
            "El archivo no es una imagen PNG, JPEG o WebP que se pueda leer.",
            codigo="imagen_no_valida",
            que_hacer="Guárdela otra vez como PNG, JPEG o WebP y súbala.",
        ) from error


def _exigir_tamano(imagen: Image.Image) -> None:
    if imagen.width * imagen.height > MAX_PIXELES:
        raise ArchivoRechazado(
            f"La imagen mide {imagen.width} × {imagen.height}; el máximo es {MAX_PIXELES // 1_000_000} megapíxeles.",
            codigo="imagen_demasiado_grande",
            que_hacer=f"Redúzcala: se mostrará a lo sumo de {MAX_LADO} puntos de lado.",
        )


def _escribir(imagen: Image.Image) -> Imagen:
    transparente = imagen.has_transparency_data
    limpia = imagen.convert("RGBA" if transparente else "RGB")
    limpia.info.clear()  # colour profile, EXIF, XMP and comments travel there
    salida = io.BytesIO()
    limpia.save(salida, "WEBP", quality=90, method=4)
    return Imagen(salida.getvalue(), limpia.width, limpia.height)
