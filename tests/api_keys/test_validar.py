"""The public proof of a key: its companies, or one answer for every key that opens nothing."""

from __future__ import annotations

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from tests.mundo import Mundo
from tns.api_keys import usos
from tns.api_keys.api.views import RECHAZOS_POR_MINUTO
from tns.api_keys.models import APIKeyCliente
from tns.api_keys.services import generar_llave
from tns.common.valkey import cliente

URL = "/api/api-keys/validar_api_key/"


@pytest.fixture(autouse=True)
def _sin_cuentas() -> None:
    for llave in cliente().scan_iter("tns:limite:*"):
        cliente().delete(llave)


def test_a_valid_key_tells_the_companies_of_its_nit_newest_first(
    mundo: Mundo, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        respuesta = mundo.nadie.post(URL, {"api_key": mundo.llaves["llave_andina"]})
    assert respuesta.status_code == 200
    cuerpo = respuesta.json()
    assert cuerpo["valida"] is True
    assert [e["id"] for e in cuerpo["empresas"]] == [mundo.andina.id, mundo.andina_anterior.id]
    assert set(cuerpo["empresas"][0]) == {
        "id", "codigo", "nombre", "nit", "anio_fiscal", "estado", "ultima_extraccion"
    }  # fmt: skip


def test_a_key_without_companies_yet_is_valid_and_covers_none(mundo: Mundo) -> None:
    _, texto = generar_llave(nit="900.999.999", nombre_cliente="Por llegar")
    cuerpo = mundo.nadie.post(URL, {"api_key": texto}).json()
    assert (cuerpo["valida"], cuerpo["nit"], cuerpo["empresas"]) == (True, "900999999", [])


def test_a_key_covers_the_companies_that_wrote_its_nit_without_telling_the_check_digit_apart(mundo: Mundo) -> None:
    llave, texto = generar_llave(nit=mundo.andina.nit, nombre_cliente="Otra base")
    APIKeyCliente.objects.filter(id=llave.id).update(nit_base="123456789")
    ids = [empresa["id"] for empresa in mundo.nadie.post(URL, {"api_key": texto}).json()["empresas"]]
    assert ids == [mundo.andina.id, mundo.andina_anterior.id]


def test_the_key_may_come_in_the_header(mundo: Mundo) -> None:
    assert mundo.clientes["llave_andina"].post(URL).status_code == 200


def test_unknown_expired_and_revoked_keys_get_the_same_answer(mundo: Mundo) -> None:
    caducada, revocada = mundo.llaves["llave_andina"], mundo.llaves["llave_boreal"]
    APIKeyCliente.objects.filter(nombre_cliente="Tienda Andina").update(fecha_caducidad=timezone.now())
    APIKeyCliente.objects.filter(nombre_cliente="Tienda Boreal").update(activa=False)
    textos = [
        caducada,
        revocada,
        "sk_desconocida-pero-bien-escrita",
        "sk_",
        "otra cosa",
        "sk_ñandú-y-más-texto",
    ]
    respuestas = [mundo.nadie.post(URL, {"api_key": texto}) for texto in textos]
    assert {r.status_code for r in respuestas} == {401}
    assert len({r.content for r in respuestas}) == 1
    assert respuestas[0].json()["codigo"] == "api_key_rechazada"
    assert respuestas[0]["WWW-Authenticate"] == "Api-Key"


def test_no_key_at_all_is_a_bad_request(mundo: Mundo) -> None:
    respuesta = mundo.nadie.post(URL, {})
    assert (respuesta.status_code, list(respuesta.json()["errores"])) == (400, ["api_key"])


def test_what_cannot_be_a_text_is_a_bad_request(mundo: Mundo) -> None:
    assert mundo.nadie.post(URL, {"api_key": "sk_\x00"}).status_code == 400


def test_whoever_guesses_is_turned_away_and_told_when_to_come_back(mundo: Mundo) -> None:
    # The count begins anew each minute, which may be in the middle of the first guesses; not twice in so few.
    intentos = 1
    while (respuesta := mundo.nadie.post(URL, {"api_key": "sk_adivinando-una-llave"})).status_code == 401:
        intentos += 1
        assert intentos <= 2 * RECHAZOS_POR_MINUTO + 1
    assert (respuesta.status_code, intentos > RECHAZOS_POR_MINUTO) == (429, True)
    assert 1 <= int(respuesta["Retry-After"]) <= 60
    assert respuesta.json()["codigo"] == "demasiadas_solicitudes"


def test_a_guess_costs_the_same_whatever_became_of_the_key(
    mundo: Mundo, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    APIKeyCliente.objects.filter(nombre_cliente="Tienda Andina").update(fecha_caducidad=timezone.now())
    APIKeyCliente.objects.filter(nombre_cliente="Tienda Boreal").update(activa=False)
    guiones = []
    for texto in (*mundo.llaves.values(), "sk_desconocida-pero-bien-escrita"):
        antes = _exchanges()
        with django_assert_num_queries(1):
            assert mundo.nadie.post(URL, {"api_key": texto}).status_code == 401
        guiones.append(_exchanges() - antes)
    assert set(guiones) == {1}


def test_an_address_that_guessed_too_much_is_closed_to_good_keys_and_their_use_is_not_counted(mundo: Mundo) -> None:
    for _ in range(2 * RECHAZOS_POR_MINUTO):
        mundo.nadie.post(URL, {"api_key": "sk_adivinando-una-llave"})
    usos.volcar()
    assert mundo.nadie.post(URL, {"api_key": mundo.llaves["llave_andina"]}).status_code == 429
    assert usos.volcar() == 0


def test_a_key_revoked_a_moment_ago_is_refused(mundo: Mundo) -> None:
    cuerpo = {"api_key": mundo.llaves["llave_andina"]}
    assert mundo.nadie.post(URL, cuerpo).status_code == 200
    revocada = mundo.administrador.post("/api/api-keys/revocar_api_key/", cuerpo)
    assert (revocada.status_code, mundo.nadie.post(URL, cuerpo).status_code) == (200, 401)


def _exchanges() -> int:
    """How many counting scripts Valkey has run."""
    return int(cliente().info("commandstats").get("cmdstat_evalsha", {"calls": 0})["calls"])
