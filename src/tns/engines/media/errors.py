"""Why a file is refused."""

from __future__ import annotations

from tns.engines.errors import TNSError


class ArchivoRechazado(TNSError):
    """The file is not kept; `codigo_estable` says why and stays the same between versions."""

    codigo = "archivo_rechazado"


def video_roto(tecnico: str) -> ArchivoRechazado:
    """The refusal of a container whose structure does not hold."""
    return ArchivoRechazado(
        "El archivo no es un video MP4 o WebM bien formado.",
        codigo="video_no_valido",
        que_hacer="Expórtelo otra vez como MP4 (H.264) o WebM y súbalo.",
        tecnico=tecnico,
    )
