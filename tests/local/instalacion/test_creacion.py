"""Making an installation: same seed same rows, reused when finished, made anew when not, cancellable, lasting."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from tns.engines.progress import Cancelled, NullProgress
from tns.local.firebird import FirebirdServer
from tns.local.instalacion import Escala, Instalacion, crear_instalacion
from tns.local.instalacion.creacion import inventar
from tns.local.instalacion.guion import RUTA_MAESTRA, empresas

Servidores = list[FirebirdServer]


@pytest.fixture(scope="module")
def otros(nuevo_firebird: Callable[..., FirebirdServer]) -> Servidores:
    return [nuevo_firebird("otra-a"), nuevo_firebird("otra-b")]


def huella(servidor: FirebirdServer, ruta: str) -> list[tuple[Any, ...]]:
    """A few sums that change when any line does."""
    with servidor.connect(ruta) as conexion, conexion.cursor() as cursor:
        return list(
            cursor.execute(
                """SELECT COUNT(*), SUM(D.DEKARDEXID * D.CANMAT), SUM(D.MATID * D.PARCVTA),
                          SUM(K.CLIENTE * D.KARDEXID), SUM(MOD(HASH(K.NUMERO || K.FECHA || K.HORA), 1000003))
                   FROM DEKARDEX D JOIN KARDEX K ON K.KARDEXID = D.KARDEXID"""
            ).fetchall()
        )


def escritura(servidores: Servidores) -> list[int]:
    return [ruta.stat().st_mtime_ns for servidor in servidores for ruta in servidor.aliases().values()]


def test_the_same_seed_gives_the_same_rows_on_other_servers(
    instalacion: Instalacion, servidores: Servidores, otros: Servidores
) -> None:
    gemela = crear_instalacion(otros, escala=Escala.PRUEBA)
    assert asdict(gemela.verdad) == asdict(instalacion.verdad)
    for base in (base for base in instalacion.verdad.bases if base.perfil == "kardex"):
        uno, otro = (quienes["AB".index(base.servidor)] for quienes in (servidores, otros))
        assert huella(uno, base.ruta) == huella(otro, base.ruta)


def test_a_finished_one_is_reused_and_one_that_lost_a_database_is_made_anew(otros: Servidores) -> None:
    primera = crear_instalacion(otros, escala=Escala.PRUEBA)
    antes = escritura(otros)
    assert crear_instalacion(otros, escala=Escala.PRUEBA) == primera
    assert escritura(otros) == antes
    otros[1].database("ADMIN.GDB").unlink()
    assert crear_instalacion(otros, escala=Escala.PRUEBA) == primera
    assert otros[1].database("ADMIN.GDB").exists()
    assert escritura(otros) != antes


def test_a_restarted_server_still_knows_its_databases_by_their_windows_paths(otros: Servidores) -> None:
    entera = crear_instalacion(otros, escala=Escala.PRUEBA)
    base = entera.verdad.base("A", "01")
    antes = huella(otros[0], base.ruta)
    otros[0].stop()
    otros[0].start()
    assert huella(otros[0], base.ruta) == antes


def test_a_cancelled_one_is_not_there_and_the_next_call_makes_it_whole_from_another_seed(otros: Servidores) -> None:
    class Impaciente(NullProgress):
        hechas = 0

        def advance(self, amount: int = 1, message: str | None = None) -> None:
            self.hechas += amount
            if self.hechas == 3:
                raise Cancelled

    primera = crear_instalacion(otros, escala=Escala.PRUEBA)
    with pytest.raises(Cancelled):
        crear_instalacion(otros, semilla=99, escala=Escala.PRUEBA, progreso=Impaciente())
    with pytest.raises(FileNotFoundError):
        Instalacion.cargar(otros[0].directory / "instalacion")
    assert not list(otros[0].directory.glob(".plantillas-*"))
    assert not list(otros[0].externos.iterdir())
    distinta = crear_instalacion(otros, semilla=99, escala=Escala.PRUEBA)
    assert all(servidor.aliases()[RUTA_MAESTRA].exists() for servidor in otros)
    assert distinta.verdad.descubrimiento == primera.verdad.descubrimiento
    assert distinta.verdad.demanda != primera.verdad.demanda
    assert Instalacion.cargar(distinta.directorio).verdad.semilla == 99


def test_an_installation_needs_two_servers(otros: Servidores) -> None:
    with pytest.raises(ValueError, match="two servers"):
        crear_instalacion(otros[:1], escala=Escala.PRUEBA)


def test_nothing_made_by_halves_is_loaded(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Instalacion.cargar(tmp_path)


def test_the_demonstration_has_three_hundred_thousand_lines_and_a_few_hundred_articles_each() -> None:
    lineas = 0
    for empresa in empresas():
        contenido = inventar(empresa, 2025, Escala.DEMO)
        if empresa.bases[0].perfil == "kardex":
            lineas += len(contenido.libro.lineas)
        assert len(contenido.catalogo) >= 70
    assert lineas >= 300_000
