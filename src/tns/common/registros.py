"""Log lines that say which request or task they belong to; as JSON where a machine reads them."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime

from tns.common import contexto

_CAMPOS = ("id_peticion", "tarea", "metodo", "ruta", "estado", "ms", "ip")


class ConContexto(logging.Filter):
    """Adds `id_peticion` and `tarea` to every record, and hides what opens something in the path of Django's own."""

    def filter(self, record: logging.LogRecord) -> bool:
        ahora = contexto.actual()
        record.id_peticion = getattr(record, "id_peticion", "") or ahora.id_peticion
        record.tarea = ahora.tarea
        peticion = getattr(record, "request", None)
        if record.name == "django.request" and isinstance(record.args, tuple) and len(record.args) == 2 and peticion:
            record.args = (record.args[0], contexto.sin_secretos(peticion))  # Django's words and the path
        record.quien = ahora.tarea or record.id_peticion or "-"
        return True


class FormatoJSON(logging.Formatter):
    """One JSON object per line."""

    def format(self, record: logging.LogRecord) -> str:
        linea: dict[str, object] = {
            "momento": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "nivel": record.levelname,
            "origen": record.name,
            "mensaje": record.getMessage(),
        }
        for campo in _CAMPOS:
            if (valor := getattr(record, campo, None)) not in (None, ""):
                linea[campo] = valor
        if record.exc_info:
            linea["traza"] = self.formatException(record.exc_info)
        return json.dumps(linea, ensure_ascii=False)
