"""Seconds and megabytes of whole commands by number of articles, the engine's and its peers', on one processor."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from bench.pronostico_datos import HORIZON, made_up
from bench.pronostico_pares import PEERS

LIMIT = 120.0  # seconds after which a peer is stopped: how much slower it is than that decides nothing


def engine_by_size(sizes: list[int]) -> list[dict[str, Any]]:
    """The whole command `tns pronosticar`, files and imports included."""
    tns = str(Path(sys.executable).with_name("tns"))
    words = [tns, "pronosticar", "--entrada", "{entrada}", "--salida", "{salida}", "--horizonte", str(HORIZON)]
    return [run(words, n, limit=None) for n in sizes]


def peers_by_size(sizes: list[int]) -> dict[str, list[dict[str, Any]]]:
    """Each peer as a program that reads and writes the same files; after one size too many no larger one is tried."""
    found: dict[str, list[dict[str, Any]]] = {}
    for name in PEERS:
        words = [sys.executable, "-m", "bench.pronostico_pares", name, "{entrada}", "{salida}"]
        found[name] = []
        for n in sizes:
            found[name].append(run(words, n, limit=LIMIT) | {"modelo": name})
            if "mas_de_s" in found[name][-1]:
                break
    return found


def run(words: list[str], articles: int, *, limit: float | None) -> dict[str, Any]:
    """CPU and wall seconds and MB of one command on a made-up file of 60 months; `mas_de_s` when it was stopped.

    `carga` is what the machine was doing besides, over the minute before: seconds of the wall clock are worth nothing
    without it.
    """
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "panel.parquet", Path(folder) / "pronostico.parquet"
        made_up(articles).to_parquet(source, index=False)
        filled = [word.replace("{entrada}", str(source)).replace("{salida}", str(target)) for word in words]
        one, load = min(os.sched_getaffinity(0)), os.getloadavg()[0]
        start = time.perf_counter()
        # A group of its own, so that the Stan processes of Prophet stop with it.
        with subprocess.Popen(filled, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, process_group=0) as process:
            os.sched_setaffinity(process.pid, {one})
            stopper = threading.Timer(limit or threading.TIMEOUT_MAX, os.killpg, (process.pid, signal.SIGKILL))
            stopper.daemon = True
            stopper.start()
            _, status, used = os.wait4(process.pid, 0)
            stopper.cancel()
            wall = time.perf_counter() - start
            process.returncode = os.waitstatus_to_exitcode(status)
    found = {"articulos": articles, "cpu_s": round(used.ru_utime + used.ru_stime, 2), "pared_s": round(wall, 2)}
    if process.returncode == -signal.SIGKILL and limit is not None and wall >= limit:
        found = {"articulos": articles, "mas_de_s": limit}
    elif process.returncode:
        raise SystemExit(f"{' '.join(filled[:4])} failed with {articles} articles ({process.returncode})")
    found |= {"mb": round(used.ru_maxrss / 1024), "carga": round(load, 2)}
    print(words[0] if limit is None else words[3], found, flush=True)
    return found
