"""A Firebird server of our own: unpacked, started, used by a real client, stopped, started again."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tns.local.firebird import FirebirdServer, Variant
from tns.local.firebird_programa import find_client_library
from tns.local.paquetes_debian import PaquetesDebian, PaquetesNoDisponibles
from tns.local.servicios.base import free_port, port_answers

PASSWORD = "Clave de 'prueba' larga"


@pytest.fixture(scope="module", params=["srp", "legacy"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FirebirdServer]:
    variant: Variant = request.param
    firebird = FirebirdServer(tmp_path_factory.mktemp(variant), free_port(), variant=variant, password=PASSWORD)
    try:
        firebird.start()
    except PaquetesNoDisponibles as reason:
        pytest.skip(str(reason))
    yield firebird
    firebird.stop()


def scalar(server: FirebirdServer, name: str, query: str) -> object:
    with server.connect(server.database(name)) as connection, connection.cursor() as cursor:
        row = cursor.execute(query).fetchone()
        return row[0] if row else None


def make(server: FirebirdServer, name: str, charset: str = "WIN1252") -> None:
    if not server.database(name).exists():
        with server.create_database(server.database(name), charset=charset) as connection:
            connection.execute_immediate("create table T (A integer)")
            connection.commit()


def test_a_client_creates_a_database_and_reads_it(server: FirebirdServer) -> None:
    make(server, "UNA.GDB")
    assert scalar(server, "UNA.GDB", "select count(*) from T") == 0
    assert scalar(server, "UNA.GDB", "select trim(rdb$character_set_name) from rdb$database") == "WIN1252"


def test_the_charset_of_one_database_does_not_stick_to_the_next(server: FirebirdServer) -> None:
    make(server, "NINGUNO.GDB", "NONE")
    make(server, "OTRA.GDB")
    assert scalar(server, "NINGUNO.GDB", "select trim(rdb$character_set_name) from rdb$database") == "NONE"
    assert scalar(server, "OTRA.GDB", "select trim(rdb$character_set_name) from rdb$database") == "WIN1252"


def test_another_password_or_user_is_refused(server: FirebirdServer) -> None:
    make(server, "UNA.GDB")
    from firebird.driver import DatabaseError, connect

    dsn = server.dsn(server.database("UNA.GDB"))
    for user, password in (("SYSDBA", "otra clave"), ("SYSDBA", "masterkey"), ("NADIE", PASSWORD)):
        with pytest.raises(DatabaseError) as refused:
            connect(dsn, user=user, password=password)
        assert 335544472 in refused.value.gds_codes


def test_the_legacy_variant_neither_knows_srp_nor_encrypts(tmp_path: Path, server: FirebirdServer) -> None:
    make(server, "UNA.GDB")
    from firebird.driver import DatabaseError, connect

    modern_only = {"auth_plugin_list": "Srp256,Srp"}
    dsn = server.dsn(server.database("UNA.GDB"))
    if server.variant == "srp":
        connect(dsn, user="SYSDBA", password=PASSWORD, **modern_only).close()
    else:
        with pytest.raises(DatabaseError):
            connect(dsn, user="SYSDBA", password=PASSWORD, **modern_only)
    conf = (server.motor / "firebird.conf").read_text(encoding="utf-8")
    assert ("WireCrypt = Disabled" in conf) == (server.variant == "legacy")


def test_it_listens_on_the_loopback_address_only(server: FirebirdServer) -> None:
    sockets = Path("/proc/net/tcp").read_text().splitlines() + Path("/proc/net/tcp6").read_text().splitlines()
    listening = [line.split()[1] for line in sockets[1:] if f":{server.port:04X}" in line and line.split()[3] == "0A"]
    assert listening == [f"0100007F:{server.port:04X}"]


def test_the_password_is_nowhere_on_disk_nor_in_the_text_of_the_object(server: FirebirdServer) -> None:
    assert PASSWORD not in repr(server)
    for path in server.directory.rglob("*"):
        if path.is_file():
            assert PASSWORD.encode() not in path.read_bytes(), path


def test_a_second_start_keeps_the_data_and_a_new_password_replaces_the_old(server: FirebirdServer) -> None:
    make(server, "UNA.GDB")
    port = server.port
    server.stop()
    assert not port_answers(port)
    again = FirebirdServer(server.directory, free_port(), variant=server.variant, password="distinta")
    again.start()
    try:
        assert scalar(again, "UNA.GDB", "select count(*) from T") == 0
    finally:
        again.stop()
        server.start()
    assert scalar(server, "UNA.GDB", "select count(*) from T") == 0


@pytest.mark.parametrize("server", ["srp"], indirect=True)
def test_a_half_unpacked_program_is_made_anew(tmp_path: Path, server: FirebirdServer) -> None:
    (tmp_path / "motor" / "bin").mkdir(parents=True)
    other = FirebirdServer(tmp_path, free_port(), password="otra")
    other.start()
    other.stop()
    assert (tmp_path / "motor" / "plugins" / "libEngine12.so").exists()


@pytest.mark.parametrize("server", ["srp"], indirect=True)
def test_two_servers_run_at_once_and_share_nothing(tmp_path: Path, server: FirebirdServer) -> None:
    other = FirebirdServer(tmp_path, free_port(), password="otra")
    other.start()
    try:
        make(server, "UNA.GDB")
        make(other, "UNA.GDB")
        with other.connect(other.database("UNA.GDB")) as connection:
            connection.execute_immediate("insert into T values (1)")
            connection.commit()
        assert scalar(other, "UNA.GDB", "select count(*) from T") == 1
        assert scalar(server, "UNA.GDB", "select count(*) from T") == 0
    finally:
        other.stop()


def test_another_process_finds_the_client_by_the_environment_alone(server: FirebirdServer) -> None:
    make(server, "UNA.GDB")
    program = (
        "import sys; from tns.local.firebird_programa import use_client_library; print(use_client_library());"
        "from firebird.driver import connect;"
        "connect(sys.argv[1], user='SYSDBA', password=sys.argv[2]).close(); print('bien')"
    )
    environment = {"PATH": os.environ["PATH"], **server.client_env}
    done = subprocess.run(
        [sys.executable, "-c", program, server.dsn(server.database("UNA.GDB")), PASSWORD],
        env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.splitlines() == [str(find_client_library(server.motor / "lib")), "bien"]


def test_damaged_packages_in_the_cache_are_downloaded_again(tmp_path: Path) -> None:
    packages = PaquetesDebian("prueba", ["libib-util"], cache=tmp_path)
    try:
        first = packages.archives()
    except PaquetesNoDisponibles as reason:
        pytest.skip(str(reason))
    original = first[0].read_bytes()
    first[0].write_bytes(b"otra cosa")
    assert packages.archives()[0].read_bytes() == original


def test_packages_come_even_when_apt_refuses_to_plan_an_installation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stubborn = tmp_path / "bin" / "apt-get"
    stubborn.parent.mkdir()
    stubborn.write_text(
        """#!/bin/sh
case "$*" in *" install "*) echo "E: dpkg was interrupted" >&2; exit 100;; esac
PATH="${PATH#*:}" exec apt-get "$@"
"""
    )
    stubborn.chmod(0o755)
    monkeypatch.setenv("PATH", f"{stubborn.parent}:{os.environ['PATH']}")
    try:
        archives = PaquetesDebian("prueba", ["libib-util"], cache=tmp_path).archives()
    except PaquetesNoDisponibles as reason:
        pytest.skip(str(reason))
    assert [archive.name.split("_")[0] for archive in archives] == ["libib-util"]


def test_a_machine_without_apt_is_told_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PaquetesNoDisponibles, match="Use Debian o Ubuntu"):
        PaquetesDebian("firebird3", ["firebird3.0-server"], cache=tmp_path).archives()
