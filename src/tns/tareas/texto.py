"""What a customer's server sends may hold anything; what PostgreSQL stores may not."""

from __future__ import annotations

import json
import math
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder


def limpio(texto: str) -> str:
    """`texto` without NUL and without halves of surrogate pairs, which PostgreSQL refuses."""
    return texto.replace("\x00", "").encode("utf-8", "replace").decode()


def jsonable(valor: Any) -> Any:
    """`valor` as plain JSON types that `jsonb` takes: clean texts, numbers that are numbers (others become None).

    Raises TypeError for what has no JSON form.
    """
    return _sano(json.loads(json.dumps(valor, cls=DjangoJSONEncoder)))


def _sano(valor: Any) -> Any:
    if isinstance(valor, str):
        return limpio(valor)
    if isinstance(valor, float):
        return valor if math.isfinite(valor) else None
    if isinstance(valor, list):
        return [_sano(elemento) for elemento in valor]
    if isinstance(valor, dict):
        return {limpio(clave): _sano(elemento) for clave, elemento in valor.items()}
    return valor
