"""The supervisor keeps its parts alive, says what happens, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.espera import wait_until
from tests.local.test_guardian import pids
from tns.local import supervisor as module
from tns.local.estado import AlreadyRunning, PartState, read_state, supervisor_pid
from tns.local.pila import Part, Stack
from tns.local.servicios.base import Service, ServiceError
from tns.local.supervisor import Supervisor, without_password


def a_stack(directory: Path, *programs: Part) -> Stack:
    server = Part("servidor", "Servidor", "127.0.0.1:1", Service("servidor", directory, command=["sleep", "600"]))
    return Stack(directory, servers=[server, Part("ajena", "Ajena", "https://u:clave@otro/db")], programs=[*programs])


@pytest.fixture
def told() -> list[tuple[str, str]]:
    return []


@contextmanager
def watching(stack: Stack, told: list[tuple[str, str]]) -> Iterator[Supervisor]:
    stop = threading.Event()
    with Supervisor(stack, lambda part, message, _: told.append((part, message))).running(lambda: None) as supervisor:
        watcher = threading.Thread(target=supervisor.watch, args=(stop,))
        watcher.start()
        try:
            yield supervisor
        finally:
            stop.set()
            watcher.join()


def row(directory: Path, name: str) -> PartState:
    return next(part for part in read_state(directory)[1] if part.name == name)


def test_other_shells_can_read_what_runs_where_and_since_when(tmp_path: Path, told: list[tuple[str, str]]) -> None:
    assert supervisor_pid(tmp_path) is None
    with watching(a_stack(tmp_path), told):
        assert supervisor_pid(tmp_path) == os.getpid()
        ready, _ = read_state(tmp_path)
        server, foreign = row(tmp_path, "servidor"), row(tmp_path, "ajena")
        assert ready
        assert server.state == "lista"
        assert server.pid in pids(tmp_path)
        assert server.since
        assert (foreign.state, foreign.pid, foreign.address) == ("externa", None, "https://u@otro/db")
    assert supervisor_pid(tmp_path) is None
    assert row(tmp_path, "servidor").state == "detenida"
    assert not pids(tmp_path)


def test_a_part_that_dies_is_started_again_and_it_is_told(tmp_path: Path, told: list[tuple[str, str]]) -> None:
    with watching(a_stack(tmp_path), told):
        first = row(tmp_path, "servidor").pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        assert wait_until(
            lambda: row(tmp_path, "servidor").restarts == 1 and row(tmp_path, "servidor").state == "lista"
        )
        assert row(tmp_path, "servidor").pid not in (None, first)
    assert [message.split(".")[0] for _, message in told] == ["Terminó sin que se le pidiera (código -9)", "Está lista"]


def test_a_part_that_keeps_dying_is_given_up(
    tmp_path: Path, told: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_LONGEST_PAUSE", 0.05)
    monkeypatch.setattr(module, "_MOST_DEATHS", 2)
    sick = Part("enferma", "Enferma", "", Service("enferma", tmp_path, command=["sleep", "0.3"]))
    with watching(a_stack(tmp_path, sick), told):
        assert wait_until(lambda: row(tmp_path, "enferma").state == "caída")
        assert row(tmp_path, "servidor").state == "lista"
    assert told[-1][0] == "enferma"
    assert "no se reinicia más" in told[-1][1]


def test_a_part_that_cannot_start_stops_the_rest_and_the_error_says_which(
    tmp_path: Path, told: list[tuple[str, str]]
) -> None:
    broken = Part("rota", "Rota", "", Service("rota", tmp_path, command=["sh", "-c", "exit 1"], port=1))
    with pytest.raises(ServiceError, match="rota"), watching(a_stack(tmp_path, broken), told):
        pytest.fail("it should not have started")
    assert not pids(tmp_path)


def test_the_stack_goes_on_without_an_optional_part(tmp_path: Path, told: list[tuple[str, str]]) -> None:
    missing = Part("ausente", "Ausente", "", Service("ausente", tmp_path, command=["/no/existe"]), optional=True)
    with watching(a_stack(tmp_path, missing), told):
        assert row(tmp_path, "ausente").state == "no disponible"
        assert read_state(tmp_path)[0]
    assert told[0][0] == "ausente"


def test_the_stack_does_not_wait_for_a_slow_part(tmp_path: Path, told: list[tuple[str, str]]) -> None:
    slow = Service("lenta", tmp_path, command=["sleep", "600"])
    awake = threading.Event()
    slow.ready = awake.is_set  # type: ignore[method-assign]
    with watching(a_stack(tmp_path, Part("lenta", "Lenta", "", slow, slow=True)), told):
        assert row(tmp_path, "lenta").state == "iniciando"
        awake.set()
        assert wait_until(lambda: row(tmp_path, "lenta").state == "lista")
    assert told == [("lenta", "Está lista.")]


def test_a_second_supervisor_of_the_same_data_is_refused(tmp_path: Path, told: list[tuple[str, str]]) -> None:
    with (
        watching(a_stack(tmp_path), told),
        pytest.raises(AlreadyRunning, match="ya está en marcha"),
        watching(a_stack(tmp_path), told),
    ):
        pytest.fail("it should not have started")


def test_a_failure_after_the_start_stops_everything(tmp_path: Path, told: list[tuple[str, str]]) -> None:
    with pytest.raises(KeyboardInterrupt), watching(a_stack(tmp_path), told):
        raise KeyboardInterrupt
    assert not pids(tmp_path)


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("postgresql://tns:secreta@127.0.0.1:5432/tns", "postgresql://tns@127.0.0.1:5432/tns"),
        ("redis://:secreta@127.0.0.1:6379/0", "redis://127.0.0.1:6379/0"),
        ("http://127.0.0.1:5050", "http://127.0.0.1:5050"),
    ],
)
def test_no_address_shows_its_password(address: str, shown: str) -> None:
    assert without_password(address) == shown
