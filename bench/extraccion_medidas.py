"""One measurement of bench/extraccion.py in a process of its own: `extraccion_medidas.py WHAT ROWS`; answers JSON."""

from __future__ import annotations

import contextlib
import ctypes
import datetime as dt
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from tns.engines.loading.copying import Feed, load_window  # noqa: E402
from tns.engines.loading.plan import make_plan  # noqa: E402
from tns.engines.loading.windows import split_by_month  # noqa: E402
from tns.engines.progress import NullProgress  # noqa: E402
from tns.engines.sources.info import ConnectionInfo, SourceKind  # noqa: E402
from tns.engines.sources.reading import FirebirdSource, open_firebird  # noqa: E402
from tns.extraccion.models import MovimientoInventario  # noqa: E402
from tns.tareas.contexto import conexion_propia  # noqa: E402

FIREBIRD = json.loads(os.environ["BENCH_FIREBIRD"])
YEAR = (dt.date(2025, 1, 1), dt.date(2025, 12, 31))
COPIED = Path(os.environ["BENCH_CARPETA"]) / "filas.copy"


def info(rows: int) -> ConnectionInfo:
    return ConnectionInfo(
        SourceKind.FIREBIRD, "127.0.0.1", FIREBIRD["port"], "SYSDBA", FIREBIRD["password"], FIREBIRD["paths"][str(rows)]
    )


def empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE movimientos_inventario")


def feeds(source: FirebirdSource) -> list[Feed]:
    return [
        Feed(make_plan(part.layout), lambda a, b, part=part: source.blocks(part, a, b))  # type: ignore[misc]
        for part in source.parts
    ]


def load(rows: int, *, whole: bool) -> int:
    """Ours: every window of the year; with the source's totals and their comparison when `whole`."""
    loaded = 0
    with open_firebird(info(rows)) as source, conexion_propia() as target:
        totals = source.day_totals(*YEAR) if whole else None
        windows = split_by_month(*YEAR)
        source.announce([(part, window.desde, window.hasta) for window in windows for part in source.parts])
        for window in windows:
            result = load_window(
                target, company_id=1, window=window, feeds=feeds(source), record=lambda c, r: None,
                progress=NullProgress(),
            )  # fmt: skip
            loaded += result.rows
            if totals is not None:
                expected = sum(day.rows for date, day in totals.items() if window.desde <= date <= window.hasta)
                assert result.rows == expected
    return loaded


def fetch_limit(rows: int, *, joined: bool) -> int:
    """The C loop over fetchNext into the same buffer, and nothing else, of the lines that are really asked for.

    `joined` takes the query with its names, as whoever joins on the server has to read it.
    """
    from tns.engines.sources.firebird_rows import MessageReader
    from tns.engines.sources.reading import _params

    read = 0
    with open_firebird(info(rows)) as source:
        aparts = [None if joined else source.names.of(part.query, part.layout) for part in source.parts]
        clock.restart()
        for part, apart in zip(source.parts, aparts, strict=True):
            statement = apart.statement if apart else part.statement
            reader = MessageReader(source.connection, source.transaction, statement, _params(statement, *YEAR))
            buffer = ctypes.create_string_buffer(reader.layout.stride * 1000)
            while count := reader.fill(ctypes.addressof(buffer), 1000):
                read += count
            reader.close()
    return read


def copy_limit(rows: int) -> int:
    """COPY of the same rows, in the same format, from a file, into the same table."""
    with conexion_propia() as target:
        if not COPIED.exists():
            load(rows, whole=False)
            columns = "empresa_servidor_id, " + ", ".join(step.target for step in _steps(rows))
            with COPIED.open("wb") as file, target.cursor() as cursor:
                statement = f"COPY (SELECT {columns} FROM movimientos_inventario ORDER BY id) TO STDOUT (FORMAT binary)"
                with cursor.copy(statement) as copy:
                    for chunk in copy:
                        file.write(chunk)
            empty()
            clock.restart()
        columns = "empresa_servidor_id, " + ", ".join(step.target for step in _steps(rows))
        with COPIED.open("rb") as file, target.cursor() as cursor:
            with cursor.copy(f"COPY movimientos_inventario ({columns}) FROM STDIN (FORMAT binary)") as copy:
                while chunk := file.read(1 << 18):
                    copy.write(chunk)
            return cursor.rowcount


def _steps(rows: int) -> Any:
    with open_firebird(info(rows)) as source:
        return make_plan(source.parts[0].layout).steps


FIELDS = (
    "fecha", "codigo_documento", "articulo_codigo", "articulo_nombre", "cantidad", "precio_unitario", "valor_total",
    "prefijo", "numero", "origen_id", "bodega_nombre", "codigo_bodega", "nit_pagador", "pagador", "ciudad",
    "codigo_ciudad",
)  # fmt: skip


def naive(rows: int) -> int:
    """fetchmany(1000) and bulk_create(1000): what one writes first."""
    with open_firebird(info(rows)) as source:
        cursor = source.transaction.cursor()
        cursor.execute(source.parts[0].query.sql, YEAR)
        made = 0
        while batch := cursor.fetchmany(1000):
            MovimientoInventario.objects.bulk_create(map(_object, batch), batch_size=1000)
            made += len(batch)
        return made


def paged(rows: int) -> int:
    """ROWS x TO y, a thousand at a time, the query run again for each page: what earlier programs do."""
    made = 0
    with open_firebird(info(rows)) as source:
        cursor = source.transaction.cursor()
        while True:
            cursor.execute(f"{source.parts[0].query.sql}\nROWS {made + 1} TO {made + 1000}", YEAR)
            batch = cursor.fetchall()
            if not batch:
                return made
            MovimientoInventario.objects.bulk_create(map(_object, batch), batch_size=1000)
            made += len(batch)


def _object(row: tuple[Any, ...]) -> MovimientoInventario:
    clean = (value.replace("\0", "") if isinstance(value, str) else value for value in row)
    values = dict(zip(FIELDS, clean, strict=True))
    return MovimientoInventario(empresa_servidor_id=1, tipo_documento="FACTURA_VENTA", **values)


def dlt_way(rows: int) -> int:
    """dlt with its SQL source and pyarrow, installed apart by `make bench-extraccion`: it is no dependency of ours."""
    import dlt
    from dlt.destinations import postgres
    from dlt.sources.sql_database import sql_table

    source = info(rows)
    with open_firebird(source) as opened:
        query = opened.parts[0].query.sql.replace("?", "'2025-01-01'", 1).replace("?", "'2025-12-31'", 1)
        _run(source, f"RECREATE VIEW LINEAS AS {query}")
    url = (
        f"firebird+firebird://{source.user}:{source.password}@{source.host}:{source.port}/{source.path}?charset=WIN1252"
    )
    name = f"bench_{rows}"
    pipeline = dlt.pipeline(
        name, destination=postgres(os.environ["DATABASE_URL"]), dataset_name=name,
        pipelines_dir=os.environ["BENCH_CARPETA"],
    )  # fmt: skip
    clock.restart()
    lines = sql_table(url, table="lineas", backend="pyarrow", chunk_size=50_000).add_map(_without_nuls)
    pipeline.run(lines, loader_file_format="csv")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {name}.lineas")
        return int(cursor.fetchone()[0])


def _without_nuls(table: Any) -> Any:
    """What PostgreSQL takes in no text, and some installations pad theirs with."""
    import pyarrow as pa
    import pyarrow.compute as pc

    for i, column in enumerate(table.schema):
        if pa.types.is_string(column.type):
            table = table.set_column(i, column, pc.replace_substring(table.column(i), "\0", ""))
    return table


def _run(source: ConnectionInfo, statement: str) -> None:
    from firebird.driver import connect

    with connect(f"{source.host}/{source.port}:{source.path}", user=source.user, password=source.password) as owner:
        owner.execute_immediate(statement)
        owner.commit()


def prepare(rows: int) -> int:
    call_command("migrate", verbosity=0)
    return 0


class Clock:
    def __init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        self.wall, self.cpu = time.perf_counter(), time.process_time()


WAYS: dict[str, Callable[[int], int]] = {
    "preparar": prepare,
    "carga": lambda rows: load(rows, whole=False),
    "completa": lambda rows: load(rows, whole=True),
    "limite_lectura": lambda rows: fetch_limit(rows, joined=False),
    "limite_lectura_unida": lambda rows: fetch_limit(rows, joined=True),
    "limite_copy": copy_limit,
    "ingenuo": naive,
    "paginado": paged,
    "dlt": dlt_way,
}


def memory_mb() -> float:
    """The most that this process has held since its start, or since `forget_peak`."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def forget_peak() -> None:
    """What the imports took for a moment is no memory of the extraction."""
    Path("/proc/self/clear_refs").write_text("5")


def main() -> None:
    global clock
    what, rows = sys.argv[1], int(sys.argv[2])
    if what != "preparar":
        with contextlib.closing(connection.cursor()) as cursor:
            cursor.execute("SELECT 1")
        with open_firebird(info(rows)):
            pass  # the libraries are loaded before the clock starts
        empty()
    forget_peak()
    start_mb = memory_mb()
    clock = Clock()
    done = WAYS[what](rows)
    seconds, cpu = time.perf_counter() - clock.wall, time.process_time() - clock.cpu
    print(json.dumps({
        "filas": done, "segundos": round(seconds, 3), "filas_por_s": done / seconds, "rss_pico_mb": memory_mb(),
        "rss_sobre_inicio_mb": round(memory_mb() - start_mb, 1), "cpu_s": round(cpu, 2),
    }))  # fmt: skip


clock = Clock()
if __name__ == "__main__":
    main()
