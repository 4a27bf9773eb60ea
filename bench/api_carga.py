"""The load of bench/api.py, in a process of its own: `api_carga.py` reads a plan from standard input, answers JSON.

Some connections, each asking again as soon as it was answered, over plain sockets: a client that costs little leaves
the two processors to the server.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import Any


async def conexion(plan: dict[str, Any], fin: float, tiempos: list[float]) -> None:
    lector, escritor = await asyncio.open_connection("127.0.0.1", plan["puerto"])
    peticion = plan["peticion"].encode()
    try:
        while (inicio := time.perf_counter()) < fin:
            escritor.write(peticion)
            cabecera = await lector.readuntil(b"\r\n\r\n")
            campos = dict(linea.lower().split(b": ", 1) for linea in cabecera.split(b"\r\n")[1:] if b": " in linea)
            cuerpo = await lector.readexactly(int(campos[b"content-length"]))
            if not cabecera.startswith(b"HTTP/1.1 200"):
                raise RuntimeError(f"{cabecera[:60]!r} {cuerpo[:200]!r}")
            tiempos.append(time.perf_counter() - inicio)
    finally:
        escritor.close()


async def medir(plan: dict[str, Any]) -> dict[str, float]:
    calentar: list[float] = []
    tiempos: list[float] = []
    for segundos, lista in ((plan["calentar"], calentar), (plan["segundos"], tiempos)):
        inicio = time.perf_counter()
        await asyncio.gather(*(conexion(plan, inicio + segundos, lista) for _ in range(plan["conexiones"])))
        duracion = time.perf_counter() - inicio
    tiempos.sort()
    return {
        "peticiones": len(tiempos),
        "con_calentamiento": len(calentar) + len(tiempos),
        "por_segundo": round(len(tiempos) / duracion, 1),
        "p50_ms": round(tiempos[len(tiempos) // 2] * 1000, 2),
        "p99_ms": round(tiempos[min(len(tiempos) - 1, int(len(tiempos) * 0.99))] * 1000, 2),
    }


if __name__ == "__main__":
    json.dump(asyncio.run(medir(json.load(sys.stdin))), sys.stdout)
