"""A company of 100,000 movements in the stack's database, and how soon its table answers to each act of a person."""

from __future__ import annotations

import contextlib
import statistics
from collections.abc import Callable, Iterator
from typing import Any

import psycopg

from tns.local.estado import read_environment
from tns.local.rutas import data_directory

FILAS = 100_000
ANIO = 1999
VECES = 5


def _copiar(conexion: psycopg.Connection[Any], tabla: str, cambios: str, de: str) -> str:
    """The order that copies rows of `tabla` with other values in some columns; generated ones are left to it."""
    columnas = ", ".join(
        str(nombre)
        for (nombre,) in conexion.execute(
            "SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
            " AND NOT attisdropped AND attgenerated = ''",
            (tabla,),
        )
    )
    serie = f"nextval(pg_get_serial_sequence('{tabla}', 'id'))"
    return (
        f"INSERT INTO {tabla} ({columnas}) SELECT {', '.join(f'copia.{c}' for c in columnas.split(', '))}"
        f" FROM (SELECT * FROM {tabla} t {de}) t, LATERAL jsonb_populate_record(null::{tabla},"
        f" to_jsonb(t) || jsonb_build_object('id', {serie}, {cambios})) copia"
    )


@contextlib.contextmanager
def empresa_grande(modelo: int) -> Iterator[int]:
    """Id of a copy of the company `modelo`, of another year and with 100,000 movements; gone at the end."""
    with psycopg.connect(read_environment(data_directory())["DATABASE_URL"], autocommit=True) as conexion:
        empresa = _copiar(
            conexion, "empresas_servidor", "'anio_fiscal', %s::int, 'codigo', 'GRANDE'", "WHERE t.id = %s"
        )
        fila = conexion.execute(f"{empresa} RETURNING id", (modelo, ANIO)).fetchone()
        assert fila is not None
        try:
            movimientos = _copiar(
                conexion, "movimientos_inventario", "'empresa_servidor_id', %s::bigint", f"LIMIT {FILAS}"
            )
            conexion.execute(movimientos, fila)
            conexion.execute("ANALYZE movimientos_inventario")
            yield int(fila[0])
        finally:
            conexion.execute("DELETE FROM movimientos_inventario WHERE empresa_servidor_id = %s", fila)
            conexion.execute("DELETE FROM empresas_servidor WHERE id = %s", fila)


def _acto(hoja: Any, hacer: Callable[[], Any], pausa_ms: int) -> float:
    """Milliseconds from what a person does until its answer is drawn."""
    inicio = hoja.evaluate("() => performance.now()")
    hacer()
    hoja.wait_for_function(
        f"(inicio) => window.__vigia.util > inicio && performance.now() - window.__vigia.util > {pausa_ms}", arg=inicio
    )
    return float(hoja.evaluate("() => window.__vigia.util")) - float(inicio)


def tabla_grande(hoja: Any, direccion: str, abrir: Callable[[Any, str], Any], pausa_ms: int) -> dict[str, Any]:
    """Median milliseconds of opening, sorting, searching and turning the page of the table at `direccion`."""
    veces: dict[str, list[float]] = {}
    buscador = hoja.get_by_placeholder("Buscar artículo")
    for _ in range(VECES):
        veces.setdefault("abrir_la_ultima_pagina_ms", []).append(
            abrir(hoja, f"{direccion}?pagina={FILAS // 25}&orden=fecha")[0]
        )
        veces.setdefault("abrir_ms", []).append(abrir(hoja, direccion)[0])
        actos = {
            "ordenar_ms": hoja.get_by_role("button", name="Valor", exact=True).click,
            "siguiente_pagina_ms": hoja.get_by_role("button", name="Página siguiente").click,
            "buscar_ms": lambda: buscador.fill("tornillo"),
        }  # fmt: skip
        for nombre, hacer in actos.items():
            veces.setdefault(nombre, []).append(_acto(hoja, hacer, pausa_ms))
    return {"filas": FILAS} | {nombre: round(statistics.median(ms)) for nombre, ms in veces.items()}
