"""Seconds and megabytes of whole commands by number of articles, the engine's and its peers', on one processor.

    .venv/bin/python -m bench.pronostico_tamanos 1000,10000 AutoETS "estilo semilla"    # the engine and those peers

A process of its own that imports next to nothing: what Linux tells of a command's largest memory begins with that of
the process that started it. The result is one JSON object on the standard output.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

LIMIT = 120.0  # seconds after which a peer is stopped: how much slower it is than that decides nothing
HORIZON = "6"
PANEL = """import sys
from bench.pronostico_datos import made_up
made_up(int(sys.argv[1])).to_parquet(sys.argv[2], index=False)
"""


def by_size(sizes: list[str], peers: list[str]) -> dict[str, Any]:
    """`tamanos` of the engine, `tamanos_pares` of each peer; one that was stopped is given no larger size."""
    tns = [str(Path(sys.executable).with_name("tns")), "pronosticar", "--horizonte", HORIZON]
    with tempfile.TemporaryDirectory() as folder:
        source = {n: Path(folder) / f"{n}.parquet" for n in sizes}
        for n, path in source.items():
            subprocess.run([sys.executable, "-c", PANEL, n, str(path)], check=True)
        target = str(Path(folder) / "pronostico.parquet")
        own = [run("tns", n, [*tns, "--entrada", str(source[n]), "--salida", target]) for n in sizes]
        others: dict[str, list[dict[str, Any]]] = {name: [] for name in peers}
        for name, found in others.items():
            for n in sizes:
                words = [sys.executable, "-m", "bench.pronostico_pares", name, str(source[n]), target]
                found.append(run(name, n, words, limit=LIMIT))
                if "mas_de_s" in found[-1]:
                    break
    return {"tamanos": own, "tamanos_pares": others}


def run(name: str, articles: str, words: list[str], *, limit: float = threading.TIMEOUT_MAX) -> dict[str, Any]:
    """CPU and wall seconds and MB of one command on a made-up file of 60 months; `mas_de_s` when it was stopped.

    `carga` is what the machine was doing besides, over the minute before: seconds of the wall clock are worth nothing
    without it.
    """
    one, load = min(os.sched_getaffinity(0)), os.getloadavg()[0]
    start = time.perf_counter()
    # A group of its own, so that the Stan processes of Prophet stop with it.
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, process_group=0) as process:
        os.sched_setaffinity(process.pid, {one})
        stopper = threading.Timer(limit, os.killpg, (process.pid, signal.SIGKILL))
        stopper.daemon = True
        stopper.start()
        _, status, used = os.wait4(process.pid, 0)
        stopper.cancel()
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
    found: dict[str, Any] = {"articulos": int(articles)}
    if process.returncode == -signal.SIGKILL and wall >= limit:
        found["mas_de_s"] = limit
    elif process.returncode:
        raise SystemExit(f"{name} failed with {articles} articles ({process.returncode})")
    else:
        found |= {"cpu_s": round(used.ru_utime + used.ru_stime, 2), "pared_s": round(wall, 2)}
    found |= {"mb": round(used.ru_maxrss / 1024), "carga": round(load, 2)}
    print(name, found, file=sys.stderr, flush=True)
    return found


if __name__ == "__main__":
    print(json.dumps(by_size(sys.argv[1].split(","), sys.argv[2:]), ensure_ascii=False))
