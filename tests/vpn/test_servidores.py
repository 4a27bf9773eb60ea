"""The registry of WireGuard servers: what is accepted, what is never told, what its host key means."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.engines.wireguard.sshd import SSHD, SSHServer
from tests.mundo import Mundo
from tns.engines.progress import NullProgress
from tns.engines.wireguard.errors import HostKeyChanged, SSHError
from tns.vpn import muestreo, remoto, sondeo
from tns.vpn.models import ServidorWireGuard

URL = "/api/vpn/servidores/"
DATOS: dict[str, Any] = {
    "nombre": "Oficina",
    "ssh_host": "vpn.ejemplo.co",
    "ssh_password": "muy secreta",
    "endpoint_host": "vpn.ejemplo.co",
    "red_ipv4": "10.8.3.0/24",
}


def test_credentials_go_in_and_never_come_out(mundo: Mundo) -> None:
    respuesta = mundo.administrador.post(URL, DATOS)
    assert respuesta.status_code == 201
    cuerpo = respuesta.json()
    assert (cuerpo["con_password"], cuerpo["con_llave"], cuerpo["listo"]) == (True, False, False)
    assert not {"ssh_password", "ssh_llave"} & set(cuerpo)
    detalle = mundo.lector.get(f"{URL}{cuerpo['id']}/")
    auditoria = mundo.administrador.get("/api/auditoria/").content.decode()
    assert "muy secreta" not in detalle.content.decode() + auditoria
    assert mundo.administrador.patch(f"{URL}{cuerpo['id']}/", {"nombre": "Otra"}).status_code == 200
    assert ServidorWireGuard.objects.get().ssh_password.revelar() == "muy secreta"


def test_the_server_gets_the_first_address_of_its_networks(mundo: Mundo) -> None:
    cuerpo = mundo.administrador.post(URL, DATOS | {"red_ipv4": "10.8.3.77/24", "red_ipv6": "fd00::/64"}).json()
    assert (cuerpo["red_ipv4"], cuerpo["direccion_ipv4"]) == ("10.8.3.0/24", "10.8.3.1")
    assert cuerpo["direccion_ipv6"] == "fd00::1"


@pytest.mark.parametrize(
    ("campo", "valor"),
    [
        ("interfaz", "wg0; reboot"),
        ("interfaz", "-wg0"),
        ("archivo", "/etc/../shadow.conf"),
        ("archivo", "/etc/wg 0.conf"),
        ("ssh_host", "a b"),
        ("ssh_host", "-oProxyCommand=id"),
        ("ssh_usuario", "root; id"),
        ("ssh_puerto", 0),
        ("ssh_llave", "no es una llave"),
        ("endpoint_host", "vpn:51820"),
        ("red_ipv4", "10.8.3.0/31"),
        ("red_ipv4", "fd00::/64"),
        ("red_ipv4", "hola"),
        ("red_ipv6", "10.8.3.0/24"),
        ("direccion_ipv4", "10.9.0.1"),
        ("dns", ["1.1.1.1\nPostUp = id"]),
        ("redes_permitidas", ["todas"]),
        ("mtu", 100),
    ],
)
def test_nothing_harmful_is_stored(mundo: Mundo, campo: str, valor: Any) -> None:
    respuesta = mundo.administrador.post(URL, DATOS | {campo: valor})
    assert respuesta.status_code == 400
    assert set(respuesta.json()["errores"]) == {campo}


def test_a_server_needs_a_key_or_a_password(mundo: Mundo) -> None:
    respuesta = mundo.administrador.post(
        URL, {clave: valor for clave, valor in DATOS.items() if clave != "ssh_password"}
    )
    assert (respuesta.status_code, set(respuesta.json()["errores"])) == (400, {"ssh_llave"})


def test_a_server_with_configurations_is_not_deleted(mundo: Mundo, config: Any) -> None:
    respuesta = mundo.administrador.delete(f"{URL}{config.servidor_wireguard_id}/")
    assert (respuesta.status_code, respuesta.json()["codigo"]) == (409, "servidor_con_configuraciones")
    assert respuesta.json()["dependientes"] == ["Clínica Norte"]


@pytest.mark.parametrize(
    ("red", "estado"), [("10.8.2.0/23", 200), ("10.8.3.0/25", 200), ("10.9.0.0/24", 400), ("10.8.3.128/25", 400)]
)
def test_a_network_may_grow_but_not_leave_its_configurations_out(
    mundo: Mundo, config: Any, red: str, estado: int
) -> None:
    direccion = {"red_ipv4": red} | ({} if red != "10.8.3.128/25" else {"direccion_ipv4": "10.8.3.129"})
    direccion |= {"direccion_ipv4": "10.9.0.1"} if red == "10.9.0.0/24" else {}
    respuesta = mundo.administrador.patch(f"{URL}{config.servidor_wireguard_id}/", direccion)
    assert respuesta.status_code == estado
    if estado == 400:
        assert "10.8.3.2" in respuesta.json()["errores"]["red_ipv4"][0]


def test_importing_and_reconciling_ask_for_a_ready_server(mundo: Mundo) -> None:
    pk = mundo.administrador.post(URL, DATOS).json()["id"]
    for acto in ("importar", "reconciliar"):
        assert mundo.administrador.post(f"{URL}{pk}/{acto}/").json()["codigo"] == "servidor_sin_probar"
    assert mundo.administrador.post(f"{URL}{pk}/probar/").status_code == 202


# --- The host key -----------------------------------------------------------------------------------------------------
@pytest.fixture
def sshd(tmp_path: Any) -> Iterator[SSHServer]:
    if SSHD is None:
        pytest.skip("openssh-server is not installed")
    with SSHServer(tmp_path / "sshd") as corriendo:
        yield corriendo


@pytest.fixture
def sin_aprobar(sshd: SSHServer, db: None) -> ServidorWireGuard:
    return ServidorWireGuard.objects.create(
        **DATOS | {"ssh_host": sshd.host, "ssh_puerto": sshd.port, "ssh_usuario": sshd.target().user},
        ssh_llave=sshd.client_key,
        direccion_ipv4="10.8.3.1",
    )


def probar(servidor: ServidorWireGuard) -> dict[str, Any]:
    return sondeo.probar(servidor_id=servidor.pk, progreso=NullProgress())


def test_the_first_contact_shows_the_host_key_and_logs_nobody_in(
    sshd: SSHServer, sin_aprobar: ServidorWireGuard
) -> None:
    informe = probar(sin_aprobar)
    assert (informe["listo"], informe["huella_presentada"]) == (False, sshd.host_key.fingerprint)
    assert "Accepted" not in sshd.log()


def test_only_the_presented_key_can_be_approved(mundo: Mundo, sshd: SSHServer, sin_aprobar: ServidorWireGuard) -> None:
    direccion = f"{URL}{sin_aprobar.pk}/aprobar_huella/"
    antes = mundo.administrador.post(direccion, {"huella": sshd.host_key.fingerprint})
    assert (antes.status_code, antes.json()["codigo"]) == (409, "huella_distinta")
    probar(sin_aprobar)
    assert mundo.administrador.post(direccion, {"huella": "SHA256:otra"}).status_code == 409
    respuesta = mundo.administrador.post(direccion, {"huella": sshd.host_key.fingerprint})
    assert (respuesta.status_code, respuesta.json()["huella_aprobada"]) == (200, sshd.host_key.fingerprint)
    assert mundo.administrador.get("/api/auditoria/?accion=aprobar_huella").json()["count"] == 1


def test_a_changed_key_stops_everything_until_somebody_approves(
    mundo: Mundo, sshd: SSHServer, sin_aprobar: ServidorWireGuard
) -> None:
    aprobada = sshd.host_key
    sin_aprobar.llave_aprobada = aprobada.line
    sin_aprobar.save()
    sshd.stop()
    sshd.new_host_key()
    with sshd:
        with pytest.raises(HostKeyChanged):
            probar(sin_aprobar)
        sin_aprobar.refresh_from_db()
        assert sin_aprobar.alarma_desde is not None
        assert not sin_aprobar.listo
        assert muestreo.servidores_por_muestrear() == []
        entradas = sshd.log().count("Connection from")
        with pytest.raises(HostKeyChanged), remoto.abrir(sin_aprobar):
            pass
        assert sshd.log().count("Connection from") == entradas, "nothing is even sent while the alarm lasts"
        alarmas = mundo.administrador.get("/api/auditoria/?accion=alarma_huella").json()
        assert alarmas["count"] == 1
        visible = mundo.lector.get(f"{URL}{sin_aprobar.pk}/").json()
        assert (visible["huella_aprobada"], visible["huella_presentada"]) == (
            aprobada.fingerprint,
            sshd.host_key.fingerprint,
        )
        direccion = f"{URL}{sin_aprobar.pk}/aprobar_huella/"
        assert mundo.administrador.post(direccion, {"huella": sshd.host_key.fingerprint}).status_code == 200
        sin_aprobar.refresh_from_db()
        with remoto.abrir(sin_aprobar) as conexion:
            assert conexion.session.run(["true"]).status == 0


def test_an_alarm_ends_by_itself_when_a_test_meets_the_approved_key_again(
    sshd: SSHServer, sin_aprobar: ServidorWireGuard
) -> None:
    sin_aprobar.llave_aprobada = sshd.host_key.line
    sin_aprobar.save()
    remoto.dar_alarma(sin_aprobar, HostKeyChanged("x", datos={"llave_presentada": sshd.host_key.line}))
    probar(sin_aprobar)
    sin_aprobar.refresh_from_db()
    assert sin_aprobar.alarma_desde is None


def test_an_unreachable_server_is_told_and_keeps_the_cause(sin_aprobar: ServidorWireGuard, sshd: SSHServer) -> None:
    sshd.stop()
    with pytest.raises(SSHError):
        probar(sin_aprobar)
    sin_aprobar.refresh_from_db()
    assert "No se pudo establecer conexión SSH" in sin_aprobar.ultimo_error
