"""What fails while nobody watches is told once, daily while it lasts, and when it is over; never lost on the way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from tests.mundo import Mundo, crear_usuario
from tests.sistema.oidos import Oidos, escuchar
from tns.common.problemas import ServicioNoDisponible
from tns.common.valkey import cliente
from tns.sistema import avisos, fallas, horario
from tns.sistema.models import Falla, Programacion, RondaAvisos
from tns.sistema.programacion import correr, guardar_programacion
from tns.tareas.models import EstadoTarea, Tarea

pytestmark = pytest.mark.django_db
INICIO = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class Reloj:
    """The program's clock, which the test moves."""

    def __init__(self) -> None:
        self.ahora = INICIO

    def pasan(self, **cuanto: float) -> None:
        self.ahora += timedelta(**cuanto)


@pytest.fixture
def reloj() -> Iterator[Reloj]:
    hora = Reloj()
    with patch.object(timezone, "now", lambda: hora.ahora):
        yield hora


@pytest.fixture
def oidos(settings: Settings) -> Iterator[Oidos]:
    """Mail and webhook, real ones."""
    with escuchar() as quienes:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", quienes.puerto_smtp
        settings.TNS_AVISOS_CORREO = ["guardia@example.com"]
        settings.TNS_AVISOS_WEBHOOK = quienes.webhook
        yield quienes


def terminar(estado: EstadoTarea = EstadoTarea.FALLO, titulo: str = "Extraer", **campos: Any) -> Tarea:
    falla = {"error_codigo": "servidor_inalcanzable", "error_detalle": "No respondió."}
    return Tarea.objects.create(
        tipo="extraccion", nombre_celery="x", cola="extraccion", titulo=titulo, estado=estado,
        terminada=timezone.now(), **(falla if estado is EstadoTarea.FALLO else {}) | campos,
    )  # fmt: skip


def programar(**campos: Any) -> Programacion:
    nueva = Programacion(**{"nombre": "Nocturna", "accion": "extraer"} | campos)
    return guardar_programacion(programacion=nueva)


def test_many_failures_are_one_message_and_are_told_once(oidos: Oidos) -> None:
    for numero in range(30):
        terminar(titulo=f"Extraer {numero}")
    assert avisos.avisar_fallas() == 30
    assert avisos.avisar_fallas() == 0
    (correo,), (llegado,) = oidos.correos, oidos.llamadas
    assert correo["Subject"] == llegado["asunto"] == "TNS Core: fallaron 30 tareas"
    assert len(correo.get_content().splitlines()) == avisos.MAX_LINEAS + 1
    assert (llegado["tareas"][0]["codigo"], llegado["tareas"][0]["aviso"]) == ("servidor_inalcanzable", "falla")


def test_the_same_failure_every_hour_is_told_once_a_day_and_its_end_once(oidos: Oidos, reloj: Reloj) -> None:
    for _ in range(50):
        terminar(objeto="empresa:1")
        avisos.avisar_fallas()
        reloj.pasan(hours=1)
    terminar(EstadoTarea.EXITO, objeto="empresa:1")
    for _ in range(3):
        avisos.avisar_fallas()
        reloj.pasan(hours=1)
    sigue = "TNS Core: sigue fallando Extraer"
    assert oidos.asuntos == ["TNS Core: falló Extraer", sigue, sigue, "TNS Core: volvió a funcionar Extraer"]
    assert [llamada["tareas"][0]["aviso"] for llamada in oidos.llamadas] == ["falla", "sigue", "sigue", "recuperada"]
    assert "Falla desde el 02/03/2026 a las 07:00" in oidos.correos[1].get_content()


def test_what_fails_and_recovers_all_day_long_is_no_storm(oidos: Oidos, reloj: Reloj) -> None:
    for vuelta in range(48):
        terminar(EstadoTarea.EXITO if vuelta % 2 else EstadoTarea.FALLO, objeto="empresa:1")
        avisos.avisar_fallas()
        reloj.pasan(minutes=29)
    assert len(oidos.correos) == avisos.MAX_AL_DIA


def test_a_failure_already_made_good_is_told_too(oidos: Oidos, reloj: Reloj) -> None:
    terminar(objeto="empresa:1")
    reloj.pasan(minutes=1)
    terminar(EstadoTarea.EXITO, objeto="empresa:1", creada_por=crear_usuario("operadora"))
    assert (avisos.avisar_fallas(), avisos.avisar_fallas()) == (1, 0)
    assert "Había fallado: No respondió." in oidos.correos[0].get_content()


def test_losing_valkey_neither_repeats_nor_loses_an_alarm(oidos: Oidos, reloj: Reloj) -> None:
    terminar(objeto="empresa:1")
    assert avisos.avisar_fallas() == 1
    cliente().flushdb()
    terminar(objeto="empresa:2")
    reloj.pasan(hours=5)
    assert (avisos.avisar_fallas(), avisos.avisar_fallas()) == (1, 0)


def test_what_a_person_asked_for_is_his_to_see(oidos: Oidos) -> None:
    terminar(creada_por=crear_usuario("operadora"))
    assert avisos.avisar_fallas() == 0
    assert not oidos.correos


def test_what_could_not_be_delivered_is_told_in_the_next_round(oidos: Oidos, settings: Settings) -> None:
    settings.TNS_AVISOS_CORREO, settings.TNS_AVISOS_WEBHOOK = [], "http://127.0.0.1:1/"
    terminar()
    assert avisos.avisar_fallas() == 0
    settings.TNS_AVISOS_WEBHOOK = oidos.webhook
    assert avisos.avisar_fallas() == 1
    assert oidos.llamadas[0]["asunto"] == "TNS Core: falló Extraer"


def test_nobody_to_tell_is_no_error() -> None:
    terminar()
    assert avisos.avisar_fallas() == 0


def test_a_schedule_that_did_not_run_is_told_once_and_so_is_its_late_run(
    oidos: Oidos, reloj: Reloj, mundo: Mundo
) -> None:
    programacion = programar()  # at 2:30 of Bogotá: 7:30 UTC
    avisos.avisar_fallas()
    reloj.ahora = datetime(2026, 3, 3, 7, 44, tzinfo=UTC)
    assert avisos.avisar_fallas() == 0
    reloj.pasan(minutes=2)
    assert (avisos.avisar_fallas(), avisos.avisar_fallas()) == (1, 0)
    correr(programacion=programacion)
    reloj.pasan(minutes=5)
    assert (avisos.avisar_fallas(), avisos.avisar_fallas()) == (1, 0)
    assert oidos.asuntos == [
        "TNS Core: falló Programación «Nocturna»",
        "TNS Core: volvió a funcionar Programación «Nocturna»",
    ]
    assert "Debía correr el 03/03/2026 a las 2:30 y no ha corrido." in oidos.correos[0].get_content()


def test_a_run_that_came_late_is_told_although_nobody_could_tell_before(
    oidos: Oidos, reloj: Reloj, mundo: Mundo
) -> None:
    programacion = programar()
    reloj.ahora = datetime(2026, 3, 3, 13, 0, tzinfo=UTC)  # everything was off
    correr(programacion=programacion)
    reloj.pasan(minutes=5)
    assert (avisos.avisar_fallas(), avisos.avisar_fallas()) == (1, 0)
    assert "y no corrió a tiempo." in oidos.correos[0].get_content()


def test_a_run_that_could_begin_nothing_is_told(oidos: Oidos, reloj: Reloj, mundo: Mundo) -> None:
    programacion = programar()
    sin_cola = ServicioNoDisponible("La cola no responde.", codigo="broker_no_disponible")
    with patch("tns.sistema.programacion.encolar_extracciones", side_effect=sin_cola):
        correr(programacion=programacion)
    assert avisos.avisar_fallas() == 1
    assert oidos.llamadas[0]["tareas"][0]["codigo"] == "broker_no_disponible"


def test_work_under_way_is_no_failure_of_the_schedule(oidos: Oidos, mundo: Mundo) -> None:
    programacion = programar(accion="descubrir")
    correr(programacion=programacion)
    correr(programacion=programacion)
    assert "Ya está en curso" in programacion.ultimo_mensaje
    assert avisos.avisar_fallas() == 0


def test_a_paused_schedule_owes_nothing_and_takes_its_alarm_with_it(oidos: Oidos, reloj: Reloj) -> None:
    programacion = programar()
    reloj.pasan(days=1)
    assert avisos.avisar_fallas() == 1
    programacion.activa = False
    guardar_programacion(programacion=programacion)
    reloj.pasan(days=3)
    assert avisos.avisar_fallas() == 0
    programacion.activa = True
    guardar_programacion(programacion=programacion)
    assert avisos.avisar_fallas() == 0


@pytest.mark.parametrize(
    ("campos", "debida"),
    [
        ({}, "2026-03-01 02:30"),
        ({"frecuencia": "horas", "cada_horas": 5}, "2026-03-02 00:30"),
        ({"frecuencia": "semanal", "dia_semana": 5}, "2026-02-28 02:30"),
        ({"frecuencia": "mensual", "dia_mes": 28}, "2026-02-28 02:30"),
    ],
)
def test_when_it_last_should_have_run_is_what_the_beat_is_given(
    db: None, reloj: Reloj, campos: dict[str, Any], debida: str
) -> None:
    programacion = programar(**campos)
    hasta = datetime(2026, 3, 2, 6, 29, tzinfo=UTC)  # 1:29 of Bogotá
    hallada = horario.ultima_debida(programacion, hasta)
    assert hallada is not None
    assert f"{timezone.localtime(hallada):%Y-%m-%d %H:%M}" == debida
    assert programacion.periodica is not None
    assert programacion.periodica.crontab is not None
    crontab = programacion.periodica.crontab.schedule
    crontab.nowfun = lambda: timezone.localtime(hallada)
    assert crontab.is_due(timezone.localtime(hallada - timedelta(days=32))).is_due


@pytest.mark.django_db(transaction=True)
def test_of_many_processes_one_makes_the_round(oidos: Oidos) -> None:
    terminar()
    salida, contados = Barrier(6), []

    def proceso() -> None:
        salida.wait(10)
        contados.append(avisos.ronda())
        connection.close()

    hilos = [Thread(target=proceso) for _ in range(6)]
    for hilo in hilos:
        hilo.start()
    for hilo in hilos:
        hilo.join(30)
    assert sorted(contados) == [0, 0, 0, 0, 0, 1]
    assert len(oidos.correos) == 1
    RondaAvisos.objects.update(empezada=timezone.now() + timedelta(days=300))
    terminar(titulo="Otra")
    assert avisos.ronda() == 1


def test_what_is_over_is_forgotten(oidos: Oidos, reloj: Reloj) -> None:
    terminar(objeto="empresa:1")
    avisos.avisar_fallas()
    reloj.pasan(days=39)
    fallas.olvidar(reloj.ahora)
    assert Falla.objects.count() == 1
    reloj.pasan(days=2)
    fallas.olvidar(reloj.ahora)
    assert not Falla.objects.exists()
