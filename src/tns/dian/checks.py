"""What the settings of DIAN must be, said at start."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register


@register
def comprobar_raices(**_: Any) -> list[CheckMessage]:
    """DIAN_RAICES, when given, is a readable PEM bundle."""
    ruta = settings.DIAN_RAICES
    if not ruta:
        return []
    from tns.engines.ubl.certificates import load_roots

    try:
        load_roots(Path(ruta).read_bytes())
    except (OSError, ValueError):
        mensaje = "DIAN_RAICES no es un archivo PEM con certificados que se pueda leer."
        return [
            Error(mensaje, hint="Indique el archivo de certificados raíz o deje la variable vacía.", id="dian.E001")
        ]
    return []
