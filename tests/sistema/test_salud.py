"""Health, metrics and state: bounded in time, and telling nobody more than he may know."""

from __future__ import annotations

import time

import pytest
from django.test import Client
from pytest_django import Settings

from tests.mundo import Mundo
from tns.common import valkey
from tns.sistema import estado
from tns.sistema.estado import Parte


@pytest.mark.django_db
def test_live_asks_for_nothing_and_ready_names_what_it_needs() -> None:
    cliente = Client()
    assert cliente.get("/health/live/").json() == {"estado": "ok"}
    respuesta = cliente.get("/health/")
    assert respuesta.json() == {"estado": "ok", "partes": {"base_de_datos": "ok", "broker": "ok"}}
    assert "no-cache" in respuesta["Cache-Control"]


@pytest.mark.django_db
def test_not_ready_while_the_broker_is_away(settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    valkey.cliente.cache_clear()
    try:
        respuesta = Client().get("/health/ready/")
    finally:
        valkey.cliente.cache_clear()
    assert respuesta.status_code == 503
    assert respuesta.json()["partes"] == {"base_de_datos": "ok", "broker": "falla"}


def test_a_part_that_never_answers_is_said_to_have_failed_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    suelta = __import__("threading").Event()
    mudo = lambda: suelta.wait(30) and Parte("mlflow", "ok", "")  # noqa: E731
    monkeypatch.setitem(estado.COMPROBACIONES, "mlflow", mudo)
    inicio = time.monotonic()
    (parte,) = estado.revisar(["mlflow"], limite_s=0.2)
    suelta.set()
    assert (parte.estado, time.monotonic() - inicio < 10) == ("falla", True)


def test_a_check_that_breaks_does_not_break_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(estado.COMPROBACIONES, "mlflow", lambda: 1 / 0)
    partes = {parte.nombre: parte.estado for parte in estado.revisar(["mlflow", "disco"])}
    assert partes["mlflow"] == "falla"
    assert partes["disco"] in {"ok", "aviso"}


def test_an_mlflow_that_is_away_is_a_warning_not_a_failure(settings: Settings) -> None:
    settings.MLFLOW_TRACKING_URI = "http://usuario:clave-secreta@127.0.0.1:1"
    parte = estado.mlflow()
    assert parte.estado == "aviso"
    assert "clave-secreta" not in repr(parte)


def test_the_state_names_every_part_and_the_versions(mundo: Mundo) -> None:
    cuerpo = mundo.lector.get("/api/sistema/estado/").json()
    partes = {parte["nombre"]: parte for parte in cuerpo["partes"]}
    assert set(partes) == {"base_de_datos", "broker", "trabajadores", "programador", "mlflow", "disco"}
    assert partes["base_de_datos"]["estado"] == "ok"
    assert partes["mlflow"]["estado"] == "apagado"
    assert {"tns", "django", "celery", "python"} <= set(cuerpo["versiones"])


def test_metrics_are_for_the_token_and_for_administrators(mundo: Mundo, settings: Settings) -> None:
    assert mundo.nadie.get("/metrics").status_code == 401
    assert mundo.nadie.get("/metrics", HTTP_AUTHORIZATION="Bearer ").status_code == 401
    settings.TNS_METRICS_TOKEN = "un-token-largo"
    respuesta = Client().get("/metrics", HTTP_AUTHORIZATION="Bearer un-token-largo")
    assert respuesta.status_code == 200
    texto = respuesta.content.decode()
    for familia in ("tns_tareas", "tns_cola_mensajes", "tns_version", "tns_empresa_segundos_desde_extraccion"):
        assert f"# TYPE {familia} gauge" in texto
    assert 'tns_cola_mensajes{cola="rapidas"}' in texto
