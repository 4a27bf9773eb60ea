"""PostgreSQL without room: a real full disk under the table of movements."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from tests.extraccion.conftest import registrar
from tests.extraccion.integridad import comprobar_entera
from tests.extraccion.tareas_en_curso import acabar, empezar, terminar
from tests.mundo import crear_empresa
from tests.pila import Pila, Trabajador
from tns.extraccion.models import VentanaExtraccion
from tns.local.firebird import FirebirdServer
from tns.local.instalacion import crear_base_grande
from tns.tareas.models import EstadoTarea

pytestmark = [pytest.mark.fallas, pytest.mark.django_db(transaction=True)]
FILAS, POCO, MUCHO = 40_000, "6m", "200m"
EN_EL_DISCO = (
    "ALTER TABLE movimientos_inventario SET TABLESPACE {0}",
    "ALTER INDEX movimientos_inventario_pkey SET TABLESPACE {0}",
    "ALTER INDEX movimiento_empresa_fecha SET TABLESPACE {0}",
)


@dataclass
class Disco:
    """A file system in memory, mounted at `carpeta`."""

    carpeta: Path

    def medir(self, tamano: str) -> None:
        subprocess.run(["mount", "-o", f"remount,size={tamano}", self.carpeta], check=True)


@pytest.fixture
def disco(pila: Pila, transactional_db: None) -> Iterator[Disco]:
    """A disk of a few megabytes that holds the table of movements and its indexes, for the length of a test."""
    cuenta = pila.postgresql.run_as
    if os.geteuid() != 0 or cuenta is None or shutil.which("mount") is None:
        pytest.skip("mounting a small disk needs root")
    carpeta = pila.postgresql.directory / "disco"
    carpeta.mkdir(exist_ok=True)
    opciones = f"size={POCO},mode=0700,uid={cuenta.uid},gid={cuenta.gid}"
    if subprocess.run(["mount", "-t", "tmpfs", "-o", opciones, "tmpfs", carpeta], check=False).returncode:
        pytest.skip("file systems cannot be mounted here")
    administrador = pila.postgresql.url_of(connection.settings_dict["NAME"], user="postgres")
    try:
        with psycopg.connect(administrador, autocommit=True) as conexion:
            conexion.execute(f"CREATE TABLESPACE disco LOCATION '{carpeta}'")
            try:
                for orden in EN_EL_DISCO:
                    conexion.execute(orden.format("disco"))
                yield Disco(carpeta)
            finally:
                conexion.execute("TRUNCATE movimientos_inventario")
                for orden in EN_EL_DISCO:
                    conexion.execute(orden.format("pg_default"))
                conexion.execute("DROP TABLESPACE disco")
    finally:
        subprocess.run(["umount", "--lazy", carpeta], check=True)


def test_a_full_disk_ends_the_run_saying_so_and_it_goes_on_when_there_is_room(
    disco: Disco, firebird_server: FirebirdServer, obrero: Trabajador
) -> None:
    base = crear_base_grande(firebird_server, FILAS, archivo="DISCO.GDB")
    empresa = crear_empresa(registrar(firebird_server), ruta_base=str(base.ruta))
    tarea = empezar(empresa)
    acabar(tarea)
    assert (tarea.estado, tarea.error_codigo) == (EstadoTarea.FALLO, "destino_sin_espacio")
    assert "sigue donde quedó" in tarea.error_que_hacer
    cargadas = comprobar_entera(empresa)
    assert 0 < cargadas < FILAS
    antes = VentanaExtraccion.objects.count()
    ejecucion = empresa.extracciones.get()
    assert (ejecucion.estado, ejecucion.ventanas_leidas, ejecucion.filas_cargadas) == ("FALLO", antes, cargadas)

    repetida = empezar(empresa)
    acabar(repetida)
    assert repetida.error_codigo == "destino_sin_espacio"
    assert comprobar_entera(empresa) == cargadas

    disco.medir(MUCHO)
    ultima = empezar(empresa)
    terminar(ultima)
    assert comprobar_entera(empresa) == FILAS
    assert (ultima.resultado["ventanas_omitidas"], ultima.resultado["diferencias"]) == (antes, 0)
    assert sum(ventana.suma_valor for ventana in empresa.ventanas.all()) == base.valor_total
