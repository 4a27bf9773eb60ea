"""The OpenAPI schema: committed, without warnings, in Spanish, and shown without leaving the installation."""

from __future__ import annotations

import re
import tomllib
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import call_command
from django.test import Client

from tns.common.esquema import OPERACIONES

COMPROMETIDO = Path(__file__).parents[2] / "docs" / "openapi.yaml"
METODOS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture(scope="module")
def esquema() -> dict[str, Any]:
    salida = StringIO()
    call_command("spectacular", validate=True, fail_on_warn=True, stdout=salida)
    return yaml.safe_load(salida.getvalue())


def operaciones(esquema: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        f"{metodo.upper()} {ruta}": operacion
        for ruta, metodos in esquema["paths"].items()
        for metodo, operacion in metodos.items()
        if metodo in METODOS
    }


def test_the_committed_schema_is_the_one_the_program_has(esquema: dict[str, Any]) -> None:
    assert yaml.safe_load(COMPROMETIDO.read_text(encoding="utf-8")) == esquema, "Write it again: make openapi"


def test_it_is_openapi_3_1(esquema: dict[str, Any]) -> None:
    assert esquema["openapi"].startswith("3.1")


def test_every_operation_says_in_spanish_what_it_does(esquema: dict[str, Any]) -> None:
    mudas = [nombre for nombre, operacion in operaciones(esquema).items() if not operacion.get("summary")]
    assert not mudas, f"Say it in {OPERACIONES.name}: {mudas}"
    catalogo = tomllib.loads(OPERACIONES.read_text(encoding="utf-8"))
    assert not set(catalogo["operaciones"]) - set(operaciones(esquema)), "operations that no longer exist"


def test_every_operation_documents_its_problems(esquema: dict[str, Any]) -> None:
    assert all("default" in operacion["responses"] for operacion in operaciones(esquema).values())


def test_the_fixed_paths_of_the_contract_are_there(esquema: dict[str, Any]) -> None:
    fijas = {
        "GET /api/servidores/", "POST /api/servidores/", "DELETE /api/servidores/{id}/",
        "POST /api/servidores/{id}/probar_conexion/", "GET /api/empresas-servidor/", "POST /api/empresas-servidor/",
        "POST /api/sistema/descubrir_empresas/", "GET /api/sistema/estado-descubrimiento/",
        "POST /api/sistema/extraer_datos/", "GET /api/sistema/estado-tarea/", "POST /api/ml/entrenar_modelos/",
        "POST /api/ml/predecir_demanda/", "GET /api/ml/modelos/", "POST /api/api-keys/generar_api_key/",
        "GET /api/api-keys/listar_api_keys/", "POST /api/api-keys/revocar_api_key/",
        "POST /api/api-keys/validar_api_key/", "GET /api/vpn/configs/", "POST /api/vpn/configs/",
        "GET /api/vpn/configs/{id}/download_config/", "POST /api/dian-processor/procesar-factura/",
        "POST /api/auth/register/", "POST /api/auth/login/", "POST /api/auth/logout/", "GET /api/auth/me/",
        "GET /api/dominios/resolver/",
    }  # fmt: skip
    assert fijas <= set(operaciones(esquema))


def test_the_page_of_the_documentation_asks_nothing_of_other_hosts(db: None) -> None:
    pagina = Client().get("/api/docs/").content.decode()
    direcciones = re.findall(r"""(?:src|href)=["']([^"']+)|url\(([^)]+)""", pagina)
    assert direcciones
    assert not [d for par in direcciones for d in par if re.match(r"(https?:)?//", d)]
    for recurso in {d for d, _ in direcciones if d.endswith((".js", ".css", ".png"))}:
        respuesta = Client().get(recurso)
        assert respuesta.status_code == 200, recurso
        respuesta.close()
