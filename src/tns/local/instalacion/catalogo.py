"""The articles of a company: codes, names, prices and the kind of demand each one has."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tns.local.instalacion.sectores import Sector

Enteros = NDArray[np.int64]

#: Kinds of demand, and how many articles of a hundred have each.
CLASES: dict[str, float] = {
    "estable": 24, "estacional": 27, "promocional": 13, "intermitente": 19, "erratica": 7, "en_extincion": 5,
    "nueva": 5,
}  # fmt: skip
_MARCAS = ("", "ECO", "PLUS", "SELECTA", "ANDES")
UNIDAD = 10_000  # quantities are kept as integers, in ten-thousandths


@dataclass(frozen=True)
class Catalogo:
    """Articles as parallel arrays of length A; a heading (`encabezados`) is a group's row of MATERIAL, not an article.

    Attributes:
        grupo: index into the sector's groups.
        precio: shelf price without IVA at the start, in cents.
        atomo: smallest quantity sold, in ten-thousandths of the stock unit.
        por_linea: mean atoms of a sale line.
        caja: units of the box the article is sold in too; 1 when there is none.
        clase: index into `CLASES`.
    """

    sector: Sector
    codigos: list[str]
    nombres: list[str]
    grupo: Enteros
    bodega: Enteros
    iva: Enteros
    precio: Enteros
    atomo: Enteros
    por_linea: NDArray[np.float64]
    caja: Enteros
    clase: Enteros

    def __len__(self) -> int:
        return len(self.codigos)

    @property
    def encabezados(self) -> list[tuple[str, str]]:
        """(code, name) of the headings; their codes end in a dot."""
        return [(grupo.codigo, grupo.nombre) for grupo in self.sector.grupos]

    def clase_de(self, articulo: int) -> str:
        return list(CLASES)[int(self.clase[articulo])]


def hacer_catalogo(azar: np.random.Generator, sector: Sector, cuantos: int) -> Catalogo:
    """Draw `cuantos` articles spread over the sector's groups."""
    pesos = np.array([len(grupo.nombres) * len(grupo.variantes) for grupo in sector.grupos], float)
    reparto = np.maximum(1, np.floor(cuantos * pesos / pesos.sum())).astype(int)
    reparto[np.argmax(reparto)] += cuantos - reparto.sum()
    filas: list[dict[str, Any]] = []
    for indice, (grupo, cantidad) in enumerate(zip(sector.grupos, reparto, strict=True)):
        nombres = [
            " ".join(filter(None, partes)) for partes in product(grupo.nombres, grupo.variantes, _MARCAS)
        ]  # name, variant, brand
        elegidos = sorted(azar.choice(len(nombres), size=int(cantidad), replace=False).tolist())
        for orden, cual in enumerate(elegidos, start=1):
            precio = float(np.exp(azar.uniform(*np.log(grupo.precio))))
            filas.append(
                {
                    "codigo": f"{grupo.codigo}{orden:03d}",
                    "nombre": nombres[cual],
                    "grupo": indice,
                    "bodega": grupo.bodega,
                    "iva": grupo.iva,
                    "precio": vitrina(np.array([precio * 100]), np.array([grupo.iva]), np.array([grupo.por_peso]))[0],
                    "atomo": 250 if grupo.por_peso else UNIDAD,
                    "por_linea": grupo.por_linea * (UNIDAD / 250 if grupo.por_peso else 1),
                    "caja": grupo.caja,
                }
            )
    clases = azar.choice(len(CLASES), size=len(filas), p=np.array(list(CLASES.values())) / sum(CLASES.values()))
    return Catalogo(
        sector=sector,
        codigos=[fila["codigo"] for fila in filas],
        nombres=[fila["nombre"] for fila in filas],
        grupo=_enteros(filas, "grupo"),
        bodega=_enteros(filas, "bodega"),
        iva=_enteros(filas, "iva"),
        precio=_enteros(filas, "precio"),
        atomo=_enteros(filas, "atomo"),
        por_linea=np.array([fila["por_linea"] for fila in filas], float),
        caja=_enteros(filas, "caja"),
        clase=clases.astype(np.int64),
    )


def vitrina(centavos: NDArray[np.float64], iva: Enteros, por_peso: NDArray[np.bool_]) -> Enteros:
    """Prices before IVA, in cents, of shelf prices rounded as a shop rounds them.

    The shelf price includes IVA and is a multiple of 10 pesos (below 1,000), 50 (below 20,000) or 100. What is sold
    by weight is a multiple of 10 pesos before IVA, so that quantity (three decimals) by price is exact to the cent.
    """
    con_iva = centavos * (100 + iva) / 100
    paso = np.where(con_iva < 100_000, 1_000, np.where(con_iva < 2_000_000, 5_000, 10_000))
    redondo = np.maximum(paso, np.rint(con_iva / paso) * paso)
    sin_iva = np.floor(redondo * 100 / (100 + iva) + 0.5)
    pesado = np.maximum(1_000, np.rint(centavos / 1_000) * 1_000)
    precios: Enteros = np.where(por_peso, pesado, sin_iva).astype(np.int64)
    return precios


def _enteros(filas: list[dict[str, Any]], campo: str) -> Enteros:
    return np.array([fila[campo] for fila in filas], np.int64)
