"""Embedded servers: they start, tell why when they cannot, and always stop."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
import redis

from tests.espera import wait_until
from tests.pila import Pila
from tns.local.rutas import first_closed_to, temporary_directory
from tns.local.secretos import Secrets
from tns.local.servicios.base import RunAs, Service, ServiceError, free_port
from tns.local.servicios.postgresql import PostgreSQL
from tns.local.servicios.valkey import Valkey


def test_a_process_that_ends_at_once_is_told_with_its_last_words(tmp_path: Path) -> None:
    service = Service("breve", tmp_path, command=["sh", "-c", "echo 'no hay disco' >&2; exit 3"], port=free_port())
    with pytest.raises(ServiceError, match="terminó antes de estar listo") as caught:
        service.start()
    assert caught.value.tecnico == "no hay disco"
    assert "breve.log" in caught.value.que_hacer


def test_a_process_that_is_never_ready_is_stopped(tmp_path: Path) -> None:
    service = Service("muda", tmp_path, command=["sleep", "600"], port=free_port())
    service.ready_timeout = 0.2
    with pytest.raises(ServiceError, match="no estuvo listo"):
        service.start()
    assert not service.running


def test_a_program_that_does_not_exist_is_told(tmp_path: Path) -> None:
    with pytest.raises(ServiceError, match="No se pudo lanzar fantasma"):
        Service("fantasma", tmp_path, command=[tmp_path / "no-existe"]).start()


def test_stopping_kills_a_process_that_does_not_obey_and_what_it_left_behind(tmp_path: Path) -> None:
    script = "trap '' TERM; sleep 600 & echo $! > hijo; wait; wait"
    service = Service("terca", tmp_path, command=["sh", "-c", script])
    service.ready = lambda: (tmp_path / "hijo").exists() and bool((tmp_path / "hijo").read_text())  # type: ignore[method-assign]
    service.stop_timeout = 0.2
    service.start()
    service.stop()
    assert not service.running
    child = int((tmp_path / "hijo").read_text())
    assert wait_until(lambda: not _alive(child))


def test_a_taken_port_is_passed_over() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert free_port(port) != port
    assert free_port(port) == port


@pytest.fixture
def directory() -> Iterator[Path]:
    """A temporary directory where root's unprivileged servers may work (pytest's own is private)."""
    path = temporary_directory("tns-prueba-")
    yield path
    shutil.rmtree(path)


def test_postgresql_keeps_its_data_from_one_start_to_the_next(directory: Path) -> None:
    for statement in ("CREATE TABLE cosas AS SELECT 7 AS id", "INSERT INTO cosas SELECT id + 1 FROM cosas"):
        server = PostgreSQL(directory / "pg", password="secreta", durable=False)
        server.start()
        try:
            with psycopg.connect(server.url, autocommit=True) as connection:
                connection.execute(statement)
                rows = connection.execute("SELECT id FROM cosas ORDER BY id").fetchall()
        finally:
            server.stop()
    assert rows == [(7,), (8,)]


def test_postgresql_waits_for_what_a_killed_server_left_behind(directory: Path) -> None:
    server = PostgreSQL(directory / "pg", password="secreta", durable=False)
    server.start()
    client = psycopg.connect(server.url)
    try:
        orphan = client.info.backend_pid
        os.kill(orphan, signal.SIGSTOP)  # it cannot notice that its server is gone
        server.kill()
        with ThreadPoolExecutor(1) as thread:
            start = thread.submit(server.start)
            with pytest.raises(TimeoutError):
                start.result(timeout=0.5)
            os.kill(orphan, signal.SIGKILL)
            start.result(timeout=30)
        psycopg.connect(server.url).close()
    finally:
        client.close()
        server.stop()


def test_postgresql_wants_the_password_and_speaks_utf8(pila: Pila) -> None:
    wrong = pila.postgresql.url.replace(pila.postgresql.password, "otra")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong)
    with psycopg.connect(pila.postgresql.url) as connection:
        row = connection.execute("SELECT pg_encoding_to_char(encoding), datcollate FROM pg_database").fetchone()
    assert row == ("UTF8", "C.UTF-8")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's servers change their account")
def test_as_root_postgresql_runs_as_nobody(pila: Pila) -> None:
    assert Path(f"/proc/{pila.postgresql.pid}").stat().st_uid == RunAs.nobody().uid


def test_a_cluster_of_another_version_is_refused_with_what_to_do(tmp_path: Path) -> None:
    server = PostgreSQL(tmp_path / "pg", password="x")
    server.data.mkdir(parents=True)
    (server.data / "PG_VERSION").write_text("13\n")
    with pytest.raises(ServiceError, match="PostgreSQL 13") as caught:
        server.prepare()
    assert "TNS_DATOS" in caught.value.que_hacer


def test_valkey_wants_its_password_and_its_file_is_private(tmp_path: Path) -> None:
    server = Valkey(tmp_path / "valkey", password="secreta")
    server.start()
    try:
        with pytest.raises(redis.AuthenticationError):
            redis.Redis(port=server.port or 0).ping()
        assert redis.Redis.from_url(server.url).ping()
        assert "secreta" not in " ".join(map(str, server.command))
        assert stat.S_IMODE((tmp_path / "valkey" / "valkey.conf").stat().st_mode) == 0o600
    finally:
        server.stop()


def test_valkey_keeps_its_queues_from_one_start_to_the_next(tmp_path: Path) -> None:
    for expected in (None, b"1"):
        server = Valkey(tmp_path / "valkey", password="secreta")
        server.start()
        try:
            client = redis.Redis.from_url(server.url)
            assert client.get("clave") == expected
            client.set("clave", 1)
        finally:
            server.stop()


def test_secrets_are_made_once_and_only_their_owner_may_read_them(tmp_path: Path) -> None:
    made = Secrets.load(tmp_path)
    again = Secrets.load(tmp_path)
    assert vars(made) == vars(again)
    assert stat.S_IMODE((tmp_path / "secretos.json").stat().st_mode) == 0o600
    assert made.secret_key not in repr(made)


def test_a_private_directory_on_the_way_is_found(directory: Path) -> None:
    private = directory / "casa"
    (private / "datos").mkdir(parents=True)
    directory.chmod(0o711)
    private.chmod(0o700)
    stranger = RunAs(uid=os.geteuid() + 4242, gid=os.getegid() + 4242)
    assert first_closed_to(private / "datos", stranger) == private
    private.chmod(0o711)
    assert first_closed_to(private / "datos", stranger) is None


def _alive(pid: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False
