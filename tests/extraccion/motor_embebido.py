"""Discovers and extracts with the Firebird client library of its environment. Reads JSON from stdin, answers JSON.

A process of its own, because the library is loaded once per process and the tests have loaded another one.
Asked: `carpeta`, `servidor` (id of a row without host) and `sondear` (addresses of real servers).
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path
from typing import Any

import django

django.setup()

from tests.engines.sources.bases import MAESTROS, TABLAS, documento  # noqa: E402
from tns.empresas.descubrimiento import descubrir_empresas  # noqa: E402
from tns.empresas.models import EmpresaServidor  # noqa: E402
from tns.engines.progress import NullProgress  # noqa: E402
from tns.engines.sources import ConnectionInfo, SourceKind, fbclient, probe  # noqa: E402
from tns.extraccion.extraer import extraer_empresa  # noqa: E402
from tns.servidores.models import Servidor  # noqa: E402

EMPRESAS = (
    "CREATE TABLE EMPRESAS (CODIGO VARCHAR(10), NOMBRE VARCHAR(80), NIT VARCHAR(20), ANOFIS INTEGER,"
    " ARCHIVO VARCHAR(200))"
)


def crear(ruta: Path, charset: str, sentencias: list[str]) -> None:
    from firebird.driver import create_database, driver_config

    driver_config.db_defaults.db_charset.value = charset
    conexion = create_database(str(ruta), user="SYSDBA", charset="WIN1252" if charset == "NONE" else charset)
    with conexion:
        for sentencia in sentencias:
            conexion.execute_immediate(sentencia)
            if sentencia.startswith("CREATE"):
                conexion.commit()
        conexion.commit()


def main() -> None:
    pedido: dict[str, Any] = json.load(sys.stdin)
    carpeta = Path(pedido["carpeta"])
    fbclient.api()
    filas = [EMPRESAS]
    for numero, charset in enumerate(pedido["charsets"], start=1):
        ruta = carpeta / f"{charset}.FDB"
        documentos = [
            *documento(1, "FV", "2025-01-15", (2, 1, 2.0, 100.25)), *documento(2, "DV", "2025-02-03", (1, 2, 1.0, 5.0))
        ]  # fmt: skip
        crear(ruta, charset, [*TABLAS, *MAESTROS, *documentos])
        filas.append(f"INSERT INTO EMPRESAS VALUES ('{numero}', 'Añil {charset}', '90012345{numero}', 2025, '{ruta}')")
    crear(carpeta / "ADMIN.FDB", "WIN1252", filas)
    servidor = Servidor.objects.get(id=pedido["servidor"])
    respuesta: dict[str, Any] = {
        "motor": probe(servidor.conexion()).version,
        "sondeos": [probe(ConnectionInfo(SourceKind.FIREBIRD, *destino)).version for destino in pedido["sondear"]],
        "conteos": descubrir_empresas(servidor=servidor, progreso=NullProgress()).conteos,
        "resumenes": [
            extraer_empresa(
                empresa=empresa, desde=dt.date(2025, 1, 1), hasta=dt.date(2025, 12, 31), forzar=False,
                progreso=NullProgress(),
            )
            for empresa in EmpresaServidor.objects.select_related("servidor").order_by("codigo")
        ],
    }  # fmt: skip
    json.dump(respuesta, sys.stdout)


main()
