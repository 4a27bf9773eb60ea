"""What a key opens once it is given out: its own NIT, reading only, as often as its limit says."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.mundo import ANDINA, Mundo, cliente_con_llave
from tns.api_keys import services, usos
from tns.api_keys.models import APIKeyCliente
from tns.common.valkey import cliente

EMPRESAS = "/api/empresas-servidor/"
REVOCAR, ROTAR = "/api/api-keys/revocar_api_key/", "/api/api-keys/rotar_api_key/"


def ids(respuesta: object) -> set[int]:
    return {fila["id"] for fila in respuesta.json()["results"]}  # type: ignore[attr-defined]


def test_a_key_sees_the_companies_of_its_nit_alone(mundo: Mundo) -> None:
    assert ids(mundo.clientes["llave_andina"].get(EMPRESAS)) == {mundo.andina.id, mundo.andina_anterior.id}
    assert mundo.clientes["llave_andina"].get(f"{EMPRESAS}{mundo.boreal.id}/").status_code == 404


def test_a_key_learns_nothing_of_the_resellers_servers(mundo: Mundo) -> None:
    texto = mundo.clientes["llave_andina"].get(f"{EMPRESAS}{mundo.andina.id}/").content.decode()
    assert "servidor" not in texto
    assert "ruta_base" not in texto


def test_a_revoked_key_stops_at_once_and_twice_is_no_error(mundo: Mundo) -> None:
    llave = APIKeyCliente.objects.get(nombre_cliente="Tienda Andina")
    for _ in range(2):
        respuesta = mundo.administrador.post(REVOCAR, {"id": llave.id})
        assert (respuesta.status_code, respuesta.json()["estado"]) == (200, "revocada")
    respuesta = mundo.clientes["llave_andina"].get(EMPRESAS)
    assert respuesta.status_code == 401
    assert respuesta["WWW-Authenticate"].startswith("Api-Key")
    assert respuesta.json()["codigo"] == "no_autenticado"


def test_a_key_can_be_revoked_by_its_text(mundo: Mundo) -> None:
    assert mundo.administrador.post(REVOCAR, {"api_key": mundo.llaves["llave_boreal"]}).status_code == 200
    assert mundo.clientes["llave_boreal"].get(EMPRESAS).status_code == 401


def test_both_keys_open_while_a_rotation_overlaps(mundo: Mundo) -> None:
    vieja = APIKeyCliente.objects.get(nombre_cliente="Tienda Andina")
    respuesta = mundo.administrador.post(ROTAR, {"id": vieja.id, "horas_solape": 2})
    assert respuesta.status_code == 201
    nueva = cliente_con_llave(respuesta.json()["api_key"])
    assert {c.get(EMPRESAS).status_code for c in (nueva, mundo.clientes["llave_andina"])} == {200}
    vieja.refresh_from_db()
    assert timezone.now() < vieja.fecha_caducidad <= timezone.now() + timedelta(hours=2)
    repetida = mundo.administrador.post(ROTAR, {"id": vieja.id})
    assert (repetida.status_code, repetida.json()["codigo"]) == (409, "llave_no_rotable")


def test_a_key_reads_only_what_its_scopes_allow(mundo: Mundo) -> None:
    _, sin_empresas = services.generar_llave(nit=ANDINA, nombre_cliente="Predice", alcances=["pronosticos"])
    _, con_empresas = services.generar_llave(nit=ANDINA, nombre_cliente="Lee", alcances=["empresas"])
    assert cliente_con_llave(sin_empresas).get(EMPRESAS).status_code == 403
    assert cliente_con_llave(con_empresas).get(EMPRESAS).status_code == 200


def test_a_key_over_its_limit_waits_and_every_answer_says_what_is_left(mundo: Mundo) -> None:
    _, texto = services.generar_llave(nit=ANDINA, nombre_cliente="Poca", limite_por_minuto=2)
    programa = cliente_con_llave(texto)
    respuestas = [programa.get(EMPRESAS) for _ in range(5)]
    estados = [r.status_code for r in respuestas]
    assert estados[0] == 200
    assert estados[-1] == 429  # the minute may turn once in between, not twice
    assert respuestas[-1]["RateLimit-Limit"] == "2"
    assert respuestas[-1]["RateLimit-Remaining"] == "0"
    assert int(respuestas[-1]["Retry-After"]) >= 1
    assert respuestas[0]["RateLimit-Remaining"] in {"0", "1"}


def test_uses_are_counted_without_a_write_per_request(mundo: Mundo) -> None:
    usos.volcar()
    llave = APIKeyCliente.objects.get(nombre_cliente="Tienda Andina")
    for _ in range(3):
        mundo.clientes["llave_andina"].get(EMPRESAS)
    llave.refresh_from_db()
    assert (llave.contador_usos, llave.ultimo_uso) == (0, None)
    assert usos.volcar() == 1
    assert usos.volcar() == 0
    llave.refresh_from_db()
    assert llave.contador_usos == 3
    assert llave.ultimo_uso is not None


def test_uses_set_aside_by_a_process_that_died_are_poured_by_the_next(mundo: Mundo) -> None:
    usos.volcar()
    llave = APIKeyCliente.objects.get(nombre_cliente="Tienda Andina")
    usos.contar_uso(llave.id, maximo=600)
    cliente().rename("tns:llaves:usos", "tns:llaves:volcando:de-un-muerto")
    usos.contar_uso(llave.id, maximo=600)
    usos.volcar()
    llave.refresh_from_db()
    assert llave.contador_usos == 2


@pytest.mark.parametrize("cabecera", ["Api-Key", "Api-Key sk_a b", "Api-Key sk_corta", "Api-Key \xff\xfe", "api-key x"])
def test_a_malformed_header_is_refused_not_ignored(mundo: Mundo, cabecera: str) -> None:
    respuesta = mundo.nadie.get(EMPRESAS, HTTP_AUTHORIZATION=cabecera)
    assert respuesta.status_code == 401


def test_the_list_tells_the_states_apart_for_its_owner(mundo: Mundo) -> None:
    APIKeyCliente.objects.filter(nombre_cliente="Tienda Boreal").update(fecha_caducidad=timezone.now())
    for estado, nombre in [("vigente", "Tienda Andina"), ("caducada", "Tienda Boreal")]:
        filas = mundo.lector.get("/api/api-keys/listar_api_keys/", {"estado": estado}).json()["results"]
        assert [(f["nombre_cliente"], f["estado"]) for f in filas] == [(nombre, estado)]
    assert "api_key_hash" not in filas[0]


def test_the_lists_of_companies_can_be_mended_by_hand(mundo: Mundo) -> None:
    llave = APIKeyCliente.objects.get(nombre_cliente="Tienda Andina")
    llave.empresas_asociadas.set([mundo.boreal])
    respuesta = mundo.administrador.post("/api/api-keys/actualizar_empresas_asociadas/")
    assert respuesta.json() == {"llaves_actualizadas": 1}
    assert set(llave.empresas_asociadas.all()) == {mundo.andina, mundo.andina_anterior}
