"""Counting the uses of keys without a write per request: gathered in Valkey, poured into the table now and then."""

from __future__ import annotations

import logging
import time
import uuid
from datetime import UTC, datetime
from functools import lru_cache

import redis
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest
from redis.commands.core import Script

from tns.api_keys.models import APIKeyCliente
from tns.common.limites import Limite, ventana_de
from tns.common.valkey import cliente

logger = logging.getLogger(__name__)
_ACUMULADO = "tns:llaves:usos"
_VOLCANDO = "tns:llaves:volcando:"
_MINUTO = 60
# One exchange instead of three: is the address closed, the key's minute, the key's uses.
# KEYS: the key's window, the address's window, the gathered uses. ARGV: key (0: none), its limit, refusals allowed to
# the address (0: it is not looked at), seconds of a window, now. Answers whether the address is closed, and the count.
_CONTAR = """
local llave, maximo, rechazos = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local function sumar(nombre)
  local cuenta = redis.call('INCR', nombre)
  if cuenta == 1 then redis.call('EXPIRE', nombre, ARGV[4]) end
  return cuenta
end
if rechazos > 0 then
  local habidos = tonumber(redis.call('GET', KEYS[2]) or '0')
  if habidos >= rechazos or llave == 0 then
    return {habidos >= rechazos and 1 or 0, sumar(KEYS[2])}
  end
end
local usadas = sumar(KEYS[1])
if usadas <= maximo then
  redis.call('HINCRBY', KEYS[3], ARGV[1] .. ':n', 1)
  redis.call('HSET', KEYS[3], ARGV[1] .. ':t', ARGV[5])
end
return {0, usadas}
"""


def contar_uso(llave_id: int, *, maximo: int) -> Limite:
    """Count one request of a key in its minute and, when it is within `maximo`, one use of the key."""
    return _contar(llave_id, maximo)


def contar_validacion(llave_id: int | None, *, maximo: int, direccion: str, rechazos: int) -> Limite:
    """The same for a key shown by an address that may be guessing: `rechazos` of them a minute close it.

    Without a key it is the refusal that is counted. The answer is the key's limit, or the address's once it is closed;
    it costs the same one exchange whatever became of the key.
    """
    return _contar(llave_id, maximo, direccion=direccion, rechazos=rechazos)


def _contar(llave_id: int | None, maximo: int, *, direccion: str = "", rechazos: int = 0) -> Limite:
    de_llave, reinicio = ventana_de(f"llave:{llave_id or 0}", _MINUTO)
    de_direccion, _ = ventana_de(f"validar:no:{direccion}", _MINUTO)
    llaves = [de_llave, de_direccion, _ACUMULADO]
    argumentos = [llave_id or 0, maximo, rechazos, _MINUTO, int(time.time())]
    try:
        cerrada, usadas = _guion()(keys=llaves, args=argumentos)
    except redis.RedisError as error:
        logger.warning("No se contó el uso de una llave: %s", type(error).__name__)
        cerrada, usadas = 0, 0
    return Limite(rechazos if cerrada else maximo, int(usadas), reinicio)


@lru_cache(maxsize=1)
def _guion() -> Script:
    return cliente().register_script(_CONTAR)


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
