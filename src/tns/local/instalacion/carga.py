"""Rows into Firebird at hundreds of thousands a second: arrays → external table → INSERT … SELECT.

The driver's executemany inserts some 1,700 rows a second; this way some 600,000 (see ADR 0020). An external table is
a file of fixed-length records in the machine's own representation, read by the server itself, so it must lie in the
one folder that the server's configuration allows.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tns.local.firebird import FirebirdServer
from tns.local.instalacion.esquema import Tabla

if TYPE_CHECKING:
    from firebird.driver import Connection

#: Columns by name: numbers, days since 1970-01-01 for dates, bytes for text; a masked array has NULLs.
Filas = Mapping[str, NDArray[np.generic]]

_NULO = np.iinfo(np.int32).min
_DIA_CERO = 40_587  # Firebird counts days from 1858-11-17
_FECHA_NULA = -678_575  # 0001-01-01, which no document has
_LARGO = re.compile(r"(?:VAR)?CHAR\((\d+)\)")


def crear_tabla(conexion: Connection, tabla: Tabla, *, tipo_fecha: str = "TIMESTAMP", nueva: bool = True) -> None:
    """CREATE TABLE without keys nor indexes (see `crear_llaves`)."""
    llave = {columna.strip() for columna in (tabla.llave or "").split(",")}
    columnas = [
        f"{nombre} {tipo_fecha if tipo == 'FECHA' else tipo}{' NOT NULL' if nombre in llave else ''}"
        for nombre, tipo in tabla.de_version(nueva).items()
    ]
    conexion.execute_immediate(f"CREATE TABLE {tabla.nombre} ({', '.join(columnas)})")


def crear_llaves(conexion: Connection, tabla: Tabla) -> None:
    """Primary key, indexes and foreign keys, over rows that are already there and committed."""
    nombre = tabla.nombre
    if tabla.llave:
        conexion.execute_immediate(f"ALTER TABLE {nombre} ADD CONSTRAINT PK_{nombre} PRIMARY KEY ({tabla.llave})")
    for orden, columnas in enumerate(tabla.indices, start=1):
        conexion.execute_immediate(f"CREATE INDEX {nombre}_I{orden} ON {nombre} ({columnas})")
    for columna, otra, suya in tabla.foraneas:
        llave = f"CONSTRAINT FK_{nombre}_{columna} FOREIGN KEY ({columna}) REFERENCES {otra} ({suya})"
        conexion.execute_immediate(f"ALTER TABLE {nombre} ADD {llave}")


def cargar(
    servidor: FirebirdServer, conexion: Connection, tablas: Sequence[tuple[Tabla, Filas]], *, nueva: bool = True
) -> None:
    """Insert rows into tables that are already there and committed; columns that a table's rows lack stay NULL.

    All the tables go in three transactions, because each commit of a definition costs more than thousands of rows.
    """
    externas = [_Externa(servidor, tabla, filas, nueva) for tabla, filas in tablas if len(next(iter(filas.values())))]
    try:
        for paso in (_Externa.creacion, _Externa.insercion, _Externa.supresion):
            for externa in externas:
                conexion.execute_immediate(paso(externa))
            conexion.commit()
    finally:
        for externa in externas:
            externa.archivo.unlink(missing_ok=True)


class _Externa:
    """The file of one table's rows, and the three statements that bring it in."""

    def __init__(self, servidor: FirebirdServer, tabla: Tabla, filas: Filas, nueva: bool) -> None:
        self.tabla = tabla.nombre
        self.tipos = {columna: tipo for columna, tipo in tabla.de_version(nueva).items() if columna in filas}
        self.orden = sorted(self.tipos, key=lambda columna: -_ancho(self.tipos[columna])[0])
        self.archivo = servidor.externos / f"{uuid.uuid4().hex}.dat"
        cuantas = len(next(iter(filas.values())))
        bloque = np.zeros(cuantas, np.dtype([(columna, _ancho(self.tipos[columna])[1]) for columna in self.orden]))
        for columna in self.orden:
            bloque[columna] = _valores(filas[columna], self.tipos[columna])
        bloque.tofile(self.archivo)

    def creacion(self) -> str:
        columnas = ", ".join(f"{columna} {_tipo_externo(self.tipos[columna])}" for columna in self.orden)
        return f"CREATE TABLE X_{self.tabla} EXTERNAL FILE '{self.archivo}' ({columnas})"

    def insercion(self) -> str:
        lectura = ", ".join(_lectura(columna, self.tipos[columna]) for columna in self.orden)
        # Every name comes from this package's own list of tables.
        return f"INSERT INTO {self.tabla} ({', '.join(self.orden)}) SELECT {lectura} FROM X_{self.tabla}"  # noqa: S608

    def supresion(self) -> str:
        return f"DROP TABLE X_{self.tabla}"


def texto(valores: list[str | bytes], largo: int) -> NDArray[np.bytes_]:
    """Windows-1252 bytes padded with blanks, as the fixed-length fields of an external table want them."""
    crudos = [valor if isinstance(valor, bytes) else valor.encode("cp1252") for valor in valores]
    return np.array([crudo.ljust(largo)[:largo] for crudo in crudos], f"S{largo}")


def _ancho(tipo: str) -> tuple[int, str]:
    """(size that orders the record, numpy type): wider first, so that no field needs padding."""
    if tipo.startswith(("DOUBLE", "NUMERIC")):
        return 8, "<f8"
    if tipo == "TIMESTAMP":
        return 8, "<u8"
    if tipo in ("INTEGER", "FECHA", "DATE"):
        return 4, "<i4"
    return 0, f"S{_largo(tipo)}"


def _largo(tipo: str) -> int:
    hallado = _LARGO.fullmatch(tipo)
    return int(hallado[1]) if hallado else 200


def _tipo_externo(tipo: str) -> str:
    if tipo.startswith(("DOUBLE", "NUMERIC")):
        return "DOUBLE PRECISION"
    if tipo in ("INTEGER", "TIMESTAMP"):
        return tipo
    return "DATE" if tipo in ("FECHA", "DATE") else f"CHAR({_largo(tipo)})"


def _valores(columna: NDArray[np.generic], tipo: str) -> NDArray[np.generic]:
    ancho = _ancho(tipo)[1]
    if ancho.startswith("S"):
        largo = int(ancho[1:])
        if columna.dtype.itemsize == largo and not np.ma.is_masked(columna):
            return np.ma.getdata(columna)
        relleno = np.char.ljust(np.ma.getdata(columna), largo)
        return np.where(np.ma.getmaskarray(columna), b" " * largo, relleno)
    if tipo == "TIMESTAMP":
        return _momento(np.ma.getdata(columna))
    datos, nulos = np.ma.getdata(columna), np.ma.getmaskarray(columna)
    if tipo in ("FECHA", "DATE"):
        return np.where(nulos, _FECHA_NULA, datos + _DIA_CERO)
    return np.where(nulos, _NULO, datos)


def _momento(segundos: NDArray[np.generic]) -> NDArray[np.uint64]:
    """Seconds since 1970 as Firebird's pair (day, ten-thousandths of a second), packed little-endian."""
    dia, resto = np.divmod(segundos.astype(np.int64), 86_400)
    return (dia + _DIA_CERO).astype(np.uint64) | ((resto * 10_000).astype(np.uint64) << np.uint64(32))


def _lectura(columna: str, tipo: str) -> str:
    if tipo in ("FECHA", "DATE"):
        return f"NULLIF({columna}, DATE '0001-01-01')"
    if tipo == "INTEGER":
        return f"NULLIF({columna}, {_NULO})"
    if tipo.startswith("DOUBLE") or tipo == "TIMESTAMP":
        return columna
    if tipo.startswith("NUMERIC"):
        return f"CAST({columna} AS {tipo})"
    return f"NULLIF(TRIM(TRAILING FROM {columna}), '')"
