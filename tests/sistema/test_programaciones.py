"""Schedules: written in words, kept in step with the beat, run without ever doubling the work."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from django_celery_beat.models import PeriodicTask
from django_celery_beat.schedulers import ModelEntry

from tests.mundo import ANDINA, BOREAL, Mundo
from tns.sistema.models import Programacion
from tns.sistema.tasks import correr_programacion_task, depurar_task
from tns.tareas.models import EstadoTarea, Tarea

URL = "/api/programaciones/"
BOGOTA = ZoneInfo("America/Bogota")


def crear(mundo: Mundo, **campos: Any) -> Any:
    datos = {"nombre": "Nocturna", "accion": "extraer", "hora": "02:30"} | campos
    return mundo.administrador.post(URL, datos)


@pytest.mark.parametrize(
    ("campos", "palabras"),
    [
        ({}, "cada día a las 2:30"),
        ({"hora": "13:05"}, "cada día a la 13:05"),
        ({"frecuencia": "semanal", "dia_semana": 0}, "cada lunes a las 2:30"),
        ({"frecuencia": "semanal", "dia_semana": 6}, "cada domingo a las 2:30"),
        ({"frecuencia": "mensual", "dia_mes": 15}, "el día 15 de cada mes a las 2:30"),
        ({"frecuencia": "horas", "cada_horas": 6, "hora": "00:20"}, "cada 6 horas, al minuto 20"),
    ],
)
def test_it_is_read_in_words(mundo: Mundo, campos: dict[str, Any], palabras: str) -> None:
    respuesta = crear(mundo, **campos)
    assert respuesta.status_code == 201, respuesta.content
    assert respuesta.json()["en_palabras"] == palabras


@pytest.mark.parametrize(
    ("campos", "dia"), [({"frecuencia": "semanal", "dia_semana": d}, d) for d in range(7)] + [({}, None)]
)
def test_the_next_run_is_at_that_hour_of_bogota(mundo: Mundo, campos: dict[str, Any], dia: int | None) -> None:
    proxima = datetime.fromisoformat(crear(mundo, **campos).json()["proxima"]).astimezone(BOGOTA)
    assert (proxima.hour, proxima.minute) == (2, 30)
    assert timezone.now() < proxima <= timezone.now() + timedelta(days=1 if dia is None else 7, minutes=1)
    assert dia is None or proxima.weekday() == dia


def test_the_beat_sends_what_the_schedule_says_when_its_hour_comes(mundo: Mundo) -> None:
    programacion = Programacion.objects.get(id=crear(mundo).json()["id"])
    assert programacion.periodica is not None
    entrada = ModelEntry(programacion.periodica)
    ayer = timezone.now() - timedelta(days=1, minutes=1)
    entrada.last_run_at = ayer
    assert entrada.is_due().is_due
    assert (entrada.task, entrada.args) == (correr_programacion_task.name, [programacion.id])


def test_pausing_and_deleting_reach_the_beat(mundo: Mundo) -> None:
    creada = crear(mundo).json()
    url = f"{URL}{creada['id']}/"
    pausada = mundo.administrador.patch(url, {"activa": False}).json()
    assert pausada["proxima"] is None
    assert PeriodicTask.objects.get(name=f"programacion:{creada['id']}").enabled is False
    correr_programacion_task(creada["id"])
    assert not Tarea.objects.exists()
    assert mundo.administrador.delete(url).status_code == 204
    assert not PeriodicTask.objects.filter(name__startswith="programacion:").exists()
    correr_programacion_task(creada["id"])


def test_an_extraction_of_everything_takes_every_active_company(mundo: Mundo) -> None:
    mundo.boreal.estado = "INACTIVO"
    mundo.boreal.save()
    correr_programacion_task(crear(mundo).json()["id"])
    tarea = Tarea.objects.get()
    assert tarea.tipo.startswith("extraccion")
    assert set(tarea.argumentos["empresas"]) == {mundo.andina.id, mundo.andina_anterior.id}


def test_training_goes_once_per_nit_and_discovery_once_per_server(mundo: Mundo) -> None:
    correr_programacion_task(crear(mundo, accion="entrenar").json()["id"])
    assert sorted(Tarea.objects.values_list("nit_base", flat=True)) == sorted([ANDINA, BOREAL])
    Tarea.objects.all().delete()
    correr_programacion_task(crear(mundo, accion="descubrir", servidor=mundo.servidor.id).json()["id"])
    assert Tarea.objects.get().objeto == f"servidor:{mundo.servidor.id}"


def test_what_is_under_way_is_never_doubled(mundo: Mundo) -> None:
    creada = crear(mundo, accion="descubrir").json()
    corrida = mundo.operador.post(f"{URL}{creada['id']}/correr/")
    assert (corrida.status_code, len(corrida.json()["tareas"])) == (202, 2)
    otra = mundo.operador.post(f"{URL}{creada['id']}/correr/").json()
    assert otra["tareas"] == []
    assert "Ya está en curso" in otra["mensaje"]
    assert Tarea.objects.count() == 2


@pytest.mark.parametrize(
    ("campos", "campo"),
    [
        ({"accion": "volar"}, "accion"),
        ({"hora": "25:00"}, "hora"),
        ({"frecuencia": "mensual", "dia_mes": 31}, "dia_mes"),
        ({"nit_base": "no es un nit!"}, "nit_base"),
        ({"accion": "descubrir", "nit_base": ANDINA}, "servidor"),
    ],
)
def test_what_cannot_be_scheduled_is_refused(mundo: Mundo, campos: dict[str, Any], campo: str) -> None:
    respuesta = crear(mundo, **campos)
    assert (respuesta.status_code, list(respuesta.json()["errores"])) == (400, [campo])


def test_whoever_is_limited_to_a_nit_sees_the_schedules_of_it_alone(mundo: Mundo) -> None:
    crear(mundo)
    crear(mundo, nombre="De Boreal", nit_base=mundo.boreal.nit)
    crear(mundo, nombre="De Andina", empresa_servidor=mundo.andina.id)
    filas = mundo.clientes["lector_boreal"].get(URL).json()["results"]
    assert [fila["nombre"] for fila in filas] == ["De Boreal"]
    assert len(mundo.lector.get(URL).json()["results"]) == 3


def test_retention_forgets_old_finished_tasks_alone(mundo: Mundo, settings: Any) -> None:
    settings.TNS_RETENCION_TAREAS_DIAS = 30
    campos = {"tipo": "x", "nombre_celery": "x", "cola": "rapidas", "titulo": "T"}
    vieja = timezone.now() - timedelta(days=31)
    for nombre, estado, terminada in [
        ("vieja", EstadoTarea.EXITO, vieja),
        ("reciente", EstadoTarea.FALLO, timezone.now()),
        ("viva", EstadoTarea.EN_PROGRESO, None),
    ]:
        Tarea.objects.create(**campos, objeto=nombre, estado=estado, terminada=terminada)
    depurar_task()
    assert set(Tarea.objects.values_list("objeto", flat=True)) == {"reciente", "viva"}
