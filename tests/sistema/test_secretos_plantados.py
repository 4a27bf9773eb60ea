"""Secrets of every kind are planted, the flow is run with them, and nothing that is written may hold one."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest
import redis

from tests.mundo import CLAVE, crear_usuario
from tests.pila import Pila, Trabajador, servidor_web
from tns.cuentas.models import Rol
from tns.local.demo.cliente import Api, Json, RespuestaInesperada
from tns.local.firebird import FirebirdServer
from tns.local.instalacion import Instalacion
from tns.local.servicios.base import free_port

CLASES = (
    "servidor", "servidor_malo", "ssh_password", "ssh_llave", "pasarela_secreto", "token", "clave_tecnica", "pin",
    "invitado",
)  # fmt: skip


class ApiQueRecuerda(Api):
    """Keeps the text of every answer; `errores` are the ones that the plot provokes."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.respuestas: list[str] = []
        self._http.event_hooks = {"response": [self._guardar]}

    def intentar(self, path: str, body: Json | None = None) -> None:
        """A request that may fail: what it says is searched like the rest."""
        try:
            self.post(path, body)
        except RespuestaInesperada as error:
            self.respuestas.append(f"{error} {error.tecnico}")

    def terminar(self, task_id: str) -> None:
        """Follow a task to its end, good or bad."""
        try:
            self.follow(task_id)
        except RespuestaInesperada as error:
            self.respuestas.append(f"{error} {error.tecnico}")

    def mirar(self, path: str) -> None:
        assert self._http.get(path).is_success, path

    def _guardar(self, respuesta: httpx.Response) -> None:
        cuerpo = respuesta.read().decode(errors="replace")
        self.respuestas.append(f"{respuesta.request.url} {respuesta.headers} {cuerpo}")


@pytest.fixture
def plantados() -> dict[str, str]:
    return {clase: f"plantado-{clase}-{secrets.token_hex(8)}" for clase in CLASES}


@pytest.fixture
def obrero(
    instalados: object, mlflow_url: str, trabajador: Trabajador, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Trabajador]:
    """The worker, with the client library of the tests' Firebird and MLflow in its environment."""
    trabajador.stop()
    monkeypatch.setenv("MLFLOW_TRACKING_URI", mlflow_url)
    trabajador.start()
    yield trabajador
    trabajador.stop()


def test_no_planted_secret_is_found_anywhere(
    plantados: dict[str, str],
    obrero: Trabajador,
    instalados: tuple[FirebirdServer, FirebirdServer, Instalacion],
    pila: Pila,
) -> None:
    firebird = instalados[0]
    plantados["firebird"] = firebird.password
    crear_usuario("administrador", Rol.ADMINISTRADOR)
    with servidor_web(pila, "web-secretos") as url, ApiQueRecuerda(url) as api:
        api.login("administrador", CLAVE)
        llave = _recorrer(api, plantados, firebird)
        _mirar_todo(api)
        respuestas = "\n".join(api.respuestas)
        metricas = httpx.get(f"{url}/metrics", headers={"Authorization": "Bearer x"}).text

    plantados["llave"] = llave
    donde = {
        "answers": respuestas.replace(llave, "", 1),  # told once, to whoever made it
        "metrics": metricas,
        "database": _base_entera(pila),
        "valkey": _valkey_entero(pila),
        **dict(_archivos(pila.carpeta)),
    }
    assert len(respuestas) > 10_000
    assert "plantado-nombre-visible" in donde["database"]  # the search does find what is there
    assert any("TNS_Demanda_Prediccion" in texto for lugar, texto in donde.items() if lugar.startswith("mlflow"))
    hallados = [f"{clase} in {lugar}" for lugar, texto in donde.items() for clase, s in plantados.items() if s in texto]
    assert hallados == []


def _recorrer(api: ApiQueRecuerda, plantados: dict[str, str], firebird: FirebirdServer) -> str:
    """The whole flow, and everything that is refused on the way; returns the API key."""
    datos = {"host": "127.0.0.1", "usuario": "SYSDBA", "ruta_maestra": r"C:\Visual TNS\ADMIN.GDB"}
    servidor = api.post(
        "/api/servidores/",
        {**datos, "nombre": "plantado-nombre-visible", "puerto": firebird.port, "password": firebird.password},
    )
    malo = api.post(
        "/api/servidores/", {**datos, "nombre": "Malo", "puerto": firebird.port, "password": plantados["servidor_malo"]}
    )
    apagado = api.post(
        "/api/servidores/", {**datos, "nombre": "Apagado", "puerto": free_port(), "password": plantados["servidor"]}
    )
    for uno in (servidor, malo, apagado):
        api.intentar(f"/api/servidores/{uno['id']}/probar_conexion/")
        api.terminar(api.post("/api/sistema/descubrir_empresas/", {"servidor_id": uno["id"]})["task_id"])
    api.patch(f"/api/servidores/{apagado['id']}/", {"password": plantados["servidor"] + "x"})
    empresa = next(api.pages("/api/empresas-servidor/", servidor=servidor["id"]))
    api.terminar(api.post("/api/sistema/extraer_varias/", {"nit": empresa["nit"]})["task_id"])
    entrenada = api.follow(api.post("/api/ml/entrenar_modelos/", {"empresa_servidor_id": empresa["id"]})["task_id"])
    assert entrenada["mlflow"]["estado"] == "REGISTRADO"
    _configurar(api, plantados, empresa)
    llave = str(
        api.post(
            "/api/api-keys/generar_api_key/", {"nit": empresa["nit"], "nombre_cliente": "Tienda", "dias_validez": 5}
        )["api_key"]
    )
    api.intentar("/api/api-keys/validar_api_key/", {"api_key": llave})
    return llave


def _configurar(api: ApiQueRecuerda, plantados: dict[str, str], empresa: Json) -> None:
    secretos = {clase: plantados[clase] for clase in ("token", "clave_tecnica", "pin")}
    proveedor = f"http://127.0.0.1:{free_port()}"
    api.post(
        "/api/dian-processor/configuraciones/",
        {"nit_base": empresa["nit_base"], "url_proveedor": proveedor, **secretos},
    )
    envio = {"empresa_servidor_id": empresa["id"], "kardex_id": 1}
    api.intentar("/api/dian-processor/procesar-factura/", envio)
    api.post(
        "/api/ecommerce/",
        {"empresa_servidor": empresa["id"], "pasarela_secreto": plantados["pasarela_secreto"]},
    )
    wireguard = api.post(
        "/api/vpn/servidores/",
        {
            "nombre": "Central", "ssh_host": "127.0.0.1", "ssh_puerto": free_port(), "red_ipv4": "10.9.0.0/24",
            "endpoint_host": "127.0.0.1", "ssh_password": plantados["ssh_password"],
        },
    )  # fmt: skip
    tarea = api.post(f"/api/vpn/servidores/{wireguard['id']}/probar/")
    api.terminar(tarea["task_id"])
    api.intentar("/api/vpn/servidores/", {"nombre": "Sin red", "ssh_llave": plantados["ssh_llave"]})
    api.intentar("/api/auth/register/", {"username": "invitado", "password": plantados["invitado"]})
    api.intentar("/api/auth/login/", {"username": "nadie", "password": plantados["invitado"]})


def _mirar_todo(api: ApiQueRecuerda) -> None:
    """Read every list of the API."""
    for lista in (
        "servidores", "empresas-servidor", "api-keys/listar_api_keys", "vpn/servidores", "vpn/configs", "ecommerce",
        "personalizacion", "dian-processor/configuraciones", "dian-processor/documentos", "tareas", "auditoria",
        "ejecuciones-extraccion", "usuarios", "sistema/configuracion", "sistema/estado", "sistema/resumen",
    ):  # fmt: skip
        api.mirar(f"/api/{lista}/")


def _base_entera(pila: Pila) -> str:
    """Every row of every table, as text."""
    from django.db import connection

    with psycopg.connect(pila.postgresql.url_of(connection.settings_dict["NAME"])) as base:
        tablas = base.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        filas = (base.execute(f'SELECT t::text FROM "{tabla}" t').fetchall() for (tabla,) in tablas)
        return "\n".join(texto for lote in filas for (texto,) in lote)


def _valkey_entero(pila: Pila) -> str:
    cliente = redis.Redis.from_url(pila.valkey.url)
    volcados = (cliente.dump(clave) or b"" for clave in cliente.scan_iter(count=1000))
    return b"\n".join(volcados).decode("latin-1")


def _archivos(carpeta: Path) -> Iterator[tuple[str, str]]:
    """Logs of every part, and all that MLflow keeps."""
    for ruta in (*carpeta.rglob("*.log"), *(carpeta / "mlflow").rglob("*")):
        if ruta.is_file():
            yield str(ruta.relative_to(carpeta)), ruta.read_bytes().decode("latin-1")
