"""Log lines that say which request or task they belong to; as JSON where a machine reads them."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime

from tns.common import contexto


class ConContexto(logging.Filter):
    """Adds `id_peticion` and `tarea` to every record."""

    def filter(self, record: logging.LogRecord) -> bool:
        ahora = contexto.actual()
        record.id_peticion = ahora.id_peticion
        record.tarea = ahora.tarea
        record.quien = ahora.tarea or ahora.id_peticion or "-"
        return True


class FormatoJSON(logging.Formatter):
    """One JSON object per line."""

    def format(self, record: logging.LogRecord) -> str:
        linea = {
            "momento": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "nivel": record.levelname,
            "origen": record.name,
            "mensaje": record.getMessage(),
        }
        for campo in ("id_peticion", "tarea"):
            if valor := getattr(record, campo, ""):
                linea[campo] = valor
        if record.exc_info:
            linea["traza"] = self.formatException(record.exc_info)
        return json.dumps(linea, ensure_ascii=False)
