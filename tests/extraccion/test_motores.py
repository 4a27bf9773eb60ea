"""Discovery and extraction from each kind of Firebird and each charset, into the rows of PostgreSQL."""

from __future__ import annotations

import datetime as dt
import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Literal

import pytest
from django.db import connection
from rest_framework.test import APIClient

from tests.engines.sources.bases import base_kardex, crear_base, documento, ejecutar
from tests.extraccion.conftest import registrar
from tests.mundo import Mundo, crear_servidor
from tests.pila import Pila
from tns.empresas.descubrimiento import descubrir_empresas
from tns.empresas.models import EmpresaServidor
from tns.engines.progress import NullProgress
from tns.engines.sources import probe
from tns.extraccion.extraer import extraer_empresa
from tns.extraccion.models import MovimientoInventario
from tns.local.firebird import FirebirdServer

pytestmark = pytest.mark.django_db(transaction=True)
CHARSETS = ["WIN1252", "ISO8859_1", "UTF8", "NONE"]
EMPRESAS = (
    "CREATE TABLE EMPRESAS (CODIGO VARCHAR(10), NOMBRE VARCHAR(80), NIT VARCHAR(20), ANOFIS INTEGER,"
    " ARCHIVO VARCHAR(200))"
)
DOCUMENTOS = [
    *documento(1, "FV", "2025-01-15", (2, 1, 2.0, 100.25)), *documento(2, "DV", "2025-02-03", (1, 2, 1.0, 5.0))
]  # fmt: skip


def extraer(empresa: EmpresaServidor) -> dict[str, object]:
    return extraer_empresa(
        empresa=empresa, desde=dt.date(2025, 1, 1), hasta=dt.date(2025, 12, 31), forzar=False, progreso=NullProgress()
    )


def comprobar(empresa: EmpresaServidor) -> None:
    venta = MovimientoInventario.objects.get(empresa_servidor=empresa, tipo_documento="FACTURA_VENTA")
    assert (venta.articulo_nombre, venta.pagador, venta.ciudad) == ("Placa en niño", "Clínica Peñalosa", "Bogotá")
    assert (venta.cantidad, venta.valor_total, venta.tipo_bodega) == (Decimal(2), Decimal("200.50"), "IMPLANTE")
    assert MovimientoInventario.objects.filter(empresa_servidor=empresa).count() == 2


@pytest.mark.parametrize("variant", ["srp", "legacy"])
def test_a_firebird_3_and_one_like_a_2_5_are_discovered_and_extracted(
    nuevo_firebird: Callable[..., FirebirdServer], variant: Literal["srp", "legacy"]
) -> None:
    servidor = nuevo_firebird(f"firebird-motor-{variant}", variant=variant)
    filas = [EMPRESAS]
    for numero, charset in enumerate(CHARSETS, start=1):
        ruta = base_kardex(servidor, f"motor-{charset}.gdb", DOCUMENTOS, charset=charset)
        filas.append(f"INSERT INTO EMPRESAS VALUES ('{numero}', 'Añil {charset}', '90012345{numero}', 2025, '{ruta}')")
    registrado = registrar(servidor, ruta_maestra=crear_base(servidor, "ADMIN.GDB", filas))
    assert probe(registrado.conexion()).version.startswith("3.0")
    assert descubrir_empresas(servidor=registrado, progreso=NullProgress()).conteos["creada"] == len(CHARSETS)
    for empresa, charset in zip(EmpresaServidor.objects.order_by("codigo"), CHARSETS, strict=True):
        assert empresa.nombre == f"Añil {charset}"
        resumen = extraer(empresa)
        assert (resumen["charset"], resumen["filas_cargadas"], resumen["diferencias"]) == (charset, 2, 0)
        assert resumen["bytes_no_decodificables"] == 0
        comprobar(empresa)
    servidor.stop()


def test_stray_bytes_reach_the_table_and_the_report(firebird_server: FirebirdServer, mundo: Mundo) -> None:
    ruta = base_kardex(firebird_server, "sueltos-fin.gdb", DOCUMENTOS, charset="NONE")
    ejecutar(firebird_server, ruta, "UPDATE MATERIAL SET DESCRIP = x'4EF16F8142' WHERE MATID = 2")
    servidor = registrar(firebird_server, "Sueltos")
    EmpresaServidor.objects.filter(id=mundo.andina.id).update(servidor=servidor, ruta_base=ruta)
    mundo.andina.refresh_from_db()
    resumen = extraer(mundo.andina)
    assert resumen["bytes_no_decodificables"] == 1
    assert MovimientoInventario.objects.get(tipo_documento="FACTURA_VENTA").articulo_nombre == "Nño\x81B"
    detalle = mundo.lector.get(f"/api/ejecuciones-extraccion/{resumen['ejecucion_id']}/").json()
    assert detalle["informe"]["bytes_no_decodificables"] == 1


def test_the_engine_of_firebird_5_is_discovered_and_extracted(
    firebird_server: FirebirdServer, nuevo_firebird: Callable[..., FirebirdServer], pila: Pila, tmp_path: Path
) -> None:
    """Its files are ODS 13; its client also talks to the older servers, with and without encryption."""
    if importlib.util.find_spec("firebird.embedded") is None:
        pytest.skip("firebird-embedded is not installed")
    from firebird.embedded.provider import FirebirdProvider

    motor = FirebirdProvider().root
    vieja = nuevo_firebird("firebird-motor-5", variant="legacy")
    servidor = crear_servidor("Embebido", host="", ruta_maestra=str(tmp_path / "ADMIN.FDB"))
    destinos = [
        ("127.0.0.1", uno.port, "SYSDBA", uno.password, crear_base(uno, "admin-5.gdb", [EMPRESAS]))
        for uno in (firebird_server, vieja)
    ]
    pedido = {"carpeta": str(tmp_path), "servidor": servidor.id, "charsets": CHARSETS, "sondear": destinos}
    hecho = subprocess.run(
        [sys.executable, "-m", "tests.extraccion.motor_embebido"],
        input=json.dumps(pedido),
        env={
            **os.environ,
            "DATABASE_URL": pila.postgresql.url_of(connection.settings_dict["NAME"]),
            "TNS_FBCLIENT": str(motor / "libfbclient.so.2"),
            "FIREBIRD": str(motor),
            "FIREBIRD_MSG": str(motor),
            "FIREBIRD_LOCK": str(tmp_path),
            # libtommath comes with the unpacked Debian packages; the machine may have none.
            "LD_LIBRARY_PATH": f"{motor}:{firebird_server.motor / 'lib'}",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert hecho.returncode == 0, hecho.stderr[-3000:]
    respuesta = json.loads(hecho.stdout)
    assert respuesta["motor"].startswith("5.0")
    assert all(version.startswith("3.0") for version in respuesta["sondeos"])
    assert respuesta["conteos"]["creada"] == len(CHARSETS)
    assert [r["charset"] for r in respuesta["resumenes"]] == CHARSETS
    assert {(r["filas_cargadas"], r["diferencias"]) for r in respuesta["resumenes"]} == {(2, 0)}
    for empresa in EmpresaServidor.objects.all():
        comprobar(empresa)
    vieja.stop()


def test_nobody_registers_a_server_without_a_host(mundo: Mundo) -> None:
    """It would open files of this machine."""
    cliente: APIClient = mundo.administrador
    servidor = {"nombre": "Local", "usuario": "SYSDBA", "password": "x", "ruta_maestra": "/etc/passwd"}
    for host in ("", "  ", None):
        respuesta = cliente.post("/api/servidores/", {**servidor, "host": host, "tipo_servidor": "FIREBIRD"})
        assert respuesta.status_code == 400
        assert "host" in respuesta.json()["errores"]
