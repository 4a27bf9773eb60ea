"""`make bench-extraccion`: rows per second from a real Firebird to a real PostgreSQL, beside the usual ways to do it.

Every measurement is a process of its own over the same databases (the tables of Visual TNS, joined as profile `kardex`
joins them) and the same table with its indexes. The server speaks as the 2.5 ones that most customers have, without
encryption; `--cifrado` measures one that encrypts. `filas_por_s` loads every window of a year; `filas_por_s_completa`
also counts the source first and reconciles, as an extraction does. The limit is the slower of two loops without any
work between: fetching in C the lines that are really asked for, without the names that are fetched apart, and COPY of
the same rows from a file. `limite_lectura_unida` fetches the query with its names joined by the server, which is what
the other ways read.

What is compared with the limit, and the limit, is the faster of two passes. The slow ways run over fewer rows, where
their rate is as good as it gets; dlt, which starts slowly, over both sizes, and its better rate counts. Prints a table
and writes bench/resultados/extraccion.json; `--solo-memoria N` adds the memory of N rows to what is there.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Literal

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
RESULT = Path(__file__).parent / "resultados" / "extraccion.json"
MEASURE = Path(__file__).with_name("extraccion_medidas.py")
LONG = 5_000_000
DLT = Path(sys.prefix) / "bench-extraccion"
Result = dict[str, Any]


@contextmanager
def stack(sizes: list[int], *, encrypted: bool) -> Iterator[dict[str, str]]:
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
    variant: Literal["srp", "legacy"] = "srp" if encrypted else "legacy"
    firebird = FirebirdServer(folder / "firebird", free_port(), variant=variant, password=secrets.token_hex(8))
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
            "BENCH_PROCESOS": json.dumps({"firebird": pid_of(firebird), "postgresql": pid_of(postgresql)}),
        }
    finally:
        firebird.stop()
        postgresql.stop()
        guard.close()


def pid_of(service: Any) -> int:
    return int(service.process.pid)


def measure(environment: dict[str, str], what: str, rows: int, *, native: bool = True) -> Result | None:
    """One measurement in its own process; None, said, when it could not be done."""
    say(f"Midiendo {what} con {rows:,} filas{'' if native else ' (Python puro)'}…")
    servers = json.loads(environment["BENCH_PROCESOS"])
    before = {name: cpu_of(pid) for name, pid in servers.items()}
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
    result: Result = json.loads(done.stdout.strip().splitlines()[-1])
    result["cpu"] = {"proceso": result["cpu_s"], **{n: cpu_of(pid) - before[n] for n, pid in servers.items()}}
    say(f"  {result['filas_por_s']:,.0f} filas/s, {result['rss_sobre_inicio_mb']:.0f} MB sobre el inicio")
    return result


def best_of_two(environment: dict[str, str], what: str, rows: int) -> Result | None:
    """The faster of two: what is being compared with a limit, and the limit, on a machine that is never quite alone."""
    both = [one for _ in range(2) if (one := measure(environment, what, rows))]
    return max(both, key=lambda one: one["filas_por_s"], default=None)


def dlt_at_its_best(environment: dict[str, str], sizes: set[int]) -> Result | None:
    """dlt over each size, whichever is faster: its start weighs on few rows, its memory on many."""
    apart = {**environment, "PYTHONPATH": str(DLT), "RUNTIME__DLTHUB_TELEMETRY": "false"}
    every = [one for size in sorted(sizes) if (one := measure(apart, "dlt", size))]
    return max(every, key=lambda one: one["filas_por_s"], default=None)


def cpu_of(pid: int) -> float:
    """CPU seconds of a process and its children, dead or alive."""
    seconds = 0.0
    for one in (pid, *map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())):
        with suppress(FileNotFoundError):
            ticks = Path(f"/proc/{one}/stat").read_text().rsplit(")", 1)[1].split()[11:15]
            seconds += sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")
    return seconds


def say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def run(rows: int, slow_rows: int, *, long_run: bool, encrypted: bool) -> Result:
    """Everything, in one run over one pair of servers."""
    from tns.engines.loading.native.building import load

    with stack(sorted({slow_rows, rows, *([LONG] if long_run else [])}), encrypted=encrypted) as environment:
        measure(environment, "preparar", rows)
        ours = best_of_two(environment, "carga", rows)
        complete = measure(environment, "completa", rows)
        pure = measure(environment, "carga", rows, native=False)
        fetch = best_of_two(environment, "limite_lectura", rows)
        joined = measure(environment, "limite_lectura_unida", rows)
        copy = best_of_two(environment, "limite_copy", rows)
        naive = measure(environment, "ingenuo", slow_rows)
        dlt = dlt_at_its_best(environment, {slow_rows, rows})
        paged = measure(environment, "paginado", slow_rows)
        ours_slow = measure(environment, "carga", slow_rows)
        memory = {slow_rows: measure(environment, "completa", slow_rows), rows: complete}
        if long_run:
            memory[LONG] = measure(environment, "completa", LONG)
    limits = [one["filas_por_s"] for one in (fetch, copy) if one]
    return {
        "filas": rows,
        "filas_lentas": slow_rows,
        "columnas": 21,
        "cifrado": encrypted,
        "version_nativa": load().library is not None,
        "filas_por_s": speed(ours),
        "filas_por_s_completa": speed(complete),
        "filas_por_s_python": speed(pure),
        "limite_lectura": speed(fetch),
        "limite_lectura_unida": speed(joined),
        "limite_copy": speed(copy),
        "ingenuo": speed(naive),
        "dlt": speed(dlt),
        "dlt_filas": dlt and dlt["filas"],
        "paginado": speed(paged),
        "ratio_limite": round(speed(ours) / min(limits), 3) if ours and limits else None,
        "ratio_limite_unida": ratio(ours, joined, 3),
        "ratio_ingenuo": ratio(ours, naive),
        "ratio_dlt": ratio(ours, dlt),
        "ratio_paginado": ratio(ours_slow, paged),
        "rss_pico_mb": {str(size): one and one["rss_sobre_inicio_mb"] for size, one in memory.items()},
        "segundos_completa": {str(size): one and one["segundos"] for size, one in memory.items()},
        "cpu_s_por_millon": ours and {name: round(s / rows * 1e6, 1) for name, s in ours["cpu"].items()},
        "carga_de_la_maquina": round(os.getloadavg()[0], 2),
    }


def only_memory(rows: int, *, encrypted: bool) -> Result:
    """The memory and time of one more size, added to the last result."""
    result: Result = json.loads(RESULT.read_text(encoding="utf-8"))
    with stack([rows], encrypted=encrypted) as environment:
        measure(environment, "preparar", rows)
        one = measure(environment, "completa", rows)
    if one:
        result["rss_pico_mb"][str(rows)] = one["rss_sobre_inicio_mb"]
        result["segundos_completa"][str(rows)] = one["segundos"]
    return result


def speed(one: Result | None) -> float:
    return round(one["filas_por_s"]) if one else 0


def ratio(ours: Result | None, theirs: Result | None, digits: int = 1) -> float | None:
    return round(speed(ours) / speed(theirs), digits) if ours and theirs else None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--filas", type=int, default=1_000_000)
    parser.add_argument("--filas-lentas", type=int, default=100_000, help="filas de las vías lentas")
    parser.add_argument("--largo", action="store_true", help="mide también la memoria con 5 millones de filas")
    parser.add_argument("--cifrado", action="store_true", help="con un servidor que cifra la conexión")
    parser.add_argument("--solo-memoria", type=int, default=0, help="mide solo la memoria con tantas filas")
    options = parser.parse_args()
    if options.solo_memoria:
        result = only_memory(options.solo_memoria, encrypted=options.cifrado)
    else:
        result = run(options.filas, options.filas_lentas, long_run=options.largo, encrypted=options.cifrado)
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    width = max(map(len, result))
    print("\n".join(f"{name:<{width}}  {value}" for name, value in result.items()))


if __name__ == "__main__":
    main()
