"""Making a key: told once, kept as a hash, covering the companies of its NIT."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.mundo import ANDINA, Mundo, crear_empresa
from tns.api_keys.models import APIKeyCliente, hash_de
from tns.cuentas.models import RegistroAuditoria

URL = "/api/api-keys/generar_api_key/"


def generar(mundo: Mundo, **campos: object) -> dict[str, object]:
    respuesta = mundo.administrador.post(URL, {"nit": ANDINA, "nombre_cliente": "Kiosco", "dias_validez": 90} | campos)
    assert respuesta.status_code == 201, respuesta.content
    return respuesta.json()


def test_the_answer_shows_the_key_and_the_companies_it_covers(mundo: Mundo) -> None:
    cuerpo = generar(mundo, nit="800.197.268-4")
    assert str(cuerpo["api_key"]).startswith("sk_")
    assert [e["id"] for e in cuerpo["empresas"]] == [mundo.andina.id, mundo.andina_anterior.id]  # type: ignore[union-attr]
    assert (cuerpo["nit"], cuerpo["nit_base"], cuerpo["aviso"]) == ("8001972684", ANDINA, "")


def test_only_a_hash_and_the_beginning_are_stored(mundo: Mundo) -> None:
    texto = str(generar(mundo)["api_key"])
    guardada = APIKeyCliente.objects.get(api_key_hash=hash_de(texto))
    assert texto.startswith(guardada.api_key_prefijo)
    assert len(guardada.api_key_prefijo) == 11
    fila = APIKeyCliente.objects.filter(id=guardada.id).values().get()
    assert texto not in repr(fila)


def test_the_key_has_256_random_bits(mundo: Mundo) -> None:
    from base64 import urlsafe_b64decode

    textos = {str(generar(mundo)["api_key"]) for _ in range(5)}
    assert len(textos) == 5
    assert all(len(urlsafe_b64decode(t.removeprefix("sk_") + "=")) == 32 for t in textos)


def test_the_key_expires_after_the_days_asked_for(mundo: Mundo) -> None:
    generar(mundo, dias_validez=7)
    llave = APIKeyCliente.objects.latest("id")
    assert abs(llave.fecha_caducidad - timezone.now() - timedelta(days=7)) < timedelta(minutes=1)


def test_a_nit_without_companies_is_allowed_and_said(mundo: Mundo) -> None:
    cuerpo = generar(mundo, nit="900.123.456-8")
    assert cuerpo["empresas"] == []
    assert "Ninguna empresa" in str(cuerpo["aviso"])


@pytest.mark.parametrize(
    ("campos", "campo"),
    [
        ({"nit": "no es un nit!"}, "nit"),
        ({"nit": ""}, "nit"),
        ({"nombre_cliente": "  "}, "nombre_cliente"),
        ({"dias_validez": 0}, "dias_validez"),
        ({"dias_validez": 10**30}, "dias_validez"),
        ({"alcances": ["todo"]}, "alcances"),
    ],
)
def test_bad_input_names_its_field(mundo: Mundo, campos: dict[str, object], campo: str) -> None:
    respuesta = mundo.administrador.post(URL, {"nit": ANDINA, "nombre_cliente": "Kiosco"} | campos)
    assert respuesta.status_code == 400
    assert list(respuesta.json()["errores"]) == [campo]


def test_an_administrator_limited_to_a_nit_makes_keys_of_no_other(mundo: Mundo) -> None:
    limitado = mundo.clientes["administrador_andina"]
    assert limitado.post(URL, {"nit": mundo.boreal.nit, "nombre_cliente": "Otro"}).status_code == 404
    assert limitado.post(URL, {"nit": ANDINA, "nombre_cliente": "Propio"}).status_code == 201


def test_making_a_key_is_audited_without_its_text_or_hash(mundo: Mundo) -> None:
    texto = str(generar(mundo)["api_key"])
    acto = RegistroAuditoria.objects.latest("id")
    assert (acto.accion, acto.objeto_tipo, acto.actor_nombre) == ("crear", "apikeycliente", "administrador")
    assert texto not in repr(acto.cambios)
    assert hash_de(texto) not in repr(acto.cambios)


def test_a_company_that_appears_later_joins_the_keys_of_its_nit(mundo: Mundo) -> None:
    llave = APIKeyCliente.objects.get(nombre_cliente="Tienda Andina")
    nueva = crear_empresa(mundo.otro_servidor, "800.197.268-4", 2026)
    assert nueva in llave.empresas_asociadas.all()
    nueva.asignar_nit(mundo.boreal.nit)
    nueva.save()
    assert nueva not in llave.empresas_asociadas.all()
    assert nueva in APIKeyCliente.objects.get(nombre_cliente="Tienda Boreal").empresas_asociadas.all()


def test_a_key_written_with_a_wrong_check_digit_covers_the_company_that_keeps_it(mundo: Mundo) -> None:
    empresa = crear_empresa(mundo.servidor, "900.123.456-7", 2025)
    cuerpo = generar(mundo, nit="9001234567")
    assert cuerpo["nit_base"] == "9001234567"
    assert [e["id"] for e in cuerpo["empresas"]] == [empresa.id]  # type: ignore[union-attr]
