"""One database as big as wanted, of the shape of Visual TNS, in seconds: for benches and tests of extraction."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import numpy as np

from tns.local.firebird import FirebirdServer
from tns.local.instalacion.carga import Filas, cargar, crear_llaves, crear_tabla
from tns.local.instalacion.catalogo import Enteros
from tns.local.instalacion.contenido import PERIODOS, mes, texto_de
from tns.local.instalacion.esquema import BODEGA, CIUDANE, DEKARDEX, KARDEX, MATERIAL, TABLAS, TERCEROS, Tabla
from tns.local.instalacion.maestros import ciudades, por_columnas

_POR_DOCUMENTO = 5
_TANDA = 100_000 * _POR_DOCUMENTO
_ARTICULOS = 2_000


@dataclass(frozen=True)
class BaseGrande:
    """Where it is and what an extraction of all of it must yield; dates go from `desde` to `hasta`, both included."""

    ruta: Path
    filas: int
    cantidad: Decimal
    valor_total: Decimal
    desde: str
    hasta: str


def crear_base_grande(
    servidor: FirebirdServer,
    filas: int,
    *,
    archivo: str = "GRANDE.GDB",
    anio: int = 2025,
    charset: str = "WIN1252",
    indices: bool = True,
) -> BaseGrande:
    """Make `archivo` anew in a started server, with `filas` lines of posted sale invoices spread over the year.

    The 21 columns that a movement takes from it come from KARDEX, DEKARDEX, MATERIAL, BODEGA and TERCEROS. The amounts
    follow from the row's number, so the same arguments give the same database.
    """
    ruta = servidor.database(archivo)
    ruta.unlink(missing_ok=True)
    with servidor.create_database(ruta, charset=charset, page_size=16384, forced_writes=False) as conexion:
        for tabla in TABLAS:
            crear_tabla(conexion, tabla)
        conexion.commit()
        cargar(servidor, conexion, _maestros())
        cantidad = valor = 0
        for desde in range(0, filas, _TANDA):
            orden = np.arange(desde, min(desde + _TANDA, filas), dtype=np.int64)
            linea, unidades, centavos = _lineas(orden)
            cargar(servidor, conexion, [(KARDEX, _cabezas(orden, filas, anio)), (DEKARDEX, linea)])
            cantidad += int(unidades.sum())
            valor += int((unidades * centavos).sum())
        if indices:
            for tabla in TABLAS:
                crear_llaves(conexion, tabla)
            conexion.commit()
    return BaseGrande(
        ruta,
        filas,
        Decimal(cantidad).quantize(Decimal("0.0001")),
        Decimal(valor).scaleb(-2),
        f"{anio}-01-01",
        f"{anio}-12-31",
    )


def _maestros() -> list[tuple[Tabla, Filas]]:
    bodegas = [(1, "01", "PRINCIPAL"), (2, "02", "IMPLANTES"), (3, "03", "EQUIPOS DE PODER")]
    clientes = [
        (i, f"{997_000_000 + i}", f"{997_000_000 + i}", "0", f"CLIENTE DE DEMOSTRACIÓN N.º {i:04d} SAS", "6010000000",
         f"CALLE {i}", f"cliente{i}@ejemplo.invalid", i % 8 + 1, "31", "J")
        for i in range(1, 501)
    ]  # fmt: skip
    articulos = [
        (i, f"ART{i:05d}", f"ARTÍCULO DE DEMOSTRACIÓN NÚMERO {i:05d}", "UND", 1, 1, 1, 3, 1, None)
        for i in range(1, _ARTICULOS + 1)
    ]
    return [
        (CIUDANE, ciudades()),
        (BODEGA, por_columnas(BODEGA, bodegas)),
        (TERCEROS, por_columnas(TERCEROS, clientes)),
        (MATERIAL, por_columnas(MATERIAL, articulos)),
    ]


def _cabezas(linea: Enteros, filas: int, anio: int) -> Filas:
    """Headers of the documents of those lines, evenly spread over the year, in order of date."""
    documento = np.unique(linea // _POR_DOCUMENTO)
    enero, fin = (int(np.datetime64(f"{cual}-01-01", "D").astype(np.int64)) for cual in (anio, anio + 1))
    dia = enero + documento * (fin - enero) // (filas // _POR_DOCUMENTO + 1)
    cuantos = len(documento)
    return {
        "KARDEXID": documento + 1,
        "CODCOMP": np.full(cuantos, b"FV", "S2"),
        "CODPREFIJO": np.full(cuantos, b"FE", "S4"),
        "NUMERO": np.char.mod(b"%08d", documento + 1).astype("S12"),
        "FECHA": dia,
        "FECASENTAD": dia,
        "PERIODO": texto_de(PERIODOS, mes(dia)),
        "CLIENTE": documento % 500 + 1,
        "SUCID": np.full(cuantos, 1),
    }


def _lineas(orden: Enteros) -> tuple[Filas, Enteros, Enteros]:
    """Lines by their number; also their units and their unit price in cents."""
    unidades, centavos = orden % 17 + 1, (orden * 7_919 % 900_000) + 1_000
    precio = centavos / 100
    filas = {
        "DEKARDEXID": orden + 1,
        "KARDEXID": orden // _POR_DOCUMENTO + 1,
        "MATID": orden * 31 % _ARTICULOS + 1,
        "BODID": orden % 3 + 1,
        "CANLISTA": unidades.astype(float),
        "CANMAT": unidades.astype(float),
        "TIPUND": np.full(len(orden), b"D", "S1"),
        **dict.fromkeys(("PRECIOLISTA", "PRECIOVTA", "PRECIONETO"), precio * 1.19),
        "PRECIOBASE": precio,
        "PRECIOIVA": precio * 0.19,
        "PORCIVA": np.full(len(orden), 19.0),
        "PARCVTA": unidades * centavos / 100,
    }
    return filas, unidades, centavos
