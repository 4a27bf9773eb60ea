"""`Authorization: Api-Key sk_…`."""

from __future__ import annotations

from typing import Any

from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from tns.api_keys import usos
from tns.api_keys.selectors import Portador, portador_de

ESQUEMA = "Api-Key"
RECHAZO = "La API key no existe, caducó o fue revocada."


class LlaveAuthentication(BaseAuthentication):
    """Finds the key's holder, counts the use and applies the key's own rate limit."""

    def authenticate(self, request: Request) -> tuple[Portador, None] | None:
        partes = get_authorization_header(request).split()
        if not partes or partes[0].lower() != ESQUEMA.lower().encode():
            return None
        portador = portador_de(partes[1].decode("latin-1")) if len(partes) == 2 else None
        if portador is None:
            raise AuthenticationFailed(RECHAZO)
        limite = usos.contar_uso(portador.pk, maximo=portador.llave.limite_por_minuto)
        peticion: Any = request._request
        peticion.cabeceras_de_limite = limite.cabeceras
        limite.exigir()
        return portador, None

    def authenticate_header(self, request: Request) -> str:
        return ESQUEMA
