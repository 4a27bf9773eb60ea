"""A worker whose cable to the customer's server is pulled out: worker and server in network namespaces of their own."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import pytest
from django.db import connection

from tests.engines.wireguard.netns import Namespace, missing_namespaces
from tests.espera import wait_until
from tests.extraccion.conftest import registrar
from tests.extraccion.integridad import comprobar_entera
from tests.extraccion.proxy import Proxy
from tests.extraccion.tareas_en_curso import acabar, empezar, esperar, terminar
from tests.mundo import crear_empresa
from tests.pila import Pila, Trabajador
from tns.empresas.models import EmpresaServidor
from tns.local.firebird import FirebirdServer
from tns.local.instalacion import crear_base_grande
from tns.local.rutas import checkout
from tns.tareas.models import EstadoTarea
from tns.tareas.services import cancelar

#: Never gives a row: it counts for hours first.
INTERMINABLE = (
    "SELECT K.CODCOMP AS TIPO_DOCUMENTO, K.FECHA AS FECHA, 'A' AS ARTICULO_CODIGO, 'A' AS ARTICULO_NOMBRE,"
    " 1 AS CANTIDAD FROM KARDEX K WHERE K.FECHA BETWEEN ? AND ?"
    " AND (SELECT COUNT(*) FROM DEKARDEX A CROSS JOIN DEKARDEX B CROSS JOIN DEKARDEX C) < K.KARDEXID"
)

pytestmark = [pytest.mark.fallas, pytest.mark.django_db(transaction=True)]
FILAS = 60_000
LENTO = 1_000_000  # bytes per second


class TrabajadorAparte(Trabajador):
    """A worker inside a network namespace."""

    namespace: Namespace

    @property
    def command(self) -> Sequence[str | os.PathLike[str]]:
        return ["ip", "netns", "exec", self.namespace.name, *super().command]


@dataclass
class Red:
    """The customer's machine with its Firebird, and the cable from the worker's to it."""

    cliente: Namespace
    empresa: EmpresaServidor
    trabajador: TrabajadorAparte
    a_postgresql: Proxy

    def cable(self, estado: str) -> None:
        for interfaz in self.cliente.run("ls", "/sys/class/net").split():
            if interfaz != "lo":
                self.cliente.ip("link", "set", interfaz, estado)


@pytest.fixture
def red(
    pila: Pila, nuevo_firebird: Callable[..., FirebirdServer], transactional_db: None, sin_trabajador: None
) -> Iterator[Red]:
    if reason := missing_namespaces():
        pytest.skip(reason)
    firebird = nuevo_firebird("firebird-red")
    base = crear_base_grande(firebird, FILAS, archivo="RED.GDB")
    firebird.stop()
    bloque = (os.getpid() * 8) % 60_000
    fuera, dentro, mio, suyo = (f"10.214.{bloque // 256}.{bloque % 256 + n}" for n in (1, 2, 5, 6))
    obrero, cliente = Namespace(), Namespace()
    proxies = []
    trabajador = None
    try:
        obrero.wire(dentro, None, fuera)
        obrero.wire(mio, cliente, suyo)
        _mudar(firebird, cliente)
        proxies = [Proxy(pila.postgresql.port, fuera), Proxy(pila.valkey.port or 0, fuera)]
        proxies[0].slow(LENTO)  # so that a run is still under way when the cable goes
        empresa = crear_empresa(registrar(firebird, "Lejano", host=suyo), ruta_base=str(base.ruta))
        trabajador = TrabajadorAparte(
            "aparte", pila.carpeta / "aparte", queues=("extraccion",), concurrency=1, cwd=checkout(),
            env={
                "DATABASE_URL": _por(proxies[0], pila.postgresql.url_of(connection.settings_dict["NAME"]), fuera),
                "REDIS_URL": _por(proxies[1], pila.valkey.url, fuera),
                "TNS_TIEMPO_LIMITE_SILENCIO": "2",
                "TNS_TIEMPO_LIMITE_CONEXION": "4",
            },
        )  # fmt: skip
        trabajador.namespace = obrero
        trabajador.start()
        yield Red(cliente, empresa, trabajador, proxies[0])
    finally:
        if trabajador is not None:
            trabajador.stop()
        for proxy in proxies:
            proxy.close()
        obrero.close()
        cliente.close()


def _por(proxy: Proxy, url: str, host: str) -> str:
    return url.replace(f"127.0.0.1:{proxy.target}", f"{host}:{proxy.port}")


def _mudar(firebird: FirebirdServer, cliente: Namespace) -> None:
    """Start that Firebird inside the customer's machine, on all of its addresses."""
    archivo = firebird.motor / "firebird.conf"
    archivo.write_text(archivo.read_text().replace("RemoteBindAddress = 127.0.0.1", "RemoteBindAddress ="))
    subprocess.Popen(
        ["ip", "netns", "exec", cliente.name, str(firebird.motor / "bin" / "firebird")],
        env={**os.environ, **firebird.env}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    puerto = f":{firebird.port:04X} "
    assert wait_until(lambda: puerto in cliente.run("cat", "/proc/net/tcp", "/proc/net/tcp6"))


def test_a_cable_pulled_out_and_back_in_loses_nothing(red: Red) -> None:
    tarea = empezar(red.empresa)
    esperar(tarea, lambda t: t.hecho > FILAS // 4)
    red.cable("down")
    esperar(tarea, lambda t: "nuevo intento 2" in t.etapa, 40)  # the first try found no way either
    assert 0 < comprobar_entera(red.empresa) < FILAS
    red.a_postgresql.fast()
    red.cable("up")
    terminar(tarea)
    assert comprobar_entera(red.empresa) == FILAS
    assert (tarea.intentos, tarea.resultado["diferencias"]) == (1, 0)
    assert red.empresa.extracciones.get().informe["reconexiones"] >= 2


def test_a_cable_pulled_out_before_the_first_rows_is_not_taken_for_a_slow_query(red: Red) -> None:
    EmpresaServidor.objects.filter(id=red.empresa.id).update(consulta_sql=INTERMINABLE)
    tarea = empezar(red.empresa)
    esperar(tarea, lambda t: t.etapa.startswith("Contando"))
    red.cable("down")
    esperar(tarea, lambda t: t.etapa.startswith("Se perdió la conexión"), 40)  # the query itself may take 120 s
    cancelar(tarea=tarea)
    acabar(tarea)
    assert tarea.estado == EstadoTarea.CANCELADA
