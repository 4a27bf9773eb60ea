"""The dashboard: each caller's own figures, in a bounded number of queries, and what needs attention."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.mundo import Mundo
from tns.extraccion.models import VentanaExtraccion
from tns.tareas.models import EstadoTarea, Tarea

URL = "/api/sistema/resumen/"


def ventana(empresa: object, mes: int, filas: int) -> None:
    VentanaExtraccion.objects.create(
        empresa_servidor=empresa, desde=date(2025, mes, 1), hasta=date(2025, mes, 28), filas=filas,
        suma_cantidad=0, suma_valor=0, perfil="kardex", extraida=timezone.now(),
    )  # fmt: skip


def test_the_figures_are_those_of_the_callers_nits(mundo: Mundo) -> None:
    ventana(mundo.andina, 1, 10)
    ventana(mundo.andina, 2, 5)
    ventana(mundo.boreal, 2, 100)
    todo = mundo.lector.get(URL).json()
    assert (todo["servidores"], todo["empresas"]["total"], todo["empresas"]["nits"]) == (2, 3, 2)
    assert todo["movimientos"]["total"] == 115
    assert [m["filas"] for m in todo["movimientos"]["por_mes"]] == [10, 105]
    suyo = mundo.clientes["lector_boreal"].get(URL).json()
    assert (suyo["servidores"], suyo["empresas"]["total"], suyo["movimientos"]["total"]) == (1, 1, 100)
    assert suyo["api_keys"]["vigentes"] == 1


def test_a_failure_asks_for_attention_until_the_same_work_succeeds(mundo: Mundo) -> None:
    def tarea(estado: str, hace: timedelta) -> None:
        Tarea.objects.create(
            tipo="extraccion", nombre_celery="x", cola="extraccion", titulo="Extraer", objeto="empresa:1",
            estado=estado, terminada=timezone.now() - hace, error_detalle="Se cortó.",
        )  # fmt: skip

    tarea(EstadoTarea.FALLO, timedelta(hours=2))
    avisos = mundo.lector.get(URL).json()["atencion"]
    assert [a["texto"] for a in avisos if a["codigo"] == "tarea_fallida"] == ["Extraer: Se cortó."]
    tarea(EstadoTarea.EXITO, timedelta(hours=1))
    avisos = mundo.lector.get(URL).json()["atencion"]
    assert not [a for a in avisos if a["codigo"] == "tarea_fallida"]


def test_keys_and_companies_that_need_somebody_are_named(mundo: Mundo) -> None:
    codigos = {a["codigo"] for a in mundo.lector.get(URL).json()["atencion"]}
    assert {"llave_por_caducar", "empresa_sin_extraer"} <= codigos


def test_the_number_of_queries_does_not_grow(mundo: Mundo) -> None:
    with CaptureQueriesContext(
        connection,
    ) as consultas:
        mundo.lector.get(URL)
    assert len(consultas) <= 20
