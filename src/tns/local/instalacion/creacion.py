"""Make the installation, or take up the one that is already there."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from tns.engines.progress import NullProgress, Progress
from tns.local.firebird import FirebirdServer
from tns.local.instalacion import admin, base_kardex, base_movimientos
from tns.local.instalacion.catalogo import hacer_catalogo
from tns.local.instalacion.contenido import Contenido
from tns.local.instalacion.demanda import sortear
from tns.local.instalacion.escala import Escala
from tns.local.instalacion.guion import RUTA_MAESTRA, Base, Clave, Empresa, digito, empresas, rarezas
from tns.local.instalacion.inventario import libro_completo, traslados
from tns.local.instalacion.medicion import de_rareza, demanda_de, medir
from tns.local.instalacion.plantillas import Plantillas
from tns.local.instalacion.sectores import SECTORES
from tns.local.instalacion.verdad import DemandaNit, Descubierta, Verdad, VerdadBase

#: Raise it when the same seed must give other databases: older installations are then made anew.
VERSION = 1
CLAVES: tuple[Clave, ...] = ("A", "B")
_MARCA, _VERDAD = "instalacion.json", "verdad.json"


@dataclass(frozen=True)
class ServidorInstalado:
    """One server of the installation; `ruta_maestra` is ADMIN.GDB as that server sees it."""

    clave: Clave
    directorio: Path
    ruta_maestra: str = RUTA_MAESTRA


@dataclass(frozen=True)
class Instalacion:
    """A finished installation, in the order in which its servers must be discovered for the truth to hold."""

    directorio: Path
    servidores: tuple[ServidorInstalado, ...]
    verdad: Verdad

    @classmethod
    def cargar(cls, directorio: Path) -> Instalacion:
        """Read the installation that `crear_instalacion` left in `directorio`.

        Raises:
            FileNotFoundError: there is none, or it was left half-made.
        """
        marca = _marca(directorio)
        if marca is None:
            raise FileNotFoundError(f"No hay una instalación terminada en {directorio}.")
        carpetas: list[str] = marca["servidores"]
        return cls(
            directorio,
            tuple(ServidorInstalado(*uno) for uno in zip(CLAVES, map(Path, carpetas), strict=True)),
            Verdad.cargar(directorio / _VERDAD),
        )


def crear_instalacion(
    servidores: Sequence[FirebirdServer],
    *,
    semilla: int = 2025,
    escala: Escala = Escala.DEMO,
    progreso: Progress | None = None,
    directorio: Path | None = None,
) -> Instalacion:
    """Fill two started servers; nothing to do when the same seed already finished there.

    Args:
        servidores: the first is "A", the second "B".
        semilla: the same seed gives the same databases, row by row.
        directorio: where the truth is kept; `instalacion` inside the first server's directory by default.

    Raises:
        ValueError: not exactly two servers.
        Cancelled: by `progreso`; the next call begins anew.
    """
    if len(servidores) != len(CLAVES):
        raise ValueError("an installation has two servers")
    progreso = progreso or NullProgress()
    directorio = directorio or servidores[0].directory / "instalacion"
    marca = {
        "version": VERSION,
        "semilla": semilla,
        "escala": escala.value,
        "servidores": [str(servidor.directory) for servidor in servidores],
    }
    por_clave = dict(zip(CLAVES, servidores, strict=True))
    todas = empresas()
    if _marca(directorio) != marca or not _completas(por_clave, todas):
        (directorio / _MARCA).unlink(missing_ok=True)
        directorio.mkdir(parents=True, exist_ok=True)
        _vaciar(por_clave, todas)
        _hacer(por_clave, todas, semilla, escala, progreso).guardar(directorio / _VERDAD)
        (directorio / _MARCA).write_text(json.dumps(marca), encoding="utf-8")
    return Instalacion.cargar(directorio)


def _hacer(
    servidores: dict[Clave, FirebirdServer],
    todas: tuple[Empresa, ...],
    semilla: int,
    escala: Escala,
    progreso: Progress,
) -> Verdad:
    progreso.stage("Creando las empresas de demostración", sum(len(empresa.bases) for empresa in todas))
    bases: list[VerdadBase] = []
    demanda: dict[str, DemandaNit] = {}
    with Plantillas(con_llaves=escala is Escala.PRUEBA) as plantillas:
        for empresa in todas:
            contenido = inventar(empresa, semilla, escala)
            demanda[empresa.base] = demanda_de(contenido)
            for base in empresa.bases:
                de_este = replace(contenido, base=base)
                if base.perfil == "kardex":
                    base_kardex.escribir(servidores[base.servidor], de_este, plantillas)
                else:
                    base_movimientos.escribir(servidores[base.servidor], de_este)
                bases.append(medir(de_este, nombre=empresa.nombre, nit=_partir(base, empresa)))
                progreso.advance(1, f"{empresa.nombre} {base.anio}")
    for clave, servidor in servidores.items():
        admin.escribir(servidor, clave, todas, rarezas())
    return Verdad(semilla, escala.value, bases, _descubrimiento(todas), demanda)


def inventar(empresa: Empresa, semilla: int, escala: Escala) -> Contenido:
    """Draw a company's articles, demand and documents; for its first database (`replace` for the others)."""
    azar = np.random.default_rng([semilla, int(empresa.base)])
    anios = [base.anio for base in empresa.bases]
    catalogo = hacer_catalogo(azar, SECTORES[empresa.sector], escala.articulos(empresa.articulos))
    ventas = sortear(azar, catalogo, anios, escala.lineas_mes(empresa.lineas_mes))
    libro = libro_completo(azar, catalogo, ventas, anios, escala)
    movidos = traslados(azar, catalogo, ventas, escala)
    return Contenido(empresa.bases[0], empresa.sector, catalogo, ventas, libro, movidos, escala)


def _partir(base: Base, empresa: Empresa) -> tuple[str, str, str, bool]:
    """(stored NIT, canonical base, DV, DV right) by the contract's rule, from the cast's knowledge of the base."""
    guardado = base.nit.replace(".", "").replace("-", "").replace(" ", "")
    dv = guardado.removeprefix(empresa.base)
    return guardado, empresa.base, dv, dv in ("", digito(empresa.base))


def _descubrimiento(todas: tuple[Empresa, ...]) -> list[Descubierta]:
    creadas = [
        Descubierta(base.servidor, base.codigo, base.nit, str(base.anio), "creada")
        for empresa in todas
        for base in empresa.bases
    ]
    filas = [*creadas, *(de_rareza(rareza) for rareza in rarezas())]
    return sorted(filas, key=lambda fila: (fila.servidor, fila.codigo))


def _alias(clave: Clave, servidor: FirebirdServer, todas: tuple[Empresa, ...]) -> dict[str, Path]:
    rutas = {RUTA_MAESTRA: servidor.database(admin.ARCHIVO)}
    for empresa in todas:
        rutas |= {base.ruta: servidor.database(base.archivo) for base in empresa.bases if base.servidor == clave}
    return rutas


def _completas(servidores: dict[Clave, FirebirdServer], todas: tuple[Empresa, ...]) -> bool:
    return all(
        ruta.exists() and servidor.aliases().get(nombre) == ruta
        for clave, servidor in servidores.items()
        for nombre, ruta in _alias(clave, servidor, todas).items()
    )


def _vaciar(servidores: dict[Clave, FirebirdServer], todas: tuple[Empresa, ...]) -> None:
    for clave, servidor in servidores.items():
        rutas = _alias(clave, servidor, todas)
        for ruta in rutas.values():
            ruta.unlink(missing_ok=True)
        servidor.set_aliases(rutas)


def _marca(directorio: Path) -> dict[str, Any] | None:
    try:
        marca = json.loads((directorio / _MARCA).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return marca if isinstance(marca, dict) and (directorio / _VERDAD).exists() else None
