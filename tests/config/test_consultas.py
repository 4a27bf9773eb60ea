"""How many queries each list makes, however many rows it has: a number that grows with the rows is a fault.

The numbers are those of CONSULTAS: when a change makes one smaller, write the smaller one; a larger one needs a reason.
"""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.config.rutas import mapa
from tests.mundo import BOREAL, Mundo, crear_empresa
from tns.api_keys.services import generar_llave
from tns.comercio.models import EmpresaDominio, EmpresaEcommerceConfig, EmpresaPersonalizacion
from tns.tareas.models import Tarea

# Session and user are two of them; then count, page, and what the page prefetches.
CONSULTAS = {
    "/api/servidores/": 4,
    "/api/empresas-servidor/": 4,
    "/api/api-keys/listar_api_keys/": 5,
    "/api/tareas/": 4,
    "/api/auditoria/": 4,
    "/api/personalizacion/": 4,
    "/api/ecommerce/": 4,
    "/api/dominios/": 4,
}


def llenar(mundo: Mundo) -> None:
    for anio in range(2000, 2020):
        empresa = crear_empresa(mundo.otro_servidor, BOREAL, anio)
        EmpresaPersonalizacion.objects.create(empresa_servidor=empresa)
        EmpresaEcommerceConfig.objects.create(empresa_servidor=empresa)
        EmpresaDominio.objects.create(empresa_servidor=empresa, dominio=f"d{anio}.example")
        generar_llave(nit=BOREAL, nombre_cliente=f"Cliente {anio}")
        Tarea.objects.create(tipo="x", nombre_celery="x", cola="rapidas", titulo=f"T{anio}", nit_base=BOREAL)


@pytest.mark.parametrize("ruta", sorted(CONSULTAS))
def test_a_list_makes_the_same_few_queries_with_many_rows(mundo: Mundo, ruta: str) -> None:
    llenar(mundo)
    with CaptureQueriesContext(connection) as consultas:
        respuesta = mundo.lector.get(ruta) if ruta != "/api/auditoria/" else mundo.administrador.get(ruta)
    assert respuesta.status_code == 200
    assert len(respuesta.json()["results"]) >= (2 if ruta == "/api/servidores/" else 20)
    assert len(consultas) == CONSULTAS[ruta], "\n".join(c["sql"][:200] for c in consultas.captured_queries)


def test_the_lists_that_are_counted_exist() -> None:
    assert {ruta.removeprefix("/") for ruta in CONSULTAS} <= set(mapa())
