"""ADMIN.GDB of each server, as untidy as the real ones."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tns.local.firebird import FirebirdServer
from tns.local.instalacion.esquema import EMPRESAS_ENTERO, EMPRESAS_TEXTO
from tns.local.instalacion.guion import CARPETA, Base, Clave, Empresa, Rareza

ARCHIVO = "ADMIN.GDB"
_BLANCOS = "   "


def escribir(servidor: FirebirdServer, clave: Clave, empresas: Sequence[Empresa], rarezas: Sequence[Rareza]) -> Path:
    """Create ADMIN.GDB: on server A the year is text and the charset WIN1252; on B an integer and NONE.

    Rows are stored in the reverse order of CODIGO, and every other one has blanks at the end of its texts.
    """
    ruta = servidor.database(ARCHIVO)
    filas = [_de_base(empresa, base) for empresa in empresas for base in empresa.bases if base.servidor == clave]
    filas += [
        (rara.codigo, rara.nombre, rara.nit, rara.anio, CARPETA + rara.archivo)
        for rara in rarezas
        if rara.servidor == clave
    ]
    filas.sort(key=lambda fila: str(fila[0]), reverse=True)
    es_texto = clave == "A"
    with servidor.create_database(ruta, charset="WIN1252" if es_texto else "NONE") as conexion:
        conexion.execute_immediate(EMPRESAS_TEXTO if es_texto else EMPRESAS_ENTERO)
        conexion.commit()
        with conexion.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO EMPRESAS (CODIGO, NOMBRE, NIT, ANOFIS, ARCHIVO) VALUES (?, ?, ?, ?, ?)",
                [_desordenar(fila, orden, es_texto) for orden, fila in enumerate(filas)],
            )
        conexion.commit()
    return ruta


def _de_base(empresa: Empresa, base: Base) -> tuple[str, str, str | None, str | None, str]:
    return base.codigo, empresa.nombre, base.nit, str(base.anio), base.ruta


def _desordenar(
    fila: tuple[str, str, str | None, str | None, str], orden: int, es_texto: bool
) -> tuple[str, str, str | None, str | int | None, str]:
    codigo, nombre, nit, anio, archivo = fila
    if not es_texto:
        return codigo, nombre, nit, None if anio is None else int(anio), archivo
    if orden % 2 or nit is None or anio is None:
        return codigo, nombre, nit, anio, archivo
    return codigo, nombre + _BLANCOS, nit + _BLANCOS, anio + " ", archivo + _BLANCOS
