"""`tns --help` answers in Spanish and at once."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from tns.cli import app  # before anything of Typer: it is imported in Spanish there


def invoke(*arguments: str) -> Any:
    from typer.testing import CliRunner

    return CliRunner().invoke(app, arguments)


ENGLISH = ("Usage", "Options", "Commands", "Show this message", "default:", "required", "Missing", "Try ")


@pytest.mark.parametrize(
    "arguments", [["--help"], ["up", "--help"], ["demo", "-h"], ["estado", "--ayuda"], ["registros", "-h"]]
)
def test_the_help_is_in_spanish(arguments: list[str]) -> None:
    result = invoke(*arguments)
    assert result.exit_code == 0
    assert "Uso: " in result.output
    assert "Muestra esta ayuda y termina." in result.output
    assert not [word for word in ENGLISH if word in result.output]


def test_an_unknown_command_is_told_in_spanish() -> None:
    result = invoke("inventada")
    assert result.exit_code == 2
    assert "No existe la orden 'inventada'" in result.output


def test_the_help_loads_nothing_heavy() -> None:
    heavy = "django celery psycopg pandas mlflow httpx firebird tns.local"
    script = f"import sys, tns.cli; print(*[name for name in {heavy!r}.split() if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
