"""The sending endpoints with a real worker: 202, progress, history, permissions."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.dian.conftest import Escena, montar
from tests.dian.contabilidad import Contabilidad
from tests.dian.proveedor import Proveedor
from tests.mundo import cliente_de, crear_usuario
from tests.pila import Trabajador
from tns.cuentas.models import Rol
from tns.dian.models import ConfiguracionDian
from tns.local.rutas import checkout

PROCESAR = "/api/dian-processor/procesar-factura/"
DOCUMENTOS = "/api/dian-processor/documentos/"


@pytest.fixture(scope="module")
def trabajador_dian(pila: Any, django_db_setup: None) -> Iterator[Trabajador]:
    """A worker of its own, for a provider without TLS that may be impatient."""
    from django.db import connection

    trabajador = Trabajador(
        "trabajador-dian",
        pila.carpeta / "trabajador-dian",
        queues=("rapidas",),
        concurrency=1,
        cwd=checkout(),
        env={
            "DATABASE_URL": pila.postgresql.url_of(connection.settings_dict["NAME"]),
            "DIAN_PERMITIR_HTTP": "true",
            "DIAN_TIEMPO_LIMITE_S": "2",
        },
    )
    trabajador.start()
    yield trabajador
    trabajador.stop()


@pytest.fixture
def escena_viva(
    transactional_db: None,
    base_tns: Contabilidad,
    proveedor: Proveedor,
    ajustes_dian: Any,
    sin_trabajador: None,
    trabajador_dian: Trabajador,
) -> Escena:
    return montar(base_tns, proveedor)


def operador() -> APIClient:
    return cliente_de(crear_usuario("operadora", Rol.OPERADOR))


def esperar(cliente: APIClient, task_id: str) -> dict[str, Any]:
    """The task's end, within a limit."""
    limite, espera = time.monotonic() + 60, threading.Event()
    while time.monotonic() < limite:
        estado = cliente.get("/api/sistema/estado-tarea/", {"task_id": task_id}).json()
        if estado["terminada"] is not None:
            return estado
        espera.wait(0.1)
    pytest.fail(f"La tarea no terminó: {estado}")


@pytest.mark.parametrize("quien", ["empresa_servidor_id", "nit"])
def test_a_document_is_sent_through_the_queue(escena_viva: Escena, quien: str) -> None:
    escena_viva.tns.documento(1)
    cliente = operador()
    valor = escena_viva.empresa.id if quien == "empresa_servidor_id" else "800.197.268-4"
    respuesta = cliente.post(PROCESAR, {quien: valor, "kardex_id": 1})
    assert respuesta.status_code == 202
    estado = esperar(cliente, respuesta.json()["task_id"])
    assert estado["estado"] == "EXITO", estado
    assert estado["resultado"]["estado"] == "aceptado"
    (fila,) = cliente.get(DOCUMENTOS, {"kardex_id": 1}).json()["results"]
    assert fila["cufe"] == estado["resultado"]["cufe"]
    historia = cliente.get(f"{DOCUMENTOS}{fila['id']}/").json()
    assert [evento["accion"] for evento in historia["eventos"]] == ["creado", "enviando", "respuesta", "escrito"]
    assert historia["cuerpo"]["number"] == 1
    assert cliente.get(f"{DOCUMENTOS}{fila['id']}/html/").status_code == 200
    assert cliente.get(f"{DOCUMENTOS}{fila['id']}/pdf/").content.startswith(b"%PDF")


def test_what_tns_lacks_comes_in_the_task_error(escena_viva: Escena) -> None:
    escena_viva.tns.documento(2, CLIENTE=3)
    cliente = operador()
    respuesta = cliente.post(PROCESAR, {"empresa_servidor_id": escena_viva.empresa.id, "kardex_id": 2})
    estado = esperar(cliente, respuesta.json()["task_id"])
    assert estado["estado"] == "FALLO"
    assert estado["error"]["codigo"] == "documento_incompleto"
    assert {f["campo"] for f in estado["error"]["datos"]["faltantes"]} == {"DIRECC1", "CIUDANEID", "EMAIL"}


def test_a_batch_tells_its_progress_and_its_result(escena_viva: Escena) -> None:
    for kardex_id in (1, 2, 3):
        escena_viva.tns.documento(kardex_id)
    cliente = operador()
    datos = {"empresa_servidor_id": escena_viva.empresa.id, "fecha_inicio": "2025-03-01", "fecha_fin": "2025-03-31"}
    respuesta = cliente.post("/api/dian-processor/procesar-lote/", datos)
    estado = esperar(cliente, respuesta.json()["task_id"])
    assert estado["estado"] == "EXITO", estado
    assert estado["resultado"]["estados"] == {"aceptado": 3}
    assert estado["progreso"]["hecho"] == 3


def test_requests_that_cannot_be_are_answered_with_problems(mundo: Any) -> None:
    sin_empresa = mundo.operador.post(PROCESAR, {"kardex_id": 1})
    assert (sin_empresa.status_code, sin_empresa.json()["codigo"]) == (400, "datos_invalidos")
    assert mundo.operador.post(PROCESAR, {"nit": "!!", "kardex_id": 1}).status_code == 400
    assert mundo.operador.post(PROCESAR, {"nit": "123", "kardex_id": 1}).json()["codigo"] == "empresa_no_encontrada"
    assert mundo.operador.post(PROCESAR, {"empresa_servidor_id": 10**9, "kardex_id": 1}).status_code == 404
    assert mundo.operador.post(PROCESAR, {"nit": mundo.andina.nit, "kardex_id": 0}).status_code == 400
    lote = {"nit": mundo.andina.nit, "fecha_inicio": "2025-03-31", "fecha_fin": "2025-03-01"}
    assert "fecha_fin" in mundo.operador.post("/api/dian-processor/procesar-lote/", lote).json()["errores"]


@pytest.mark.parametrize(
    ("quien", "estado"), [("nadie", 401), ("sin_rol", 403), ("lector", 403), ("llave_andina", 403)]
)
def test_only_who_operates_may_send(mundo: Any, quien: str, estado: int) -> None:
    datos = {"nit": mundo.andina.nit, "kardex_id": 1}
    assert mundo.clientes[quien].post(PROCESAR, datos).status_code == estado


def test_nobody_sends_for_a_company_out_of_his_sight(mundo: Any) -> None:
    limitado = mundo.clientes["administrador_andina"]
    assert limitado.post(PROCESAR, {"nit": mundo.boreal.nit, "kardex_id": 1}).status_code == 404
    assert limitado.post(PROCESAR, {"empresa_servidor_id": mundo.boreal.id, "kardex_id": 1}).status_code == 404


def test_secrets_of_the_configuration_go_in_and_never_come_out(mundo: Any) -> None:
    ruta = "/api/dian-processor/configuraciones/"
    datos = {"nit_base": "800.197.268-4", "url_proveedor": "https://proveedor.example/api", "token": "secretísimo"}
    creada = mundo.administrador.post(ruta, datos | {"pin": "4321", "unidades": {"KGM": 5}})
    assert creada.status_code == 201
    assert creada.json()["nit_base"] == "800197268"
    assert creada.json()["tiene_token"] is True
    assert creada.json()["tiene_clave_tecnica"] is False
    textos = creada.content + mundo.administrador.get(ruta).content
    assert "secretísimo".encode() not in textos
    assert b"4321" not in textos
    una = f"{ruta}{creada.json()['id']}/"
    assert mundo.administrador.patch(una, {"ambiente": "2"}).status_code == 200
    assert ConfiguracionDian.objects.get().token.revelar() == "secretísimo"
    assert mundo.administrador.post(ruta, datos).status_code == 400
    assert mundo.operador.patch(una, {"ambiente": "1"}).status_code == 403
    ajena = mundo.clientes["administrador_andina"].post(ruta, {"nit_base": mundo.boreal.nit_base})
    assert ajena.status_code == 400
