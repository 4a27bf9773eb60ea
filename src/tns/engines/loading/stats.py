"""What was seen while loading: the part of a run's report that only the rows can tell."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

REJECTION_TEXT = {
    "fecha_ausente": "sin fecha",
    "fecha_fuera_de_ventana": "con una fecha distinta de la pedida",
    "articulo_ausente": "sin código de artículo",
    "cantidad_ausente": "sin cantidad",
    "numero_invalido": "con un número que no se puede guardar",
}


@dataclass(slots=True)
class Stats:
    """Counts over any number of blocks; sums are integers of 1/10,000.

    `unknown_codes` counts rows by document code that became OTRO; `rejected` counts rows by reason.
    """

    read: int = 0
    written: int = 0
    stray_bytes: int = 0
    sum_quantity: int = 0
    sum_value: int = 0
    unknown_codes: Counter[str] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)

    def add(self, other: Stats) -> None:
        """Count `other`'s rows here too."""
        self.read += other.read
        self.written += other.written
        self.stray_bytes += other.stray_bytes
        self.sum_quantity += other.sum_quantity
        self.sum_value += other.sum_value
        self.unknown_codes.update(other.unknown_codes)
        self.rejected.update(other.rejected)

    def report(self) -> dict[str, Any]:
        """JSON-able, in Spanish."""
        return {
            "filas_leidas": self.read,
            "filas_cargadas": self.written,
            "bytes_no_decodificables": self.stray_bytes,
            "codigos_desconocidos": dict(sorted(self.unknown_codes.items())),
            "filas_rechazadas": [
                {"motivo": reason, "texto": REJECTION_TEXT[reason], "filas": count}
                for reason, count in sorted(self.rejected.items())
            ],
        }
