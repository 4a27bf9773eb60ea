"""`make bench-extraccion`: rows per second from a real Firebird to a real PostgreSQL, beside the usual ways to do it.

Every measurement is a process of its own over the same databases (the tables of Visual TNS, joined as profile `kardex`
joins them) and the same table with its indexes. `filas_por_s` loads every window of a year; `filas_por_s_completa` also
counts the source first and reconciles, as an extraction does. The limit is the slower of two loops without any work
between: fetching the same query in C, and COPY of the same rows from a file.

Prints a table and writes bench/resultados/extraccion.json.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
RESULT = Path(__file__).parent / "resultados" / "extraccion.json"
MEASURE = Path(__file__).with_name("extraccion_medidas.py")


@contextmanager
def stack(sizes: list[int]) -> Iterator[dict[str, str]]:
    """PostgreSQL and Firebird with a database per size; gives the environment that reaches them."""
    from tns.local.firebird import FirebirdServer
    from tns.local.guardian import Guard
    from tns.local.instalacion import crear_base_grande
    from tns.local.rutas import temporary_directory
    from tns.local.servicios.base import free_port
    from tns.local.servicios.postgresql import PostgreSQL

    folder = temporary_directory("tns-bench-")
    guard = Guard(folder, remove=folder)
    postgresql = PostgreSQL(folder / "postgresql", password=secrets.token_urlsafe(12))
    firebird = FirebirdServer(folder / "firebird", free_port(), password=secrets.token_hex(8))
    try:
        postgresql.start()
        firebird.start()
        paths = {}
        for size in sizes:
            say(f"Creando una base de {size:,} líneas…")
            paths[str(size)] = str(crear_base_grande(firebird, size, archivo=f"B{size}.GDB").ruta)
        yield {
            **os.environ,
            **firebird.client_env,
            "DJANGO_SETTINGS_MODULE": "tns.config.settings",
            "TNS_ENV": os.devnull,
            "DATABASE_URL": postgresql.url,
            "SECRET_KEY": secrets.token_urlsafe(32),
            "TNS_CLAVES_CIFRADO": "",
            "BENCH_FIREBIRD": json.dumps({"port": firebird.port, "password": firebird.password, "paths": paths}),
            "BENCH_CARPETA": str(folder),
        }
    finally:
        firebird.stop()
        postgresql.stop()
        guard.close()


def with_dlt(environment: dict[str, str]) -> dict[str, str]:
    """The environment plus dlt and its Firebird dialect, installed apart: they are no dependency of ours."""
    folder = Path(environment["BENCH_CARPETA"]) / "dlt"
    say("Instalando dlt aparte…")
    subprocess.run(
        [sys.executable, "-m", "uv", "pip", "install", "-q", "--python", sys.executable, "--target", str(folder),
         "dlt[postgres]", "sqlalchemy>=2", "sqlalchemy-firebird"],
        check=False,
    )  # fmt: skip
    return {**environment, "PYTHONPATH": str(folder), "RUNTIME__DLTHUB_TELEMETRY": "false"}


def measure(environment: dict[str, str], what: str, rows: int, *, native: bool = True) -> dict[str, Any] | None:
    """One measurement in its own process; None, said, when it could not be done."""
    say(f"Midiendo {what} con {rows:,} filas{'' if native else ' (Python puro)'}…")
    done = subprocess.run(
        [sys.executable, str(MEASURE), what, str(rows)],
        env={**environment, "TNS_NATIVO": "1" if native else "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        say(f"  no se pudo: {done.stderr.strip().splitlines()[-1:]}")
        return None
    result: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    say(f"  {result.get('filas_por_s', 0):,.0f} filas/s, pico de memoria {result['rss_pico_mb']:.0f} MB")
    return result


def say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def run(rows: int, slow_rows: int, *, long_run: bool, use_dlt: bool) -> dict[str, Any]:
    from tns.engines.loading.native.building import load

    paged_rows = min(rows, 100_000)
    sizes = sorted({slow_rows, paged_rows, rows, *([5_000_000] if long_run else [])})
    with stack(sizes) as environment:
        measure(environment, "preparar", rows)
        ours = measure(environment, "carga", rows)
        complete = measure(environment, "completa", rows)
        pure = measure(environment, "carga", rows, native=False)
        fetch = measure(environment, "limite_lectura", rows)
        copy = measure(environment, "limite_copy", rows)
        naive = measure(environment, "ingenuo", slow_rows)
        dlt = measure(with_dlt(environment), "dlt", slow_rows) if use_dlt else None
        paged = measure(environment, "paginado", paged_rows)
        ours_paged = measure(environment, "carga", paged_rows)
        memory = {str(size): measure(environment, "completa", size) for size in sizes if size != rows}
    memory[str(rows)] = complete
    limits = [one["filas_por_s"] for one in (fetch, copy) if one]
    return {
        "filas": rows,
        "version_nativa": load().library is not None,
        "filas_por_s": speed(ours),
        "filas_por_s_completa": speed(complete),
        "filas_por_s_python": speed(pure),
        "limite_lectura": speed(fetch),
        "limite_copy": speed(copy),
        "ingenuo": speed(naive),
        "dlt": speed(dlt),
        "paginado": speed(paged),
        "ratio_limite": round(speed(ours) / min(limits), 3) if ours and limits else None,
        "ratio_ingenuo": ratio(ours, naive),
        "ratio_dlt": ratio(ours, dlt),
        "ratio_paginado": ratio(ours_paged, paged),
        "rss_pico_mb": {size: one and one["rss_sobre_inicio_mb"] for size, one in memory.items()},
        "cpu_s_por_millon": ours and ours["cpu_s_por_millon"],
        "carga_de_la_maquina": os.getloadavg()[0],
    }


def speed(one: dict[str, Any] | None) -> float:
    return round(one["filas_por_s"]) if one else 0.0


def ratio(ours: dict[str, Any] | None, theirs: dict[str, Any] | None) -> float | None:
    return round(speed(ours) / speed(theirs), 1) if ours and theirs else None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--filas", type=int, default=1_000_000)
    parser.add_argument("--filas-lentas", type=int, default=50_000, help="filas de las vías lentas, que son lineales")
    parser.add_argument("--largo", action="store_true", help="mide también la memoria con 5 millones de filas")
    parser.add_argument("--con-dlt", action="store_true", help="instala dlt en una carpeta aparte y lo mide")
    options = parser.parse_args()
    result = run(options.filas, options.filas_lentas, long_run=options.largo, use_dlt=options.con_dlt)
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    width = max(map(len, result))
    print("\n".join(f"{name:<{width}}  {value}" for name, value in result.items()))


if __name__ == "__main__":
    main()
