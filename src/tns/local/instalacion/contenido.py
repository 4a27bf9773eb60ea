"""What a database is filled with, and the rows that do not come from KARDEX: stock and transfers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tns.local.instalacion.carga import Filas
from tns.local.instalacion.catalogo import UNIDAD, Catalogo, Enteros
from tns.local.instalacion.demanda import Ventas
from tns.local.instalacion.documentos import Libro
from tns.local.instalacion.escala import Escala
from tns.local.instalacion.esquema import DETRASLA, MATERIALSUC, SALMATERIAL, TRASLA, Tabla
from tns.local.instalacion.guion import Base
from tns.local.instalacion.inventario import Traslados, anio_de, costo, movimiento_del_anio


@dataclass(frozen=True)
class Contenido:
    """What one database is filled with: the company's whole book and the year to take from it."""

    base: Base
    sector: str
    catalogo: Catalogo
    ventas: Ventas
    libro: Libro
    traslados: Traslados
    escala: Escala

    @property
    def primer_id(self) -> int:
        """First MATID: a Visual TNS year may number its articles anew, only the code stays."""
        return 1 if self.base.charset == "WIN1252" else 1000 * (self.base.anio - 2020)

    @property
    def ajenos(self) -> int:
        """Articles whose name has a byte that Windows-1252 does not define."""
        return 2 if self.base.charset == "NONE" else 0


def existencias(contenido: Contenido) -> list[tuple[Tabla, Filas]]:
    """Stock at the end of the year: what the inventory note of January said, and the year's valid documents."""
    catalogo, anio = contenido.catalogo, contenido.base.anio
    cuantos = len(catalogo)
    saldo = movimiento_del_anio(contenido.libro, cuantos, anio)
    articulo = np.arange(cuantos)
    ultimo = 12 * (anio - int(anio_de(contenido.libro.documentos.dia[:1])[0])) + 11
    valor = costo(catalogo, contenido.ventas, articulo, np.full(cuantos, ultimo)) / 100
    precio = contenido.ventas.precio[:, ultimo] / 100
    suc: dict[str, Any] = {
        "MATID": articulo + contenido.primer_id, "SUCID": np.full(cuantos, 1), "EXISTENC": saldo / UNIDAD,
        "EXISTMIN": np.full(cuantos, 1.0), "EXISTMAX": np.full(cuantos, 500.0), "COSTO": valor, "ULTCOSTPROM": valor,
        **{f"PRECIO{lista}": precio * (1 - 0.02 * (lista - 1)) for lista in range(1, 6)},
        "INACTIVO": np.full(cuantos, b"N", "S1"),
    }  # fmt: skip
    por_bodega = np.zeros((cuantos, len(catalogo.sector.bodegas)), np.int64)
    por_bodega[articulo, catalogo.bodega] = saldo
    movidos = contenido.traslados
    de_este = (anio_de(movidos.dia) == anio) & (movidos.asentado == 1)
    np.subtract.at(por_bodega, (movidos.articulo[de_este], movidos.origen[de_este]), movidos.cantidad[de_este])
    np.add.at(por_bodega, (movidos.articulo[de_este], movidos.destino[de_este]), movidos.cantidad[de_este])
    mat, bod = np.indices(por_bodega.shape)
    sal = {
        "MATID": mat.ravel() + contenido.primer_id, "BODID": bod.ravel() + 1, "EXISTENC": por_bodega.ravel() / UNIDAD,
    }  # fmt: skip
    return [(MATERIALSUC, suc), (SALMATERIAL, sal)]


def filas_de_traslados(contenido: Contenido) -> list[tuple[Tabla, Filas]]:
    """Each transfer has one line: the pair of warehouses belongs to its header."""
    todos = contenido.traslados
    cuales = np.flatnonzero(anio_de(todos.dia) == contenido.base.anio)
    cuantos = len(cuales)
    numero = np.arange(1, cuantos + 1)
    cabeza = {
        "TRASLAID": numero,
        "CODPREFIJO": np.full(cuantos, b"00", "S4"),
        "NUMERO": np.char.mod(b"%06d", numero).astype("S12"),
        "FECHA": todos.dia[cuales],
        "FECASENTAD": np.ma.array(todos.dia[cuales], mask=todos.asentado[cuales] == 0),
        "PERIODO": texto_de(PERIODOS, mes(todos.dia[cuales])),
        "BODINI": todos.origen[cuales] + 1,
        "BODFIN": todos.destino[cuales] + 1,
        "SUCID": np.full(cuantos, 1),
    }
    linea = {
        "DETRASLAID": numero,
        "TRASLAID": numero,
        "MATID": todos.articulo[cuales] + contenido.primer_id,
        "CANTIDAD": todos.cantidad[cuales] / UNIDAD,
        "TIPUND": np.full(cuantos, b"D", "S1"),
    }
    return [(TRASLA, cabeza), (DETRASLA, linea)]


PERIODOS = [f"{numero:02d}" for numero in range(1, 13)]


def mes(dia: Enteros) -> Enteros:
    """0 for January."""
    return dia.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12


def texto_de(valores: list[str], indice: Enteros) -> NDArray[np.bytes_]:
    """The texts at those positions, as Windows-1252 bytes."""
    return np.array([valor.encode("cp1252") for valor in valores])[indice]
