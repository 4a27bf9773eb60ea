"""Every way a request can fail answers a problem document, in Spanish, with a stable code."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from rest_framework.test import APIClient

from tests.mundo import CLAVE, Mundo

TIPO = "application/problem+json"


def comprobar(respuesta: Any, estado: int, codigo: str) -> dict[str, Any]:
    assert respuesta.status_code == estado, respuesta.content
    assert respuesta["Content-Type"] == TIPO
    cuerpo = respuesta.json()
    assert cuerpo["status"] == estado
    assert cuerpo["codigo"] == codigo
    assert cuerpo["type"] == f"urn:tns:problema:{codigo}"
    assert cuerpo["title"]
    assert cuerpo["detail"]
    return cuerpo


def test_an_unknown_path_is_404(mundo: Mundo) -> None:
    comprobar(mundo.nadie.get("/api/no-existe/"), 404, "no_encontrado")
    comprobar(Client().get("/tampoco/esto"), 404, "no_encontrado")


def test_an_unknown_record_is_404(mundo: Mundo) -> None:
    comprobar(mundo.lector.get("/api/servidores/999999/"), 404, "no_encontrado")


@pytest.mark.parametrize("pk", ["9" * 40, "-1", "abc", "%00", "1e5", "٣"])
def test_an_id_that_no_database_takes_is_404_too(mundo: Mundo, pk: str) -> None:
    for ruta in ("servidores", "empresas-servidor", "dominios", "ecommerce", "auditoria"):
        comprobar(mundo.administrador.get(f"/api/{ruta}/{pk}/"), 404, "no_encontrado")


def test_a_method_that_is_not_there_is_405(mundo: Mundo) -> None:
    respuesta = mundo.administrador.put("/api/servidores/")
    comprobar(respuesta, 405, "metodo_no_permitido")
    assert "GET" in respuesta["Allow"]
    comprobar(Client().post("/health/"), 405, "metodo_no_permitido")


@pytest.mark.parametrize("cuerpo", [b"{", b"\xff\xfe", b'{"a": }', b"[" * 5000])
def test_a_body_that_is_no_json_is_400(mundo: Mundo, cuerpo: bytes) -> None:
    respuesta = mundo.administrador.generic("POST", "/api/servidores/", cuerpo, content_type="application/json")
    comprobar(respuesta, 400, "json_invalido")


def test_a_body_of_another_type_is_415(mundo: Mundo) -> None:
    respuesta = mundo.administrador.post("/api/servidores/", "a=1", content_type="text/plain")
    comprobar(respuesta, 415, "formato_no_soportado")


@pytest.mark.parametrize("cuerpo", [[], "texto", 3, None])
def test_json_that_is_no_object_is_400(mundo: Mundo, cuerpo: object) -> None:
    comprobar(mundo.administrador.post("/api/servidores/", cuerpo, format="json"), 400, "datos_invalidos")


def test_fields_at_fault_are_named(mundo: Mundo) -> None:
    cuerpo = comprobar(mundo.administrador.post("/api/servidores/", {"puerto": 99999}), 400, "datos_invalidos")
    assert {"nombre", "host", "usuario", "password", "puerto", "ruta_maestra"} <= set(cuerpo["errores"])
    assert all(isinstance(frase, str) for frases in cuerpo["errores"].values() for frase in frases)


@pytest.mark.parametrize("campo", ["nombre", "host", "ruta_maestra", "password"])
def test_nul_bytes_are_refused_by_field(mundo: Mundo, campo: str) -> None:
    datos = {"nombre": "N", "host": "h", "usuario": "u", "password": "p", "ruta_maestra": "r"} | {campo: "a\x00b"}
    cuerpo = comprobar(mundo.administrador.post("/api/servidores/", datos), 400, "datos_invalidos")
    assert list(cuerpo["errores"]) == [campo]


@pytest.mark.parametrize("consulta", ["buscar=%00", "host=%00", "servidor=%00"])
def test_nul_bytes_in_a_query_break_nothing(mundo: Mundo, consulta: str) -> None:
    assert mundo.administrador.get(f"/api/servidores/?{consulta}").status_code in (200, 400)


@pytest.mark.parametrize("numero", [10**30, -(10**30), 1.5, "1e400", True, None, []])
def test_numbers_that_no_database_takes_are_refused(mundo: Mundo, numero: object) -> None:
    respuesta = mundo.administrador.post("/api/sistema/descubrir_empresas/", {"servidor_id": numero}, format="json")
    assert respuesta.status_code in (400, 404), respuesta.content
    assert respuesta["Content-Type"] == TIPO


@pytest.mark.parametrize(
    "consulta", ["servidor=9999999999999999999999", "anio_fiscal=x", "pagina=0", "pagina=x", "tamano=x", "orden=;drop"]
)
def test_filters_that_make_no_sense_break_nothing(mundo: Mundo, consulta: str) -> None:
    respuesta = mundo.lector.get(f"/api/empresas-servidor/?{consulta}")
    assert respuesta.status_code in (200, 400, 404)
    if respuesta.status_code != 200:
        assert respuesta["Content-Type"] == TIPO


def test_what_django_itself_refuses_is_a_problem_too(mundo: Mundo) -> None:
    cliente = APIClient(enforce_csrf_checks=True)
    cliente.get("/api/auth/csrf/")
    sin_frontera = cliente.generic("POST", "/api/auth/login/", b"x", content_type="multipart/form-data")
    comprobar(sin_frontera, 400, "solicitud_invalida")
    comprobar(Client().get("/api/auth/csrf/", HTTP_HOST="otro.sitio"), 400, "solicitud_invalida")


def test_a_write_without_csrf_is_403(mundo: Mundo) -> None:
    cliente = APIClient(enforce_csrf_checks=True)
    cliente.force_login(mundo.usuarios["administrador"])
    comprobar(cliente.post("/api/servidores/", {}), 403, "csrf_rechazado")
    comprobar(cliente.post("/api/auth/login/", {"username": "x", "password": "y"}), 403, "csrf_rechazado")


def test_a_sign_in_with_csrf_goes_on(mundo: Mundo) -> None:
    cliente = APIClient(enforce_csrf_checks=True)
    token = cliente.get("/api/auth/csrf/").json()["csrf_token"]
    entrada = {"username": "lector", "password": CLAVE}
    assert cliente.post("/api/auth/login/", entrada, HTTP_X_CSRFTOKEN=token).status_code == 200
    token = cliente.get("/api/auth/csrf/").json()["csrf_token"]
    assert cliente.post("/api/auth/logout/", HTTP_X_CSRFTOKEN=token).status_code == 204


def test_nobody_is_401_and_told_how_to_come_in(mundo: Mundo) -> None:
    respuesta = mundo.nadie.get("/api/servidores/")
    cuerpo = comprobar(respuesta, 401, "no_autenticado")
    assert respuesta["WWW-Authenticate"].startswith("Api-Key")
    assert "Api-Key" in cuerpo["que_hacer"]


def test_without_the_right_it_is_403(mundo: Mundo) -> None:
    comprobar(mundo.lector.post("/api/servidores/", {}), 403, "sin_permiso")


def test_a_database_that_is_away_is_503(mundo: Mundo, monkeypatch: pytest.MonkeyPatch) -> None:
    from tns.servidores import selectors

    def caida(alcance: object) -> None:
        raise OperationalError("connection refused to secreto-de-conexion")

    monkeypatch.setattr(selectors, "servidores_visibles", caida)
    respuesta = mundo.lector.get("/api/servidores/")
    comprobar(respuesta, 503, "base_de_datos_no_disponible")
    assert "secreto-de-conexion" not in respuesta.content.decode()


def test_what_nobody_expected_is_500_without_detail(mundo: Mundo, monkeypatch: pytest.MonkeyPatch) -> None:
    from tns.servidores import selectors

    def rota(alcance: object) -> None:
        raise RuntimeError("detalle-interno")

    monkeypatch.setattr(selectors, "servidores_visibles", rota)
    mundo.lector.raise_request_exception = False
    respuesta = mundo.lector.get("/api/servidores/")
    comprobar(respuesta, 500, "error_interno")
    assert "detalle-interno" not in respuesta.content.decode()


def test_every_answer_carries_the_requests_id(mundo: Mundo) -> None:
    propia = mundo.nadie.get("/api/no-existe/", HTTP_X_REQUEST_ID="pedido-12345678")
    assert propia["X-Request-ID"] == "pedido-12345678"
    ajena = mundo.nadie.get("/health/live/", HTTP_X_REQUEST_ID="mala\tidea")
    assert len(ajena["X-Request-ID"]) == 32
