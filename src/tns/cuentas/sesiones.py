"""Sessions kept with whose they are and where they were opened from, so that people see theirs and close them."""

from __future__ import annotations

import hashlib
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as EnLaBase
from django.utils import timezone

from tns.common import contexto

_ENTRADA = "tns_entrada"


class SessionStore(EnLaBase):
    """Django's sessions in the database, in a table of ours (SESSION_ENGINE)."""

    @classmethod
    def get_model_class(cls) -> Any:
        from tns.cuentas.models import Sesion

        return Sesion

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        """The row of this session; how it was opened travels in its data, since every save writes the row anew."""
        usuario_id = data.get(SESSION_KEY)
        if usuario_id and _ENTRADA not in data:
            data[_ENTRADA] = _de_donde()
        fila = super().create_model_instance(data)
        entrada = data.get(_ENTRADA, {})
        fila.usuario_id = usuario_id
        fila.identificador = identificador_de(fila.session_key)
        fila.abierta, fila.ip = entrada.get("abierta"), entrada.get("ip")
        fila.navegador = entrada.get("navegador", "")
        return fila


def identificador_de(session_key: str) -> str:
    """What names a session to its owner: the key itself opens it, and is told to nobody."""
    return hashlib.sha256(session_key.encode()).hexdigest()[:32]


def _de_donde() -> dict[str, Any]:
    ahora = contexto.actual()
    agente = ahora.peticion.headers.get("User-Agent", "") if ahora.peticion is not None else ""
    return {"abierta": timezone.now().isoformat(), "ip": ahora.ip, "navegador": agente.replace("\0", "")[:200]}
