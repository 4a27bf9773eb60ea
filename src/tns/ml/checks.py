"""What must be right in the installation before a model is written or read."""

from __future__ import annotations

import stat
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register


@register("ml")
def carpeta_de_modelos(app_configs: Any, **_: Any) -> list[CheckMessage]:
    """The models' folder, once it exists, is nobody else's to write: loading a joblib file runs what is in it."""
    carpeta = settings.MODELOS_ML_DIR
    if carpeta.is_dir() and carpeta.stat().st_mode & stat.S_IWOTH:
        return [
            Warning(
                f"Cualquier usuario del sistema puede escribir en {carpeta}.",
                hint="Quite el permiso de escritura a «otros»: un modelo es código que se ejecuta al cargarlo.",
                id="ml.W001",
            )
        ]
    return []
