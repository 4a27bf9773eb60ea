"""What is true of an installation: totals to the cent, articles, what discovery must answer, and the demand to come.

Which rows an extraction must yield (profile `kardex`): one per line of DEKARDEX whose document was posted
(FECASENTAD), not voided (FECANULADO), whose third party is not ANULA (or is none), whose code is not an order (PV, PC)
and whose article is not a heading (CODIGO ending in '.'); an unknown code is OTRO. And one TRASLADO per line of
DETRASLA of a posted TRASLA. Profile `movimientos`: every row of MOVIMIENTOS.

`cantidad` is CANMAT (CANTIDAD) as it is there: positive, signed only in inventory notes. `valor_total` is PARCVTA,
equal to CANMAT × PRECIOBASE; transfers have no price. Rounding: each amount is taken as a Decimal and rounded half up
on load, quantities to 4 decimals and money to 2; then sums are exact. (The databases hold floating point with dust in
the seventh decimal, so summing first and rounding later gives something else.)
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from tns.local.instalacion.guion import Clave, Resultado

REDONDEO = "Decimal, mitad hacia arriba al cargar: cantidades con 4 decimales, dinero con 2"


@dataclass(frozen=True)
class Total:
    """Rows and sums of a month and kind of document."""

    filas: int
    cantidad: Decimal
    valor_total: Decimal


@dataclass(frozen=True)
class VerdadBase:
    """What an extraction of one database must yield.

    Attributes:
        nit: as discovery must store it (no dots, hyphens or blanks); `nit_base` and `dv` split by the contract's rule.
        totales: month ("2024-01") → tipo_documento → totals.
        por_bodega: tipo_bodega → totals, by the rule of the warehouse's name.
        excluidas: reason → lines of DEKARDEX that must not come.
        otros: unknown CODCOMP → lines that come as OTRO.
        nombres_raros: article code → its name with a byte outside Windows-1252 decoded as latin-1.
    """

    servidor: Clave
    codigo: str
    nombre: str
    nit: str
    nit_base: str
    dv: str
    dv_correcto: bool
    anio: int
    ruta: str
    charset: str
    perfil: str
    lineas_dekardex: int
    articulos: int
    totales: dict[str, dict[str, Total]]
    por_bodega: dict[str, Total] = field(default_factory=dict)
    excluidas: dict[str, int] = field(default_factory=dict)
    otros: dict[str, int] = field(default_factory=dict)
    nombres_raros: dict[str, str] = field(default_factory=dict)

    def total(self, *, tipo: str | None = None, meses: Iterable[str] | None = None) -> Total:
        """Sum over some months and one kind of document; over all of them by default."""
        elegidos = self.totales if meses is None else meses
        partes = [
            total
            for mes in elegidos
            for nombre, total in self.totales.get(mes, {}).items()
            if tipo is None or nombre == tipo
        ]
        return Total(
            sum(parte.filas for parte in partes),
            sum((parte.cantidad for parte in partes), Decimal("0.0000")),
            sum((parte.valor_total for parte in partes), Decimal("0.00")),
        )


@dataclass(frozen=True)
class Descubierta:
    """What discovery must say of one row of EMPRESAS; rows with NULL NIT (`sin_nit`) are not even read."""

    servidor: Clave
    codigo: str
    nit: str | None
    anio: str | None
    resultado: Resultado
    motivo: str = ""
    ganador: tuple[str, str] | None = None


@dataclass(frozen=True)
class DemandaArticulo:
    """Monthly sales less returns: the past that the databases tell, and the future that they do not."""

    clase: str
    historia: list[float]
    futuro: list[float]


@dataclass(frozen=True)
class DemandaNit:
    meses: list[str]
    meses_futuros: list[str]
    articulos: dict[str, DemandaArticulo]


@dataclass(frozen=True)
class Verdad:
    semilla: int
    escala: str
    bases: list[VerdadBase]
    descubrimiento: list[Descubierta]
    demanda: dict[str, DemandaNit]
    redondeo: str = REDONDEO

    def base(self, servidor: Clave, codigo: str) -> VerdadBase:
        """The database that EMPRESAS calls so on that server."""
        return next(base for base in self.bases if (base.servidor, base.codigo) == (servidor, codigo))

    def cuenta(self, servidor: Clave, resultado: Resultado) -> int:
        """How many rows of that server's ADMIN.GDB must end so, server A discovered first."""
        return sum(1 for fila in self.descubrimiento if (fila.servidor, fila.resultado) == (servidor, resultado))

    def guardar(self, archivo: Path) -> None:
        archivo.write_text(json.dumps(asdict(self), default=str, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def cargar(cls, archivo: Path) -> Verdad:
        """Raises OSError, ValueError, KeyError or TypeError when the file is not a whole truth."""
        datos = json.loads(archivo.read_text(encoding="utf-8"))
        return cls(
            semilla=datos["semilla"],
            escala=datos["escala"],
            bases=[_base_de(base) for base in datos["bases"]],
            descubrimiento=[
                Descubierta(**{**fila, "ganador": tuple(fila["ganador"]) if fila["ganador"] else None})
                for fila in datos["descubrimiento"]
            ],
            demanda={
                nit: DemandaNit(
                    uno["meses"],
                    uno["meses_futuros"],
                    {codigo: DemandaArticulo(**articulo) for codigo, articulo in uno["articulos"].items()},
                )
                for nit, uno in datos["demanda"].items()
            },
        )


def _base_de(datos: dict[str, Any]) -> VerdadBase:
    totales = {mes: {tipo: _total_de(t) for tipo, t in tipos.items()} for mes, tipos in datos["totales"].items()}
    por_bodega = {tipo: _total_de(total) for tipo, total in datos["por_bodega"].items()}
    return VerdadBase(**{**datos, "totales": totales, "por_bodega": por_bodega})


def _total_de(datos: dict[str, Any]) -> Total:
    return Total(datos["filas"], Decimal(datos["cantidad"]), Decimal(datos["valor_total"]))
