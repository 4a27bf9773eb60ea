"""What a host name leads to: the newest fiscal year of its NIT, with the public look of the shop."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from tests.mundo import ANDINA, Mundo, crear_empresa
from tns.comercio.models import EmpresaDominio, EmpresaEcommerceConfig, EmpresaPersonalizacion

RESOLVER = "/api/dominios/resolver/"


@pytest.fixture(autouse=True)
def _sin_cache() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def dominio(mundo: Mundo) -> EmpresaDominio:
    return EmpresaDominio.objects.create(empresa_servidor=mundo.andina_anterior, dominio="tienda.example", modo="pro")


def test_the_newest_fiscal_year_answers_in_one_query(
    mundo: Mundo, dominio: EmpresaDominio, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        cuerpo = mundo.nadie.get(RESOLVER, {"dominio": "TIENDA.example."}).json()
    assert (cuerpo["empresa_servidor_id"], cuerpo["anio_fiscal"], cuerpo["modo"]) == (mundo.andina.id, 2025, "pro")
    assert cuerpo["anios_fiscales"] == [2025, 2024]
    with django_assert_num_queries(0):
        assert mundo.nadie.get(RESOLVER, {"dominio": "tienda.example"}).json() == cuerpo


def test_a_new_fiscal_year_is_seen_at_once_and_keeps_last_years_look(
    mundo: Mundo, dominio: EmpresaDominio, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    EmpresaPersonalizacion.objects.create(empresa_servidor=mundo.andina, mensaje_bienvenida="Hola")
    EmpresaEcommerceConfig.objects.create(
        empresa_servidor=mundo.andina, hero_titulo="Andina", pasarela_secreto="prv_no_se_muestra"
    )
    mundo.nadie.get(RESOLVER, {"dominio": "tienda.example"})
    with django_capture_on_commit_callbacks(execute=True):
        nueva = crear_empresa(mundo.servidor, ANDINA, 2026)
    respuesta = mundo.nadie.get(RESOLVER, {"dominio": "tienda.example"})
    cuerpo = respuesta.json()
    assert cuerpo["empresa_servidor_id"] == nueva.id
    assert cuerpo["personalizacion"]["mensaje_bienvenida"] == "Hola"
    assert cuerpo["ecommerce"]["hero_titulo"] == "Andina"
    assert "secreto" not in respuesta.content.decode()
    assert "prv_no_se_muestra" not in respuesta.content.decode()


def test_an_inactive_and_an_unknown_host_name_lead_nowhere(
    mundo: Mundo, dominio: EmpresaDominio, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    assert mundo.nadie.get(RESOLVER, {"dominio": "tienda.example"}).status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        dominio.activo = False
        dominio.save()
    respuesta = mundo.nadie.get(RESOLVER, {"dominio": "tienda.example"})
    assert (respuesta.status_code, respuesta.json()["codigo"]) == (404, "dominio_no_encontrado")
    assert mundo.nadie.get(RESOLVER, {"dominio": "otra.example"}).status_code == 404


@pytest.mark.parametrize("texto", ["", "https://a.co/x", "a", "1.2.3.4", "a..co", "a b.co", "\x00.co", "ñ" * 90])
def test_what_is_no_host_name_is_a_bad_request(mundo: Mundo, texto: str) -> None:
    respuesta = mundo.nadie.get(RESOLVER, {"dominio": texto})
    assert (respuesta.status_code, list(respuesta.json()["errores"])) == (400, ["dominio"])


def test_a_host_name_is_kept_as_browsers_send_it(mundo: Mundo) -> None:
    datos = {"empresa_servidor": mundo.andina.id, "dominio": "Tienda-Ñandú.CO", "modo": "ecommerce"}
    respuesta = mundo.administrador.post("/api/dominios/", datos)
    assert respuesta.status_code == 201, respuesta.content
    assert respuesta.json()["dominio"] == "xn--tienda-and-z9a5i.co"
    repetido = mundo.administrador.post("/api/dominios/", datos | {"dominio": "tienda-ñandú.co."})
    assert repetido.json()["errores"] == {"dominio": ["Ese dominio ya está registrado."]}


def test_a_corrected_nit_takes_its_host_names_along(mundo: Mundo, dominio: EmpresaDominio) -> None:
    mundo.andina_anterior.asignar_nit("900123456-8")
    mundo.andina_anterior.save()
    dominio.refresh_from_db()
    assert (dominio.nit, dominio.nit_base) == ("9001234568", "900123456")
