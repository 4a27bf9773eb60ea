"""The console's own tests (vitest), beside its code: they run wherever its packages are installed (`make console`)."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from tns.local.rutas import checkout

CONSOLA = checkout() / "consola"


def test_the_logic_of_the_console() -> None:
    npx = shutil.which("npx")
    if npx is None:
        pytest.skip("Node is not on this machine")
    if not (CONSOLA / "node_modules" / "vitest").is_dir():
        pytest.skip("the console's packages are not installed: npm ci in consola/")
    hecho = subprocess.run(
        [npx, "vitest", "run"], cwd=CONSOLA, capture_output=True, text=True, timeout=180, check=False
    )
    assert hecho.returncode == 0, hecho.stdout[-6000:] + hecho.stderr[-2000:]
