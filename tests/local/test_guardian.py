"""Nothing outlives the process that started it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.espera import wait_until
from tns.local.guardian import MARK, Guard, marked, sweep

_STARTER = """
import subprocess, sys, time
from pathlib import Path
from tns.local.guardian import Guard
mark, remove = Path(sys.argv[1]), Path(sys.argv[2])
guard = Guard(mark, remove=remove)
plain = subprocess.Popen(["sleep", "600"])
# A daemon: another session, and its parent is gone.
subprocess.run(["sh", "-c", "setsid sleep 600 & exit 0"], check=True)
print("ready", flush=True)
time.sleep(600)
"""


def pids(mark: Path) -> set[int]:
    return {pid for pid, _ in marked(str(mark))}


@pytest.fixture
def starter(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    (tmp_path / "datos").mkdir()
    process = subprocess.Popen(
        [sys.executable, "-c", _STARTER, str(tmp_path), str(tmp_path / "datos")], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


@pytest.mark.fallas
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_supervisor_that_dies_takes_its_processes_and_its_temporary_data_with_it(
    starter: subprocess.Popen[str], tmp_path: Path, how: signal.Signals
) -> None:
    assert wait_until(lambda: len(pids(tmp_path)) == 2)  # the guard itself does not carry the mark
    starter.send_signal(how)
    starter.wait(10)
    assert wait_until(lambda: not pids(tmp_path))
    assert wait_until(lambda: not (tmp_path / "datos").exists())


def test_a_process_that_ignores_the_polite_signal_is_killed(tmp_path: Path) -> None:
    stubborn = subprocess.Popen(["sh", "-c", "trap '' TERM; sleep 600"], env={**os.environ, MARK: str(tmp_path)})
    assert wait_until(lambda: stubborn.pid in pids(tmp_path))
    assert sweep(str(tmp_path), grace=0.3) >= 1
    assert stubborn.wait(5) == -signal.SIGKILL


def test_the_processes_of_another_stack_are_left_alone(tmp_path: Path) -> None:
    other = subprocess.Popen(["sleep", "600"], env={**os.environ, MARK: f"{tmp_path}-otra"})
    try:
        assert sweep(str(tmp_path)) == 0
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_a_guard_within_another_gives_the_mark_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(MARK, "the outer one")
    guard = Guard(tmp_path)
    assert os.environ[MARK] == str(tmp_path)
    guard.close()
    assert os.environ[MARK] == "the outer one"
