"""`make bench-dian`: documents read and verified per second, sent per second, and memory over 10,000 of them.

The documents are made and signed here, as the tests make them; the accounting is a real Firebird database; the provider
is the tests' own HTTP server. Prints and writes JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))


def memory_mib() -> float:
    """Resident memory of this process now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def bench_reading(total: int) -> dict[str, Any]:
    """Read and verify `total` documents, of every kind in turn; memory is looked at on the way."""
    from tests.engines.ubl.fabrica import CLAVES, Receta, autoridad, cdata, contenedor, documento, firmar
    from tns.engines.ubl.verify import Verifier

    lines = [("2", "1000.00", "19.00"), ("1", "500.50", "5.00")]
    samples = {
        "factura de 2 renglones": firmar(documento(Receta(lineas=lines))),
        "factura de 50 renglones": firmar(documento(Receta(lineas=lines * 25))),
        "nota crédito": firmar(documento(Receta(raiz="CreditNote", tipo="91"))),
        "AttachedDocument firmado": firmar(contenedor(cdata(firmar(documento())))),
    }
    verifier = Verifier(CLAVES, roots=[autoridad().root])
    for data in samples.values():  # warm
        list(verifier.file(data))
    per_kind = {}
    for name, data in samples.items():
        rounds, busy = [], time.process_time()
        for _ in range(5):
            started = time.perf_counter()
            for _ in range(60):
                (found,) = verifier.file(data)
            rounds.append(60 / (time.perf_counter() - started))
        busy = (time.process_time() - busy) / 300
        assert found.revision is not None
        assert found.revision.firma.estado == "valida"
        per_kind[name] = {
            "kib": round(len(data) / 1024, 1),
            "por_segundo": round(statistics.median(rounds), 1),
            "ms_de_procesador": round(busy * 1000, 2),
        }
    files, marks = list(samples.values()), []
    started = time.perf_counter()
    for number in range(total):
        list(verifier.file(files[number % len(files)]))
        if number % (total // 10) == 0:
            marks.append(round(memory_mib(), 1))
    seconds = time.perf_counter() - started
    return {
        "por_tipo": per_kind,
        "documentos": total,
        "por_segundo": round(total / seconds, 1),
        "memoria_mib": marks,
        "crecimiento_mib": round(memory_mib() - marks[1], 1),
    }


def bench_sending(total: int) -> dict[str, Any]:
    """Send a batch of `total` documents from a real Firebird to a local provider."""
    import datetime as dt

    from tests.dian import contabilidad
    from tests.dian.conftest import montar
    from tests.dian.proveedor import Proveedor, encendido
    from tns.dian import lote

    with _firebird() as servidor, encendido(Proveedor()) as proveedor:
        escena = montar(contabilidad.crear(servidor), proveedor)
        for kardex_id in range(1, total + 1):
            escena.tns.documento(kardex_id)
        before = memory_mib()
        started, busy = time.perf_counter(), time.process_time()
        result = lote.procesar_lote(empresa=escena.empresa, desde=dt.date(2025, 3, 1), hasta=dt.date(2025, 3, 31))
        seconds, busy = time.perf_counter() - started, time.process_time() - busy
        assert result.estados == {"aceptado": total}, result
        assert set(proveedor.veces().values()) == {1}
    return {
        "documentos": total,
        "por_segundo": round(total / seconds, 1),
        "ms_de_procesador": round(busy / total * 1000, 2),
        "crecimiento_mib": round(memory_mib() - before, 1),
    }


def _firebird() -> Any:
    """A Firebird server of this run, in a temporary directory."""
    import contextlib
    import tempfile

    from tns.local.firebird import FirebirdServer
    from tns.local.servicios.base import free_port

    @contextlib.contextmanager
    def running() -> Any:
        with tempfile.TemporaryDirectory(prefix="tns-bench-") as folder:
            server = FirebirdServer(Path(folder) / "firebird", free_port(), password="masterkey", name="firebird")
            server.start()
            os.environ.update(server.client_env)
            try:
                yield server
            finally:
                server.stop()

    return running()


def with_database(function: Any, *args: Any) -> Any:
    """Run `function` against an embedded PostgreSQL made for this run."""
    from tests import pila

    pila.levantar()
    try:
        from django.conf import settings
        from django.core.management import call_command

        settings.DIAN_PERMITIR_HTTP = True
        call_command("migrate", verbosity=0)
        return function(*args)
    finally:
        pila.pytest_unconfigure()


def main() -> None:
    parser = argparse.ArgumentParser(description="Lectura, verificación y envío de documentos electrónicos.")
    parser.add_argument("--documentos", type=int, default=10_000)
    parser.add_argument("--envios", type=int, default=300)
    parser.add_argument("--salida", type=Path, default=Path("bench/resultados/dian.json"))
    options = parser.parse_args()
    result = {"lectura": bench_reading(options.documentos)}
    if options.envios:
        result["envio"] = with_database(bench_sending, options.envios)
    options.salida.parent.mkdir(parents=True, exist_ok=True)
    options.salida.write_text(json.dumps(result, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(result, ensure_ascii=False, indent=2))


if __name__ == "__main__":
    main()
