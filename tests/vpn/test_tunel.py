"""From the API to a query answered by Firebird through the tunnel: namespaces, a real handshake, a real worker.

tests (TNS) ──veth── WireGuard server (sshd, file, interface) ══tunnel══ customer (Firebird)
"""

from __future__ import annotations

import fcntl
import os
import re
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from rest_framework.test import APIClient

from tests.engines.wireguard.netns import Namespace
from tests.engines.wireguard.world import World
from tests.espera import wait_until
from tests.mundo import cliente_de, crear_usuario
from tns.cuentas.models import Rol
from tns.tareas.models import EstadoTarea, Tarea
from tns.vpn import muestreo
from tns.vpn.models import VpnConfig

if TYPE_CHECKING:
    from tns.local.firebird import FirebirdServer

pytestmark = [pytest.mark.wireguard, pytest.mark.django_db(transaction=True)]


class Cliente:
    """A customer's machine: a namespace behind the server, with WireGuard and whatever file it is given."""

    def __init__(self, world: World) -> None:
        self.namespace = Namespace()
        bloque = (os.getpid() * 64 + self.namespace.number * 4) % 60_000
        afuera, adentro = (f"10.214.{bloque // 256}.{bloque % 256 + extremo}" for extremo in (1, 2))
        self.namespace.wire(adentro, world.namespace, afuera)
        self.namespace.ip("route", "add", "default", "via", afuera)
        self.interfaz = f"c{self.namespace.name[3:]}"
        self.namespace.add_wireguard(self.interfaz)

    def activar(self, texto: str) -> None:
        """What the WireGuard application does with the file."""
        campos = dict(re.findall(r"^(Address|AllowedIPs) = (.+)$", texto, re.MULTILINE))
        for direccion in campos["Address"].split(", "):
            self.namespace.ip("address", "replace", direccion, "dev", self.interfaz)
        self.namespace.ip("link", "set", self.interfaz, "up")
        puro = "".join(linea for linea in texto.splitlines(True) if not linea.startswith(("Address", "DNS", "MTU")))
        self.namespace.run("wg", "setconf", self.interfaz, "/dev/stdin", stdin=puro)
        for red in campos["AllowedIPs"].split(", "):
            self.namespace.ip("route", "replace", red, "dev", self.interfaz)


@pytest.fixture
def clientes(world: World) -> Iterator[Callable[[], Cliente]]:
    """Make customers' machines; the server forwards between them and the tests."""
    hechos: list[Cliente] = []

    def crear() -> Cliente:
        hechos.append(Cliente(world))
        return hechos[-1]

    world.namespace.run("sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward")
    with (Path(tempfile.gettempdir()) / "tns-pruebas-ruta.lock").open("w") as turno:
        fcntl.flock(turno, fcntl.LOCK_EX)  # the route is the machine's: one session of tests at a time
        subprocess.run(["ip", "route", "add", "10.8.3.0/24", "via", world.inside], check=True)
        yield crear
        subprocess.run(["ip", "route", "delete", "10.8.3.0/24", "via", world.inside], check=True)
    for cliente in hechos:
        cliente.namespace.close()


@pytest.fixture
def administrador(transactional_db: None) -> APIClient:
    return cliente_de(crear_usuario("administrador", Rol.ADMINISTRADOR))


def terminar(task_id: str, estado: str = EstadoTarea.EXITO) -> Any:
    """Wait for a task to end as expected and answer its result."""
    assert wait_until(lambda: not Tarea.objects.get(id=task_id).viva, 90), "the task never ended"
    tarea = Tarea.objects.get(id=task_id)
    assert tarea.estado == estado, (tarea.error_codigo, tarea.error_detalle, tarea.error_tecnico)
    return tarea.resultado


def registrar(administrador: APIClient, world: World) -> int:
    """Register, test, approve and test again, all by the API."""
    respuesta = administrador.post(
        "/api/vpn/servidores/",
        {
            "nombre": "Oficina",
            "ssh_host": world.ssh.host,
            "ssh_puerto": world.ssh.port,
            "ssh_llave": world.ssh.client_key,
            "interfaz": world.wg.interface,
            "archivo": str(world.wg.file),
            "endpoint_host": world.inside,
            "endpoint_puerto": world.wg.port,
            "red_ipv4": "10.8.3.0/24",
            "redes_permitidas": ["10.8.3.0/24", f"{world.outside}/32"],
            "keepalive": 1,
        },
    )
    assert respuesta.status_code == 201, respuesta.json()
    base = f"/api/vpn/servidores/{respuesta.json()['id']}/"
    primera = terminar(administrador.post(base + "probar/").json()["task_id"])
    assert primera["huella_presentada"] == world.ssh.host_key.fingerprint
    assert administrador.post(base + "aprobar_huella/", {"huella": primera["huella_presentada"]}).status_code == 200
    assert terminar(administrador.post(base + "probar/").json()["task_id"])["listo"] is True
    return int(respuesta.json()["id"])


@pytest.fixture
def firebird(nuevo_firebird: Callable[..., FirebirdServer]) -> FirebirdServer:
    """A Firebird with an ADMIN.GDB of two companies, ready to be moved into a customer's machine."""
    servidor = nuevo_firebird("firebird-tunel")
    with servidor.create_database(servidor.database("ADMIN.GDB"), charset="WIN1252") as conexion:
        conexion.execute_immediate(
            "CREATE TABLE EMPRESAS (CODIGO VARCHAR(10), NOMBRE VARCHAR(80), NIT VARCHAR(20), ANOFIS INTEGER,"
            " ARCHIVO VARCHAR(200))"
        )
        conexion.commit()
        cursor = conexion.cursor()
        for numero in (1, 2):
            cursor.execute("INSERT INTO EMPRESAS VALUES (?, ?, ?, ?, ?)", [str(numero), "Andina", "1", 2025, "x"])
        conexion.commit()
    servidor.stop()
    return servidor


def mudar(firebird: FirebirdServer, cliente: Cliente) -> subprocess.Popen[bytes]:
    """Start that Firebird in the customer's machine, on all of its addresses."""
    archivo = firebird.motor / "firebird.conf"
    archivo.write_text(archivo.read_text().replace("RemoteBindAddress = 127.0.0.1", "RemoteBindAddress ="))
    proceso = subprocess.Popen(
        ["ip", "netns", "exec", cliente.namespace.name, str(firebird.motor / "bin" / "firebird")],
        env={**os.environ, **firebird.env},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    puerto = f"{firebird.port:04X}"
    assert wait_until(lambda: any(f":{puerto} " in linea for linea in _escuchas(cliente)))
    return proceso


def _escuchas(cliente: Cliente) -> list[str]:
    return cliente.namespace.run("cat", "/proc/net/tcp", "/proc/net/tcp6").splitlines()


def descargar(administrador: APIClient, config_id: int) -> str:
    return administrador.get(f"/api/vpn/configs/{config_id}/download_config/").content.decode()


def apreton(world: World, llave: str) -> int:
    """Seconds of the latest handshake as the server's own `wg` tells it; 0 when never."""
    return int(dict(world.wg.show("latest-handshakes")).get(llave, "0"))


def test_from_the_api_to_an_answer_of_firebird_through_the_tunnel(
    world: World,
    clientes: Callable[[], Cliente],
    firebird: FirebirdServer,
    administrador: APIClient,
    trabajador: Any,
) -> None:
    servidor_id = registrar(administrador, world)

    # Somebody else's peer is connected from before.
    pedro = clientes()
    pedro.activar(
        f"[Interface]\nPrivateKey = {world.wg.hand_made.private}\nAddress = 10.8.3.2/32\n\n[Peer]\n"
        f"PublicKey = {world.wg.pair.public}\nEndpoint = {world.inside}:{world.wg.port}\nAllowedIPs = 10.8.3.0/24\n"
        "PersistentKeepalive = 1\n"
    )
    assert wait_until(lambda: apreton(world, world.wg.hand_made.public) > 0)
    de_pedro = apreton(world, world.wg.hand_made.public)
    extremo_de_pedro = dict(world.wg.show("endpoints"))[world.wg.hand_made.public]

    # Creation by the API: the address «pedro» has is respected, the task puts the peer on the server.
    creada = administrador.post(
        "/api/vpn/configs/", {"servidor_wireguard": servidor_id, "nombre": "Clínica Norte"}
    ).json()
    assert creada["ip_address"] == "10.8.3.3"
    terminar(creada["task_id"])

    # The customer activates the downloaded file; the handshake is read back.
    cliente = clientes()
    cliente.activar(descargar(administrador, creada["id"]))
    assert wait_until(lambda: apreton(world, creada["public_key"]) > 0)
    assert muestreo.muestrear(servidor_id=servidor_id)
    estado = administrador.get(f"/api/vpn/configs/{creada['id']}/estado/").json()
    assert estado["en_linea"] is True
    assert estado["endpoint_visto"].startswith("10.214.")
    assert estado["rx_bytes"] > 0
    assert estado["tx_bytes"] > 0
    assert len(administrador.get(f"/api/vpn/configs/{creada['id']}/historial/").json()) == 1

    # Firebird answers at the tunnel's address.
    proceso = mudar(firebird, cliente)
    servidor = administrador.post(
        "/api/servidores/",
        {
            "nombre": "Norte",
            "host": creada["ip_address"],
            "usuario": "SYSDBA",
            "password": firebird.password,
            "puerto": firebird.port,
            "ruta_maestra": str(firebird.database("ADMIN.GDB")),
        },
    ).json()
    administrador.patch(f"/api/vpn/configs/{creada['id']}/", {"servidor": servidor["id"]})
    probar = f"/api/servidores/{servidor['id']}/probar_conexion/"
    respuesta = administrador.post(probar)
    assert respuesta.status_code == 200, respuesta.json()
    assert (respuesta.json()["ok"], respuesta.json()["empresas"]) == (True, 2)

    # «pedro» noticed nothing: no new handshake was forced on him, his endpoint is the same.
    # (WireGuard itself shakes hands again after 120 s, which a slow machine may reach.)
    ahora = apreton(world, world.wg.hand_made.public)
    assert ahora == de_pedro or ahora - de_pedro >= 115
    assert dict(world.wg.show("endpoints"))[world.wg.hand_made.public] == extremo_de_pedro

    # The keys are rotated with overlap: the old file works until the new one shakes hands, at the same address.
    terminar(administrador.post(f"/api/vpn/configs/{creada['id']}/rotar/", {"solape_horas": 1}).json()["task_id"])
    assert administrador.post(probar).status_code == 200
    nueva = VpnConfig.objects.get(pk=creada["id"])
    cliente.activar(descargar(administrador, creada["id"]))
    assert wait_until(lambda: apreton(world, nueva.public_key) > 0)
    assert muestreo.muestrear(servidor_id=servidor_id)
    completar = Tarea.objects.get(objeto=f"vpn:{creada['id']}", titulo__startswith="Completar")
    terminar(str(completar.id))
    assert world.wg.peers() == {world.wg.hand_made.public: "10.8.3.2/32", nueva.public_key: "10.8.3.3/32"}
    assert wait_until(lambda: administrador.post(probar).status_code == 200)

    # Firebird stops: the tunnel is not to blame, and the answer says so.
    proceso.kill()  # Firebird does not always heed a polite signal
    proceso.wait(15)
    respuesta = administrador.post(probar)
    assert respuesta.status_code == 422
    assert respuesta.json()["tunel"]["culpable"] == "servidor"
    assert "El túnel «Clínica Norte» está en línea" in respuesta.json()["que_hacer"]


def test_drift_is_found_repaired_and_strangers_imported_by_the_api(
    world: World, administrador: APIClient, trabajador: Any
) -> None:
    base = f"/api/vpn/servidores/{registrar(administrador, world)}/"
    creada = administrador.post(
        "/api/vpn/configs/", {"servidor_wireguard": int(base.split("/")[4]), "nombre": "Clínica Norte"}
    ).json()
    terminar(creada["task_id"])
    world.namespace.run("wg", "set", world.wg.interface, "peer", creada["public_key"], "remove")

    def reconciliar(**datos: Any) -> Any:
        return terminar(administrador.post(base + "reconciliar/", datos).json()["task_id"])

    importados = terminar(administrador.post(base + "importar/").json()["task_id"])
    assert [peer["nombre"] for peer in importados["importadas"]] == ["pedro"]
    derivas = reconciliar()["derivas"]
    assert [(d["kind"], d["public_key"], d["name"]) for d in derivas] == [
        ("falta_en_interfaz", creada["public_key"], "Clínica Norte")
    ]
    assert creada["public_key"] not in world.wg.peers()
    reparado = reconciliar(reparar=["todo"])
    assert (reparado["reparadas"], reparado["quedan"]) == ([creada["public_key"]], [])
    assert world.wg.peers()[creada["public_key"]] == "10.8.3.3/32"


@pytest.mark.fallas
def test_a_worker_killed_in_the_middle_of_an_apply_is_taken_over(
    world: World, administrador: APIClient, trabajador: Any
) -> None:
    servidor_id = registrar(administrador, world)
    dentro, sigue = world.ssh.folder / "dentro", world.ssh.folder / "sigue"
    world.ssh.command(
        "wg",
        f'[ "$1" = set ] || exec /usr/bin/wg "$@"\ntouch {dentro}\n'
        f'until [ -e {sigue} ]; do sleep 0.1; done\nexec /usr/bin/wg "$@"\n',
    )
    creada = administrador.post(
        "/api/vpn/configs/", {"servidor_wireguard": servidor_id, "nombre": "Clínica Norte"}
    ).json()
    assert wait_until(dentro.exists, 60), "the worker never reached the server"
    trabajador.kill()
    assert VpnConfig.objects.get().estado == "PENDIENTE"
    sigue.touch()
    trabajador.start()
    terminar(creada["task_id"])
    assert VpnConfig.objects.get().estado == "APLICADA"
    assert world.wg.peers()[creada["public_key"]] == "10.8.3.3/32"
    assert world.wg.file.read_text().count(creada["public_key"]) == 1


def test_fifty_at_the_same_time_are_fifty_addresses_on_the_server(
    world: World, administrador: APIClient, trabajador: Any
) -> None:
    servidor_id = registrar(administrador, world)
    usuario = crear_usuario("operador", Rol.OPERADOR)

    def crear(numero: int) -> dict[str, Any]:
        try:
            respuesta = cliente_de(usuario).post(
                "/api/vpn/configs/", {"servidor_wireguard": servidor_id, "nombre": f"Clínica {numero}"}
            )
            assert respuesta.status_code == 201, respuesta.content
            return dict(respuesta.json())
        finally:
            connection.close()

    with ThreadPoolExecutor(25) as hilos:
        creadas = list(hilos.map(crear, range(50)))
    assert wait_until(lambda: not Tarea.objects.filter(estado__in=["PENDIENTE", "EN_PROGRESO"]).exists(), 300)
    esperado = {creada["public_key"]: f"{creada['ip_address']}/32" for creada in creadas}
    assert len(set(esperado.values())) == 50
    assert world.wg.peers() == esperado | {world.wg.hand_made.public: "10.8.3.2/32"}
    en_archivo = world.wg.file.read_text()
    assert all(llave in en_archivo for llave in esperado)
    assert set(VpnConfig.objects.values_list("estado", flat=True)) == {"APLICADA"}
    registro = trabajador.registro()
    assert not [c for c in VpnConfig.objects.all() if c.private_key.revelar() in registro]
