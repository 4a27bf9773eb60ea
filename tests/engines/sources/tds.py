"""A server that speaks SQL Server's protocol in the process of the tests, over small tables."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tns.engines.sources import ConnectionInfo, SourceKind

TABLAS = {
    "EMPRESAS": (
        "CODIGO,NOMBRE,NIT,ANOFIS,ARCHIVO\n02,Dos,800,2024,EMP2\n01,Añil,900.123.456-7,2025,EMP1\n03,Tres,,2025,EMP3\n"
    ),
    "MOVIMIENTOS": (
        "CODIGO,NOMBRE,CANTIDAD,PRECIO_UNITARIO,FECHA,TIPO_DOCUMENTO,LOTE\n"
        "A,Niño,2.5,10.25,2025-01-15,FV,L1\n"
        "A,Niño,1,10,2025-01-31T10:00:00,DV,\n"
        "B,Otro,1,10,2025-02-02,XX,L2\n"
        "C,Pedido,1,10,2025-01-10,PV,L3\n"
    ),
}


@contextmanager
def servidor_tds(carpeta: Path, tablas: Mapping[str, str] = TABLAS) -> Iterator[ConnectionInfo]:
    """How to reach a bridge that serves the tables (name → CSV), with the login sa, while it lives."""
    from pysqlbridge.catalog import load as load_catalog
    from pysqlbridge.logins import load as load_logins
    from pysqlbridge.server import start_background

    for nombre, texto in tablas.items():
        (carpeta / f"{nombre}.csv").write_text(texto, encoding="utf-8")
    config = carpeta / "config.json"
    lista = [{"name": nombre, "csv": f"{nombre}.csv"} for nombre in tablas]
    config.write_text(json.dumps({"logins": [{"user": "sa", "password": "clave-de-prueba"}], "tables": lista}))
    server, _ = start_background(query_handler=load_catalog(config).answer, logins=load_logins(config))
    host, port = server.address
    try:
        yield ConnectionInfo(SourceKind.SQL_SERVER, host, port, "sa", "clave-de-prueba", "master")
    finally:
        server.shutdown()
        server.server_close()
