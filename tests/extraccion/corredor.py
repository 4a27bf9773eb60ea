"""Runs extractions in forked processes that a test may kill at any instant. Reads a JSON line per run from stdin.

It loads Django and the Firebird client once and never opens a connection itself, so each fork starts at once and clean.
Answers `inicio PID` and, when the fork has ended, `fin STATUS` (-9 when it was killed, 3 when another was under way).
"""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
import traceback

import django

django.setup()

from tns.empresas.models import EmpresaServidor  # noqa: E402
from tns.engines.loading.encoders import best  # noqa: E402
from tns.engines.progress import NullProgress  # noqa: E402
from tns.engines.sources import fbclient  # noqa: E402
from tns.extraccion.extraer import ExtraccionEnCurso, extraer_empresa  # noqa: E402

EN_CURSO = 3


def correr(pedido: dict[str, object]) -> None:
    extraer_empresa(
        empresa=EmpresaServidor.objects.select_related("servidor").get(id=pedido["empresa"]),
        desde=dt.date(2025, 1, 1),
        hasta=dt.date(2025, 12, 31),
        forzar=bool(pedido["forzar"]),
        progreso=NullProgress(),
    )


def main() -> None:
    fbclient.api()
    best()
    for linea in sys.stdin:
        hijo = os.fork()
        if hijo == 0:
            try:
                correr(json.loads(linea))
            except ExtraccionEnCurso:
                os._exit(EN_CURSO)
            except BaseException:  # noqa: BLE001 - the fork must end here, whatever happened
                traceback.print_exc()
                os._exit(1)
            os._exit(0)
        sys.stdout.write(f"inicio {hijo}\n")
        sys.stdout.flush()
        _, estado = os.waitpid(hijo, 0)
        sys.stdout.write(f"fin {os.waitstatus_to_exitcode(estado)}\n")
        sys.stdout.flush()


main()
