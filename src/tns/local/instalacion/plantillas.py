"""Empty databases to copy: creating one and its twenty-five tables costs far more than filling it with a year."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from types import TracebackType

from tns.local.firebird import FirebirdServer
from tns.local.instalacion import maestros
from tns.local.instalacion.carga import cargar, crear_llaves, crear_tabla
from tns.local.instalacion.esquema import CIUDANE, TABLAS
from tns.local.instalacion.guion import Base

NUEVAS_DESDE = 2024  # older databases lack the columns of electronic invoicing


class Plantillas:
    """Templates of Visual TNS databases, each made the first time it is asked for and gone when the block ends.

    A template has every table, and the rows and keys of the catalogues that are the same everywhere.

    Args:
        con_llaves: the other tables have their keys and indexes too. For few rows that is faster; for many it is faster
            to make them after loading.
    """

    def __init__(self, *, con_llaves: bool) -> None:
        self.con_llaves = con_llaves
        self._carpetas: dict[Path, Path] = {}
        self._hechas: set[Path] = set()

    def __enter__(self) -> Plantillas:
        return self

    def __exit__(
        self, tipo: type[BaseException] | None, valor: BaseException | None, traza: TracebackType | None
    ) -> None:
        for carpeta in self._carpetas.values():
            shutil.rmtree(carpeta, ignore_errors=True)

    def copiar(self, servidor: FirebirdServer, base: Base, ruta: Path) -> None:
        """Put an empty database for `base` at `ruta`."""
        carpeta = self._carpetas.get(servidor.bases)
        if carpeta is None:
            carpeta = Path(tempfile.mkdtemp(prefix=".plantillas-", dir=servidor.directory))
            self._carpetas[servidor.bases] = carpeta
        plantilla = carpeta / f"{base.charset}-{es_nueva(base)}.GDB"
        if plantilla not in self._hechas:
            _hacer(servidor, base, plantilla, self.con_llaves)
            self._hechas.add(plantilla)
        shutil.copyfile(plantilla, ruta)


def es_nueva(base: Base) -> bool:
    return base.anio >= NUEVAS_DESDE


def _hacer(servidor: FirebirdServer, base: Base, ruta: Path, con_llaves: bool) -> None:
    tipo_fecha = "DATE" if base.charset == "NONE" else "TIMESTAMP"
    fijas = [*maestros.pequenas(), (CIUDANE, maestros.ciudades())]
    with servidor.create_database(ruta, charset=base.charset, forced_writes=False) as conexion:
        for tabla in TABLAS:
            crear_tabla(conexion, tabla, tipo_fecha=tipo_fecha, nueva=es_nueva(base))
        conexion.commit()
        cargar(servidor, conexion, fijas)
        for tabla in TABLAS if con_llaves else (tabla for tabla, _ in fijas):
            crear_llaves(conexion, tabla)
        conexion.commit()
