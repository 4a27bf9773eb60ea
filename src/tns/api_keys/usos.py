"""Counting the uses of keys without a write per request: gathered in Valkey, poured into the table now and then."""

from __future__ import annotations

import logging
import time
import uuid
from datetime import UTC, datetime

import redis
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest

from tns.api_keys.models import APIKeyCliente
from tns.common.valkey import cliente

logger = logging.getLogger(__name__)
_ACUMULADO = "tns:llaves:usos"
_VOLCANDO = "tns:llaves:volcando:"


def anotar(llave_id: int) -> None:
    """Count one use; losing it because Valkey is away does not stop the request."""
    try:
        tuberia = cliente().pipeline(transaction=False)
        tuberia.hincrby(_ACUMULADO, f"{llave_id}:n", 1)
        tuberia.hset(_ACUMULADO, f"{llave_id}:t", str(int(time.time())))
        tuberia.execute()
    except redis.RedisError as error:
        logger.warning("No se contó el uso de una llave: %s", type(error).__name__)


def volcar() -> int:
    """Pour what was counted into the table; answers how many keys changed.

    The gathered hash is set aside under a name of its own first, so nothing counted meanwhile is lost; what a dead
    process had set aside is poured by the next one.
    """
    conexion = cliente()
    try:
        conexion.rename(_ACUMULADO, f"{_VOLCANDO}{uuid.uuid4().hex}")
    except redis.ResponseError:
        logger.debug("Ninguna llave se usó desde el último volcado")
    cambiadas = 0
    for apartado in list(conexion.scan_iter(match=f"{_VOLCANDO}*")):
        aparte: dict[bytes, bytes] = conexion.hgetall(apartado)  # type: ignore[assignment]
        with transaction.atomic():
            cambiadas += _sumar(aparte)
        conexion.delete(apartado)
    return cambiadas


def _sumar(aparte: dict[bytes, bytes]) -> int:
    cambiadas = 0
    for campo in sorted(aparte):
        llave_id, _, clase = campo.decode().partition(":")
        if clase != "n":
            continue
        momento = datetime.fromtimestamp(int(aparte.get(f"{llave_id}:t".encode(), b"0")), UTC)
        cambiadas += APIKeyCliente.objects.filter(id=int(llave_id)).update(
            contador_usos=F("contador_usos") + int(aparte[campo]), ultimo_uso=Greatest(F("ultimo_uso"), momento)
        )
    return cambiadas
