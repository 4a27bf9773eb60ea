"""What the demo shows while it runs, what it found, and how a step fails."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from tns.engines.errors import TNSError
from tns.local.demo.cliente import Json
from tns.local.demo.comparacion import Comparison


class Bar(Protocol):
    """Progress of one step."""

    def total(self, units: int | None) -> None: ...

    def done(self, units: int, message: str = "") -> None: ...


class Screen(Protocol):
    """Where the steps are shown."""

    def step(self, title: str) -> AbstractContextManager[Bar]: ...


class PasoFallido(TNSError):
    """A step of the demo did not end as it must; `paso` is its title."""

    codigo = "demo_fallida"

    def __init__(self, paso: str, detalle: str, *, tecnico: str | None = None, que_hacer: str = "") -> None:
        super().__init__(detalle, tecnico=tecnico, que_hacer=que_hacer)
        self.paso = paso


@contextmanager
def naming(step: str) -> Iterator[None]:
    """Whatever goes wrong inside is told as the failure of that step, also what nobody foresaw."""
    try:
        yield
    except PasoFallido:
        raise
    except TNSError as error:
        raise PasoFallido(step, error.detalle, tecnico=error.tecnico, que_hacer=error.que_hacer) from error
    except Exception as error:
        trace = "".join(traceback.format_exception(error)[-6:])
        raise PasoFallido(step, f"Error inesperado: {error!r}.", tecnico=trace) from error


@dataclass(frozen=True)
class DemoServer:
    """One Firebird of the demo, as it is registered."""

    clave: str
    nombre: str
    puerto: int
    password: str = field(repr=False)
    ruta_maestra: str
    host: str = "127.0.0.1"
    usuario: str = "SYSDBA"


@dataclass
class Row:
    """One row of EMPRESAS in the summary."""

    servidor: str
    codigo: str
    nombre: str
    nit: str
    anio: int | None
    accion: str
    motivo: str
    empresa_id: int | None = None
    comparison: Comparison | None = None


@dataclass
class Outcome:
    """What the demo found, for the summary and its last line."""

    rows: list[Row] = field(default_factory=list)
    key: str = ""
    key_companies: int = 0
    models: list[Json] = field(default_factory=list)
    model_kinds: int = 0
    forecasts: int = 0
    articles: int = 0

    @property
    def companies(self) -> list[Row]:
        return [row for row in self.rows if row.comparison is not None]

    @property
    def skipped(self) -> int:
        return sum(row.accion == "omitida" for row in self.rows)

    @property
    def movements(self) -> int:
        return sum(row.comparison.target.rows for row in self.companies if row.comparison)

    @property
    def differences(self) -> list[str]:
        return [text for row in self.companies if row.comparison for text in row.comparison.differences]
