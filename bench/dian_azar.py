"""Fuzzes the reader for some minutes: anything but a verdict or a clean refusal stops it.

python bench/dian_azar.py --minutos 5 --semilla 1
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))


def main() -> None:
    from tests.engines.ubl.fabrica import CLAVES
    from tests.engines.ubl.test_azar import danar, danar_arbol, semillas
    from tns.engines.ubl import as_json
    from tns.engines.ubl.verify import Verifier

    parser = argparse.ArgumentParser(description="Documentos dañados al azar contra el lector.")
    parser.add_argument("--minutos", type=float, default=5.0)
    parser.add_argument("--semilla", type=int, default=1)
    parser.add_argument("--ejemplos", type=Path, default=None, help="Carpeta con más documentos de los que partir.")
    options = parser.parse_args()
    rnd = random.Random(options.semilla)
    seeds = list(semillas())
    if options.ejemplos is not None:
        seeds += [path.read_bytes() for path in sorted(options.ejemplos.glob("*.xml"))]
    verifier, outcomes, slowest, cases = Verifier(CLAVES), Counter[str](), 0.0, 0
    started = time.monotonic()
    while time.monotonic() - started < options.minutos * 60:
        seed = rnd.choice(seeds)
        data = danar_arbol(seed, rnd) if seed.startswith(b"<") and rnd.random() < 0.5 else danar(seed, rnd)
        begun = time.perf_counter()
        try:
            for found in verifier.file(data):
                row = as_json.summary("x", found)
                outcomes[row.get("rechazo_codigo") or f"leido:{row['firma']}"] += 1
        except Exception:
            Path("dian_azar_fallo.bin").write_bytes(data)
            raise
        slowest = max(slowest, time.perf_counter() - begun)
        cases += 1
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    result = {
        "minutos": round((time.monotonic() - started) / 60, 2),
        "casos": cases,
        "mas_lento_ms": round(slowest * 1000, 1),
        "memoria_maxima_mib": round(peak, 1),
        "resultados": dict(outcomes.most_common()),
    }
    print(json.dumps(result, ensure_ascii=False, indent=2))


if __name__ == "__main__":
    main()
