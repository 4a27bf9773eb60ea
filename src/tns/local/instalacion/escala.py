"""How big an installation is made: the same companies and oddities, more or fewer articles and lines."""

from __future__ import annotations

from enum import Enum


class Escala(Enum):
    """DEMO is what `tns demo` shows (≥ 300,000 lines); PRUEBA is for tests (some 3,000)."""

    DEMO = "demo"
    PRUEBA = "prueba"

    def articulos(self, demo: int) -> int:
        """Articles of a company that has `demo` of them in the demonstration."""
        return demo if self is Escala.DEMO else 14

    def lineas_mes(self, demo: int) -> float:
        """Sale lines a month of a company that has `demo` of them in the demonstration."""
        return float(demo) if self is Escala.DEMO else 6.0

    @property
    def clientes(self) -> int:
        return 140 if self is Escala.DEMO else 12

    @property
    def traslados_mes(self) -> int:
        """Transfers between warehouses in a month."""
        return 14 if self is Escala.DEMO else 1
