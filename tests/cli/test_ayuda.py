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


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("pronosticar", "Falta --entrada."),
        ("pronosticar --entrada", "Falta el valor de --entrada."),
        ("pronosticar --entrda a", "No existe la opción --entrda. ¿Quiso decir --entrada, --metadatos?"),
        ("up --zzzzzz", "No existe la opción --zzzzzz."),
        ("estdo", "No existe la orden 'estdo'. ¿Quiso decir 'estado', 'stop'?"),
        ("up --puerto x", "--puerto es un número entero, no «x»."),
        ("pronosticar --entrada a --salida b --horizonte x", "--horizonte es un número entero, no «x»."),
        (
            "pronosticar --entrada a --salida b --horizonte 99",
            "--horizonte no puede ser 99: debe cumplir 1<=x<=24.",
        ),
        ("pronosticar --entrada a --salida b c", "Sobra en la orden: c."),
        ("estado --json=1", "La opción --json no lleva valor."),
    ],
)
def test_a_command_line_it_does_not_understand_is_told_in_spanish(arguments: str, sentence: str) -> None:
    result = invoke(*arguments.split())
    assert result.exit_code == 2
    assert sentence in " ".join(result.output.replace("│", " ").split())


def test_a_command_without_trouble_does_not_wait_for_what_draws_errors() -> None:
    script = (
        "import sys, tns.cli; sys.argv[1:] = ['estado', '--json']\n"
        "try: tns.cli.app()\n"
        "except SystemExit: print(*[name for name in ('rich.markdown', 'pydantic') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == ""


def test_the_help_loads_nothing_heavy() -> None:
    heavy = "rich pydantic django celery psycopg pandas mlflow httpx firebird tns.local"
    script = f"import sys, tns.cli; print(*[name for name in {heavy!r}.split() if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
