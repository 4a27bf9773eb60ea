"""`tns demo --seguir` from nothing, and what another shell can do with the stack that it leaves up."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.espera import wait_until
from tests.local.test_guardian import pids
from tns.local.guardian import sweep
from tns.local.rutas import checkout, temporary_directory

TNS = Path(sys.executable).with_name("tns")
#: What the tests' own stack put in the environment.
OURS = (
    "DATABASE_URL",
    "REDIS_URL",
    "MLFLOW_TRACKING_URI",
    "SECRET_KEY",
    "TNS_CLAVES_CIFRADO",
    "MODELOS_ML_DIR",
    "TNS_MEDIOS_DIR",
    "TNS_PILA",
)


@dataclass
class Local:
    """One data directory and the commands given to it."""

    datos: Path
    salida: Path

    @property
    def env(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if name not in OURS}
        return {**inherited, "TNS_DATOS": str(self.datos), "COLUMNS": "200"}

    def begin(self, *arguments: str) -> subprocess.Popen[bytes]:
        with self.salida.open("wb") as output:
            return subprocess.Popen(
                [TNS, *arguments], env=self.env, stdout=output, stderr=subprocess.STDOUT, cwd=checkout()
            )

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [TNS, *arguments], env=self.env, capture_output=True, text=True, timeout=120, check=False, cwd=checkout()
        )

    def state(self) -> dict[str, Any]:
        return dict(json.loads(self.run("estado", "--json").stdout))

    def said(self, text: str) -> bool:
        return text in self.salida.read_text(encoding="utf-8", errors="replace")


@pytest.fixture(scope="module")
def local() -> Iterator[Local]:
    datos = temporary_directory("tns-demo-")
    yield Local(datos, datos.with_suffix(".txt"))
    sweep(str(datos))
    shutil.rmtree(datos, ignore_errors=True)
    datos.with_suffix(".txt").unlink(missing_ok=True)


@pytest.fixture(scope="module")
def demo(local: Local) -> subprocess.Popen[bytes]:
    """The demo, done and staying up."""
    process = local.begin("demo", "--seguir", "--escala", "prueba")
    finished = wait_until(lambda: local.said("queda en marcha") or process.poll() is not None, 900)
    text = local.salida.read_text(encoding="utf-8")
    if "firebird: No está disponible" in text:
        pytest.skip("Firebird cannot be had on this machine")
    assert finished, text
    assert process.poll() is None, text
    return process


def test_the_flow_ends_well_and_its_last_line_says_so(demo: subprocess.Popen[bytes], local: Local) -> None:
    text = local.salida.read_text(encoding="utf-8")
    line = re.search(
        r"^DEMO OK empresas=18 omitidas=2 movimientos=(\d+) diferencias=0 modelos=2 pronosticos=(\d+) segundos=\d+$",
        text,
        re.MULTILINE,
    )
    assert line, text
    assert int(line[1]) > 2000
    assert int(line[2]) > 0
    assert "Administrador" in text


def test_another_shell_sees_every_part(demo: subprocess.Popen[bytes], local: Local) -> None:
    assert wait_until(lambda: local.state()["lista"], 120)  # MLflow comes last
    state = local.state()
    assert state["en_marcha"]
    assert state["pid"] == demo.pid
    names = {part["name"] for part in state["partes"]}
    assert names >= {"postgresql", "valkey", "firebird", "firebird2", "mlflow", "web", "trabajador", "programador"}
    assert all(part["pid"] for part in state["partes"])
    shown = local.run("estado").stdout
    assert "trabajador-ml" in shown
    assert ("parte compilada en uso" in shown) is state["extraccion_nativa"]
    secrets = json.loads((local.datos / "secretos.json").read_text(encoding="utf-8"))
    assert not [name for name, value in secrets.items() if value in shown or value in json.dumps(state)]


def test_django_commands_run_with_the_stacks_environment(demo: subprocess.Popen[bytes], local: Local) -> None:
    query = "from tns.empresas.models import EmpresaServidor as E; print('empresas', E.objects.count())"
    done = local.run("manage", "shell", "--command", query)
    assert "empresas 18" in done.stdout, done.stderr


def test_nobody_can_sign_in_as_the_demo_afterwards(demo: subprocess.Popen[bytes], local: Local) -> None:
    query = (
        "from tns.cuentas.models import Usuario as U; u = U.objects.get(username='demostracion'); "
        "print('cerrado', not u.is_active and not u.has_usable_password())"
    )
    assert "cerrado True" in local.run("manage", "shell", "--command", query).stdout


def test_secrets_are_private(demo: subprocess.Popen[bytes], local: Local) -> None:
    for name in ("secretos.json", "entorno.json"):
        assert stat.S_IMODE((local.datos / name).stat().st_mode) == 0o600
    assert stat.S_IMODE((local.datos / "registros").stat().st_mode) == 0o700


def test_a_second_stack_on_the_same_data_is_refused(demo: subprocess.Popen[bytes], local: Local) -> None:
    done = local.run("up")
    assert done.returncode == 1
    assert "ya está en marcha" in done.stderr


@pytest.mark.fallas
def test_killed_outright_it_leaves_no_process_and_starts_again_on_the_same_data(
    demo: subprocess.Popen[bytes], local: Local
) -> None:
    assert pids(local.datos)
    demo.kill()
    demo.wait()
    assert wait_until(lambda: not pids(local.datos), 30)
    stopped = local.run("estado")
    assert stopped.returncode == 3
    assert "Extracción:" in stopped.stdout

    again = local.begin("up", "--sin-registro")
    assert wait_until(lambda: local.said("Ctrl-C detiene todo") or again.poll() is not None, 300)
    web = next(part["address"] for part in local.state()["partes"] if part["name"] == "web")
    assert httpx.get(f"{web}/health/").status_code == 200
    assert not local.said("Contraseña")  # it was shown once

    assert local.run("stop").returncode == 0
    assert again.wait(30) == 0
    assert not pids(local.datos)


def test_it_ends_with_its_line_when_it_does_not_stay_up(local: Local) -> None:
    """On the data of before: discovered, extracted, trained and predicted again, nothing different."""
    ending = local.begin("demo", "--escala", "prueba")
    assert ending.wait(600) == 0, local.salida.read_text(encoding="utf-8")
    last = local.salida.read_text(encoding="utf-8").splitlines()[-1]
    assert last.startswith("DEMO OK empresas=18 omitidas=2 "), last
    assert not pids(local.datos)


def test_an_interrupted_start_leaves_no_process(local: Local) -> None:
    starting = local.begin("up")
    assert wait_until(lambda: len(pids(local.datos)) > 3, 60)
    starting.send_signal(signal.SIGINT)
    assert starting.wait(60) == 130
    assert not pids(local.datos)
