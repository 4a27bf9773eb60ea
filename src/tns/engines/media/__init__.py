"""Pictures and videos that strangers send: made safe to show, or refused with the reason."""

from tns.engines.media.errors import ArchivoRechazado
from tns.engines.media.images import Imagen, preparar_imagen
from tns.engines.media.videos import Video, preparar_video

__all__ = ["ArchivoRechazado", "Imagen", "Video", "preparar_imagen", "preparar_video"]
