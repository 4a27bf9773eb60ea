"""The SSH session against a real OpenSSH server: identity, login, limits, quoting."""

from __future__ import annotations

import dataclasses
import logging
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.engines.wireguard.sshd import IS_ROOT, ME, PASSWORD, SSHD, SSHServer
from tns.engines.wireguard import ssh
from tns.engines.wireguard.errors import (
    HostKeyChanged,
    HostKeyNotApproved,
    InvalidValue,
    SSHAuthFailed,
    SSHError,
    SSHTimeout,
    UnexpectedOutput,
)
from tns.engines.wireguard.ssh import SSHSession, SSHTarget

pytestmark = pytest.mark.skipif(SSHD is None, reason="openssh-server is not installed")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SSHServer]:
    with SSHServer(tmp_path_factory.mktemp("sshd")) as running:
        yield running


def test_shows_its_host_key_before_any_login(server: SSHServer) -> None:
    assert ssh.fetch_host_key(server.host, server.port) == server.host_key


def test_the_fingerprint_is_the_one_ssh_keygen_prints(server: SSHServer) -> None:
    answer = subprocess.run(["ssh-keygen", "-lf", str(server.folder / "host.pub")], capture_output=True, text=True)
    assert server.host_key.fingerprint in answer.stdout.split()


@pytest.mark.parametrize("line", ["", "ssh-ed25519", "ssh-ed25519 AAAA", "ssh-ed25519 no", "ssh-ñ AAAA", "a b c"])
def test_what_is_no_host_key_is_refused(line: str) -> None:
    with pytest.raises(InvalidValue):
        ssh.HostKey.parse(line)


def test_runs_a_command_with_input(server: SSHServer) -> None:
    with SSHSession(server.target()) as session:
        answer = session.run(["cat"], stdin=b"\x00\xff bytes\n" * 50_000)
        assert (answer.status, answer.stdout) == (0, b"\x00\xff bytes\n" * 50_000)
        assert session.run(["sh", "-c", "echo mal >&2; exit 7"]).status == 7


@pytest.mark.parametrize(
    "word", ["a b", "$(id)", "`id`", "'; reboot; '", '"', "\\", "*", "", "~", "a\nb", "-n", "ñandú"]
)
def test_an_argument_arrives_as_it_was_given(server: SSHServer, word: str) -> None:
    with SSHSession(server.target()) as session:
        assert session.run(["printf", "%s|", "x", word]).stdout.decode() == f"x|{word}|"


def test_a_command_that_ends_before_its_input_leaves_has_answered(
    server: SSHServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    import asyncssh

    begin = asyncssh.SSHClientConnection.create_process

    async def begin_and_let_it_end(*arguments: Any, **options: Any) -> Any:
        process = await begin(*arguments, **options)
        await process.wait_closed()
        return process

    with SSHSession(server.target()) as session:
        monkeypatch.setattr(asyncssh.SSHClientConnection, "create_process", begin_and_let_it_end)
        answer = session.run(["printf", "listo"])
    assert (answer.status, answer.stdout) == (0, b"listo")


def test_nobody_enters_without_an_approved_host_key(server: SSHServer) -> None:
    with pytest.raises(HostKeyNotApproved), SSHSession(server.target(host_key="")):
        pass


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa"])
def test_another_host_key_stops_everything_and_tells_both(tmp_path: Path, kind: str) -> None:
    server = SSHServer(tmp_path / "sshd")
    approved = server.host_key
    server.new_host_key(kind)
    with server, pytest.raises(HostKeyChanged) as caught, SSHSession(server.target(host_key=approved.line)):
        pass
    assert caught.value.datos == {
        "huella_aprobada": approved.fingerprint,
        "huella_presentada": server.host_key.fingerprint,
        "llave_presentada": server.host_key.line,
    }
    assert "Accepted" not in server.log()


def test_a_second_host_key_is_no_alarm(tmp_path: Path) -> None:
    server = SSHServer(tmp_path / "sshd")
    server.new_host_key("ecdsa")
    approved = server.host_key
    (server.folder / "host").rename(server.folder / "host_ecdsa")
    (server.folder / "host.pub").rename(server.folder / "host_ecdsa.pub")
    server.new_host_key("ed25519")
    server.extra = [f"HostKey {server.folder / 'host_ecdsa'}"]
    with server, SSHSession(server.target(host_key=approved.line)) as session:
        assert session.run(["true"]).status == 0


def test_a_wrong_key_is_refused_and_told(server: SSHServer, tmp_path: Path) -> None:
    stranger = SSHServer(tmp_path / "other")
    target = dataclasses.replace(server.target(), private_key=stranger.client_key)
    with pytest.raises(SSHAuthFailed), SSHSession(target):
        pass


@pytest.mark.skipif(not IS_ROOT, reason="passwords of test accounts need root")
def test_a_password_opens_and_a_wrong_one_does_not(server: SSHServer) -> None:
    with SSHSession(server.target("cliente", password=PASSWORD)) as session:
        assert session.run(["id", "-un"]).stdout == b"cliente\n"
    with pytest.raises(SSHAuthFailed), SSHSession(server.target("cliente", password="otra")):
        pass


@pytest.mark.parametrize("form", ["RFC4716", "PKCS8", "PEM"])
def test_a_key_with_passphrase_is_refused_with_advice(tmp_path: Path, form: str) -> None:
    path = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "rsa", "-m", form, "-N", "frase larga", "-f", str(path)], check=True)
    with pytest.raises(InvalidValue, match="frase de paso"):
        ssh.check_private_key(path.read_text())


def test_what_is_no_private_key_is_refused() -> None:
    with pytest.raises(InvalidValue, match="no se puede leer"):
        ssh.check_private_key("no es una llave")


def test_a_command_that_never_ends_is_left_behind(server: SSHServer) -> None:
    with SSHSession(server.target()) as session:
        with pytest.raises(SSHTimeout):
            session.run(["sleep", "600"], timeout=0.5)
        assert session.run(["true"]).status == 0


def test_an_answer_without_end_is_cut(server: SSHServer) -> None:
    with SSHSession(server.target()) as session, pytest.raises(UnexpectedOutput):
        session.run(["yes"])


def test_a_command_killed_on_the_other_side_is_a_cut_connection(server: SSHServer) -> None:
    with SSHSession(server.target()) as session, pytest.raises(SSHError) as caught:
        session.run(["sh", "-c", "kill -9 $PPID"])
    assert caught.value.codigo_estable == "ssh_cortado"


def test_a_closed_port_and_a_mute_one_are_told_apart() -> None:
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        port = mute.getsockname()[1]
        with pytest.raises(SSHError) as caught:
            ssh.fetch_host_key("127.0.0.1", port, timeout=5)
        assert caught.value.codigo_estable == "ssh_sin_conexion"
        mute.listen(1)
        with pytest.raises(SSHTimeout):
            ssh.fetch_host_key("127.0.0.1", port, timeout=0.5)


def test_a_user_that_would_be_an_option_is_refused(server: SSHServer) -> None:
    with pytest.raises(InvalidValue), SSHSession(server.target("-oProxyCommand=id")):
        pass


def test_credentials_and_output_stay_out_of_reprs_and_logs(server: SSHServer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    target = SSHTarget(
        server.host, server.port, ME, server.host_key.line, private_key=server.client_key, password="abc"
    )
    with SSHSession(target) as session:
        answer = session.run(["cat"], stdin=b"muy secreto")
    shown = repr(target) + repr(answer) + caplog.text
    assert "muy secreto" not in shown
    assert "PRIVATE KEY" not in shown
    assert "abc" not in repr(target)
