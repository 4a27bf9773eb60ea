"""A day of schedules: the real beat, a real worker and a real Firebird, on a clock that the test moves.

`reloj.c` is the clock of beat and worker: their wall clock is the machine's plus the seconds written in a file; their
monotonic one, by which they wait for each other, is the true one. Every quarter of an hour of the day is visited.
"""

from __future__ import annotations

import mmap
import os
import shutil
import struct
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from tests.instalados import registrar
from tests.pila import Pila, Trabajador
from tests.sistema.oidos import Oidos, escuchar
from tests.tareas.conftest import hasta
from tns.common.valkey import cliente
from tns.empresas.models import EmpresaServidor
from tns.local.firebird import FirebirdServer
from tns.local.instalacion import Instalacion
from tns.local.rutas import checkout
from tns.local.servicios.base import Service
from tns.local.servicios.celery import Beat
from tns.sistema import horario
from tns.sistema.models import Programacion, RondaAvisos
from tns.sistema.programacion import guardar_programacion
from tns.tareas.models import ESTADOS_VIVOS, EstadoTarea, Tarea

BOGOTA = ZoneInfo("America/Bogota")
PASO = timedelta(minutes=15)
_COMPILADOR = shutil.which("cc")

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(_COMPILADOR is None, reason="needs a C compiler for the clock"),
]


class TrabajadorDelDia(Trabajador):
    @property
    def command(self) -> Sequence[str | os.PathLike[str]]:
        return [*super().command, "--include", "tests.sistema.vigia_rapida"]


class BeatDelDia(Beat):
    @property
    def command(self) -> Sequence[str | os.PathLike[str]]:
        return [*super().command, "--max-interval", "1"]


class Dia:
    """The clock of a day that has not come yet, from midnight of Bogotá on."""

    def __init__(self, carpeta: Path) -> None:
        biblioteca, archivo = carpeta / "reloj.so", carpeta / "reloj"
        fuente = Path(__file__).with_name("reloj.c")
        subprocess.run([str(_COMPILADOR), "-O1", "-shared", "-fPIC", "-o", biblioteca, fuente], check=True)
        archivo.write_bytes(bytes(8))
        with archivo.open("r+b") as abierto:
            self._adelanto = mmap.mmap(abierto.fileno(), 8)
        self.entorno = {"LD_PRELOAD": str(biblioteca), "TNS_RELOJ": str(archivo)}
        manana = timezone.now().astimezone(BOGOTA).date() + timedelta(days=1)
        self.medianoche = datetime.combine(manana, time(0), BOGOTA)
        self.poner(self.medianoche)

    def poner(self, momento: datetime) -> None:
        """It is `momento` now, and a second or two; the clock goes on from there."""
        adelanto = int((momento - datetime.now(UTC)).total_seconds()) + 2
        self._adelanto[:] = struct.pack("=q", adelanto)

    def a_las(self, texto: str) -> datetime:
        hora, minuto = map(int, texto.split(":"))
        return self.medianoche + timedelta(hours=hora, minutes=minuto)


@dataclass
class Escena:
    dia: Dia
    trabajador: Service
    beat: Service
    firebird: FirebirdServer
    oidos: Oidos
    sin_beat: bool = False

    def pasar(self, desde: str, hasta_las: str) -> None:
        """Visit every quarter of an hour of [desde, hasta_las)."""
        momento = self.dia.a_las(desde)
        while momento < self.dia.a_las(hasta_las):
            self._visitar(momento)
            momento += PASO

    def _visitar(self, momento: datetime) -> None:
        self.dia.poner(momento)
        hasta(lambda: self._todo_corrio(momento), f"the runs of {momento:%H:%M}")
        hasta(lambda: RondaAvisos.objects.filter(empezada__gte=momento).exists(), f"the round of {momento:%H:%M}")

    def _todo_corrio(self, momento: datetime) -> bool:
        if Tarea.objects.filter(estado__in=ESTADOS_VIVOS).exists() or cliente().llen("rapidas"):
            return False
        if self.sin_beat:
            return True
        for programacion in Programacion.objects.all():
            debida = horario.ultima_debida(programacion, momento)
            corrida = programacion.ultima_corrida
            if debida and debida >= self.dia.medianoche and not (corrida and corrida >= debida):
                return False
        return True


@pytest.fixture
def escena(
    pila: Pila,
    instalados: tuple[FirebirdServer, FirebirdServer, Instalacion],
    sin_trabajador: None,
    tmp_path: Path,
) -> Iterator[Escena]:
    firebird, _, instalacion = instalados
    servidor = registrar(firebird, "Bodega norte", ruta_maestra=instalacion.servidores[0].ruta_maestra)
    dia = Dia(tmp_path)
    with patch.object(timezone, "now", lambda: dia.medianoche):
        for nombre, campos in {
            "Descubrir": {"accion": "descubrir", "frecuencia": "horas", "cada_horas": 6, "hora": time(0, 15)},
            "Extraer": {"accion": "extraer", "frecuencia": "horas", "cada_horas": 1, "hora": time(0, 30)},
            "Extraer de noche": {"accion": "extraer", "servidor": servidor, "hora": time(2, 30)},
        }.items():
            guardar_programacion(programacion=Programacion(nombre=nombre, **campos))
    PeriodicTask.objects.update(last_run_at=dia.medianoche)
    with escuchar() as oidos:
        entorno = dia.entorno | {
            "DATABASE_URL": pila.postgresql.url_of(connection.settings_dict["NAME"]),
            "EMAIL_URL": f"smtp://127.0.0.1:{oidos.puerto_smtp}",
            "TNS_AVISOS_CORREO": "guardia@example.com",
            "TNS_AVISOS_WEBHOOK": oidos.webhook,
        }
        trabajador = TrabajadorDelDia(
            "trabajador-dia", tmp_path, queues=("rapidas", "extraccion"), concurrency=2, env=entorno, cwd=checkout()
        )
        beat = BeatDelDia("beat-dia", tmp_path, env=entorno, cwd=checkout())
        cliente().delete("rapidas", "extraccion")
        try:
            trabajador.start()
            beat.start()
            yield Escena(dia, trabajador, beat, firebird, oidos)
        finally:
            beat.stop()
            trabajador.stop()
            if not firebird.running:
                firebird.start()


def horas_de(titulo: str, estado: EstadoTarea) -> list[str]:
    """The quarter hours at which tasks whose title begins so ended that way; a set, in order."""
    tareas = Tarea.objects.filter(titulo__startswith=titulo, estado=estado)
    return sorted({f"{timezone.localtime(tarea.creada, BOGOTA):%H:%M}" for tarea in tareas})


def nunca_dos_a_la_vez() -> int:
    """How many tasks ran, after seeing that no two of one kind on one object overlapped."""
    por_objeto: dict[tuple[str, str], list[Tarea]] = {}
    for tarea in Tarea.objects.exclude(iniciada=None).order_by("iniciada"):
        por_objeto.setdefault((tarea.tipo, tarea.objeto), []).append(tarea)
    for tareas in por_objeto.values():
        for antes, despues in pairwise(tareas):
            assert antes.terminada is not None
            assert despues.iniciada is not None
            assert antes.terminada <= despues.iniciada
    return sum(map(len, por_objeto.values()))


@pytest.mark.lento
def test_a_day_on_which_the_source_and_the_beat_fail_and_come_back(escena: Escena) -> None:
    """The alarms of a source away from 9:00 to 15:45 and of a beat away from 19:45 to 22:15."""
    escena.pasar("00:00", "09:15")
    assert escena.oidos.asuntos == []
    empresas = EmpresaServidor.objects.filter(estado="ACTIVO").count()
    escena.firebird.stop()
    escena.pasar("09:15", "15:45")
    escena.firebird.start()
    escena.pasar("15:45", "20:00")
    escena.beat.stop()
    escena.sin_beat = True
    escena.pasar("20:00", "22:15")
    escena.beat.start()
    escena.sin_beat = False
    escena.pasar("22:15", "24:00")

    assert horas_de("Extraer datos", EstadoTarea.FALLO) == [f"{hora:02}:30" for hora in range(9, 16)]
    # At 22:15 the beat that is back sends at once what it owes, and at 22:30 what is due.
    buenas = {f"{hora:02}:30" for hora in range(24) if not 9 <= hora < 16 and hora not in (20, 21)} | {"22:15"}
    assert set(horas_de("Extraer datos", EstadoTarea.EXITO)) == buenas
    assert nunca_dos_a_la_vez() >= 22 * (empresas + 1)  # hourly, but for the two hours without a beat
    assert escena.oidos.asuntos == [
        f"TNS Core: fallaron {empresas} tareas",
        "TNS Core: falló Descubrir empresas de Bodega norte",
        f"TNS Core: {empresas} volvieron a funcionar",
        "TNS Core: volvió a funcionar Descubrir empresas de Bodega norte",
        "TNS Core: falló Programación «Extraer»",
        "TNS Core: volvió a funcionar Programación «Extraer»",
    ]
    assert [llamada["asunto"] for llamada in escena.oidos.llamadas] == escena.oidos.asuntos


def test_the_small_hours_with_a_source_that_comes_back(escena: Escena) -> None:
    """Two failed hours are one alarm and one relief, and the schedules that meet at 2:30 never double their work."""
    escena.pasar("00:15", "00:30")
    empresas = EmpresaServidor.objects.filter(estado="ACTIVO").count()
    escena.firebird.stop()
    escena.pasar("00:30", "01:45")
    escena.firebird.start()
    escena.pasar("02:30", "03:00")
    hasta(lambda: len(escena.oidos.asuntos) == 2, "the relief")
    assert horas_de("Extraer datos", EstadoTarea.FALLO) == ["00:30", "01:30"]
    assert horas_de("Extraer datos", EstadoTarea.EXITO) == ["02:30"]
    assert nunca_dos_a_la_vez() >= 1 + 2 + 3 * empresas
    assert escena.oidos.asuntos == [
        f"TNS Core: fallaron {empresas} tareas",
        f"TNS Core: {empresas} volvieron a funcionar",
    ]
