"""Rate limits shared by every web process: a counter in Valkey per caller and window.

When Valkey does not answer nobody is turned away: a limit protects the service, it must not be what stops it.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass

import redis
from rest_framework import status

from tns.common.problemas import Problema
from tns.common.valkey import cliente

logger = logging.getLogger(__name__)
_PREFIJO = "tns:limite:"


class DemasiadasSolicitudes(Problema):
    estado_http = status.HTTP_429_TOO_MANY_REQUESTS
    codigo = "demasiadas_solicitudes"
    titulo = "Demasiadas solicitudes"


@dataclass(frozen=True, slots=True)
class Limite:
    """What is left in the present window.

    Attributes:
        maximo: requests allowed per window.
        usadas: requests counted in it, this one included.
        reinicio: whole seconds until the window ends, at least 1.
    """

    maximo: int
    usadas: int
    reinicio: int

    @property
    def excedido(self) -> bool:
        return self.usadas > self.maximo

    @property
    def cabeceras(self) -> dict[str, str]:
        """The headers that tell a program how much it may still ask."""
        return {
            "RateLimit-Limit": str(self.maximo),
            "RateLimit-Remaining": str(max(0, self.maximo - self.usadas)),
            "RateLimit-Reset": str(self.reinicio),
        }

    def exigir(self) -> None:
        """Raise DemasiadasSolicitudes when the limit is passed."""
        if self.excedido:
            raise DemasiadasSolicitudes(
                f"Se permiten {self.maximo} solicitudes por ventana.",
                que_hacer=f"Espere {self.reinicio} segundos e intente de nuevo.",
                cabeceras={"Retry-After": str(self.reinicio), **self.cabeceras},
            )


def ventana_de(nombre: str, segundos: int) -> tuple[str, int]:
    """The name of the present window's counter, and the whole seconds until the window ends, at least 1."""
    ahora = time.time()
    ventana = int(ahora // segundos)
    return f"{_PREFIJO}{nombre}:{segundos}:{ventana}", max(1, int((ventana + 1) * segundos - ahora))


def contar(nombre: str, *, maximo: int, segundos: int, sumar: int = 1) -> Limite:
    """Count `sumar` more (0 only looks) for `nombre` in the present window of `segundos`."""
    llave, reinicio = ventana_de(nombre, segundos)
    try:
        if not sumar:
            return Limite(maximo, int(cliente().get(llave) or 0), reinicio)  # type: ignore[arg-type]
        tuberia = cliente().pipeline(transaction=False)
        tuberia.incrby(llave, sumar)
        tuberia.expire(llave, segundos)
        usadas = int(tuberia.execute()[0])
    except redis.RedisError as error:
        logger.warning("No se pudo contar el límite: %s", type(error).__name__)
        usadas = 0
    return Limite(maximo, usadas, reinicio)
