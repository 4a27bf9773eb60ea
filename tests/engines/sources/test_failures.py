"""Each way a server can fail has its own answer, soon, and without the password."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engines.sources.bases import crear_base, info_de
from tns.engines.sources import SourceError, probe
from tns.engines.sources.info import ConnectionInfo, SourceKind
from tns.local.firebird import FirebirdServer
from tns.local.servicios.base import free_port

EMPRESAS = (
    "CREATE TABLE EMPRESAS (CODIGO VARCHAR(10), NOMBRE VARCHAR(80), NIT VARCHAR(20), ANOFIS VARCHAR(10),"
    " ARCHIVO VARCHAR(120))"
)


def codigo_de(info: ConnectionInfo, *, timeout: float = 4) -> str:
    with pytest.raises(SourceError) as caught:
        probe(info, timeout=timeout)
    said = f"{caught.value} {caught.value.tecnico} {caught.value.datos} {info!r}"
    assert info.password not in said
    assert caught.value.detalle
    assert caught.value.que_hacer
    return caught.value.codigo_estable


@pytest.fixture(scope="module")
def admin(firebird_server: FirebirdServer) -> str:
    return crear_base(
        firebird_server, "admin-fallas.gdb", [EMPRESAS, "INSERT INTO EMPRESAS VALUES ('1', 'Uno', '900', '2025', 'x')"]
    )


@pytest.fixture
def oyente() -> Iterator[socket.socket]:
    with socket.socket() as escucha:
        escucha.bind(("127.0.0.1", 0))
        escucha.listen()
        yield escucha


def test_a_good_server_says_what_it_is(firebird_server: FirebirdServer, admin: str) -> None:
    result = probe(info_de(firebird_server, admin))
    assert result.version.startswith("3.0")
    assert result.ods == "12.0"
    assert (result.charset, result.dialect, result.empresas) == ("WIN1252", 3, 1)
    assert result.latencia_ms > 0


def test_wrong_password(firebird_server: FirebirdServer, admin: str) -> None:
    assert codigo_de(info_de(firebird_server, admin, password="no-es-esta")) == "credenciales_invalidas"


def test_unknown_user(firebird_server: FirebirdServer, admin: str) -> None:
    assert codigo_de(info_de(firebird_server, admin, user="NADIE")) == "credenciales_invalidas"


@pytest.mark.parametrize("ruta", ["/no/existe.gdb", r"C:\Visual TNS\AÑO 2025\ADMIN.GDB"])
def test_missing_file(firebird_server: FirebirdServer, ruta: str) -> None:
    assert codigo_de(info_de(firebird_server, ruta)) == "base_no_encontrada"


def test_a_file_that_is_no_database(firebird_server: FirebirdServer) -> None:
    archivo = firebird_server.database("no-es-base.gdb")
    archivo.write_bytes(b"no soy una base" * 1000)
    assert codigo_de(info_de(firebird_server, str(archivo))) == "base_no_disponible"


def test_no_companies_table(firebird_server: FirebirdServer) -> None:
    ruta = crear_base(firebird_server, "sin-empresas.gdb", ["CREATE TABLE OTRA (A INTEGER)"])
    assert codigo_de(info_de(firebird_server, ruta)) == "tabla_empresas_ausente"


def test_companies_table_without_its_columns(firebird_server: FirebirdServer) -> None:
    ruta = crear_base(firebird_server, "empresas-otra.gdb", ["CREATE TABLE EMPRESAS (CODIGO INTEGER)"])
    assert codigo_de(info_de(firebird_server, ruta)) == "tabla_empresas_ausente"


def test_nothing_listens(firebird_server: FirebirdServer, admin: str) -> None:
    assert codigo_de(info_de(firebird_server, admin, port=free_port())) == "conexion_rechazada"


def test_unknown_host(firebird_server: FirebirdServer, admin: str) -> None:
    assert codigo_de(info_de(firebird_server, admin, host="servidor.invalid")) == "servidor_inalcanzable"


def test_a_full_backlog_never_answers(firebird_server: FirebirdServer, admin: str) -> None:
    """Packets to a listener that never accepts and whose queue is full are dropped, as a firewall does."""
    with socket.socket() as escucha:
        escucha.bind(("127.0.0.1", 0))
        escucha.listen(0)
        fillers = []
        for _ in range(4):
            relleno = socket.socket()
            relleno.setblocking(False)
            relleno.connect_ex(escucha.getsockname())
            fillers.append(relleno)
        assert codigo_de(info_de(firebird_server, admin, port=escucha.getsockname()[1])) == "servidor_inalcanzable"
        for relleno in fillers:
            relleno.close()


def test_a_server_that_accepts_and_says_nothing(
    firebird_server: FirebirdServer, admin: str, oyente: socket.socket
) -> None:
    assert codigo_de(info_de(firebird_server, admin, port=oyente.getsockname()[1])) == "servidor_mudo"


def test_a_server_of_something_else(firebird_server: FirebirdServer, admin: str, oyente: socket.socket) -> None:
    def answer_like_a_web_server() -> None:
        while True:
            try:
                conexion, _ = oyente.accept()
            except OSError:
                return
            with conexion:
                conexion.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    threading.Thread(target=answer_like_a_web_server, daemon=True).start()
    assert codigo_de(info_de(firebird_server, admin, port=oyente.getsockname()[1])) == "protocolo_desconocido"


def test_no_client_library(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from tns.engines.sources import fbclient

    monkeypatch.setattr(fbclient, "_loaded", [])
    monkeypatch.setenv("TNS_FBCLIENT", str(tmp_path / "libfbclient.so.2"))
    info = ConnectionInfo(SourceKind.FIREBIRD, "127.0.0.1", 3050, "SYSDBA", "masterkey", "ADMIN.GDB")
    assert codigo_de(info) == "cliente_firebird_ausente"


def test_a_legacy_server_answers_like_a_new_one(nuevo_firebird) -> None:  # type: ignore[no-untyped-def]
    servidor = nuevo_firebird("firebird-2-5", variant="legacy")
    ruta = crear_base(servidor, "admin.gdb", [EMPRESAS])
    assert probe(info_de(servidor, ruta)).empresas == 0
    assert codigo_de(info_de(servidor, ruta, password="no-es")) == "credenciales_invalidas"
