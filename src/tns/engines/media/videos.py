"""A video's container walked from end to end and cleaned in place (ADR 0095).

The streams are not decoded: a browser does that in its own sandbox. What is proved here is that the file is an MP4 or a
WebM and nothing else besides, that its codecs are those browsers play, and that size and duration are within limits.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from tns.engines.media import mp4, webm
from tns.engines.media.contents import Contents
from tns.engines.media.errors import ArchivoRechazado, video_roto

MAX_BYTES: Final = 30 * 1024 * 1024
MAX_SEGUNDOS: Final = 180
MAX_LADO: Final = 4096


@dataclass(frozen=True, slots=True)
class Video:
    """A video ready to be shown: same streams, no metadata."""

    contenido: bytes
    extension: str
    ancho: int
    alto: int
    segundos: float


def preparar_video(contenido: bytes) -> Video:
    """Check an MP4 or WebM of at most MAX_BYTES and blank what playing it does not need; raises ArchivoRechazado."""
    if len(contenido) > MAX_BYTES:
        raise ArchivoRechazado(
            f"El video pesa más de {MAX_BYTES // 1024**2} MB.",
            codigo="archivo_demasiado_grande",
            que_hacer="Expórtelo con menos calidad o más corto y súbalo de nuevo.",
        )
    datos = bytearray(contenido)
    if datos[4:8] == b"ftyp":
        extension, leido = "mp4", mp4.clean(datos)
    elif datos[:4] == webm.EBML_HEADER:
        extension, leido = "webm", webm.clean(datos)
    else:
        raise video_roto("neither MP4 nor WebM")
    _exigir(leido)
    return Video(bytes(datos), extension, leido.width, leido.height, round(leido.seconds, 1))


def _exigir(leido: Contents) -> None:
    if not (0 < leido.width <= MAX_LADO and 0 < leido.height <= MAX_LADO):
        raise ArchivoRechazado(
            f"El video mide {leido.width} × {leido.height}; el máximo es {MAX_LADO} de lado.",
            codigo="video_demasiado_grande",
            que_hacer="Expórtelo a 1920 × 1080 y súbalo.",
        )
    if not math.isfinite(leido.seconds) or not 0 < leido.seconds <= MAX_SEGUNDOS:
        raise ArchivoRechazado(
            f"El video debe durar entre 1 segundo y {MAX_SEGUNDOS // 60} minutos.",
            codigo="video_demasiado_largo",
            que_hacer="Recórtelo y súbalo de nuevo.",
        )
