"""`tns dian verificar`: the row of each document, the exit code, and nothing secret in what it writes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.engines.ubl.fabrica import CLAVE, PIN, Receta, documento, firmar, zip_de

CAMPOS = ("tipo", "numero", "codigo", "firma", "totales")


def verificar(*argumentos: str) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, "-c", "from tns.cli import app; app()", "dian", "verificar"]
    return subprocess.run([*program, *argumentos], capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture
def carpeta(tmp_path: Path) -> Path:
    (tmp_path / "buena.xml").write_bytes(firmar(documento()))
    (tmp_path / "alterada.xml").write_bytes(firmar(documento()).replace(b"Ensayo", b"Enzayo"))
    (tmp_path / "nota.zip").write_bytes(zip_de(n__xml=documento(Receta(raiz="CreditNote", tipo="91"))))
    (tmp_path / "mala.xml").write_bytes(b"<!DOCTYPE a><a/>")
    return tmp_path


def test_it_writes_one_json_element_per_document(carpeta: Path) -> None:
    files = [str(carpeta / name) for name in ("buena.xml", "alterada.xml", "nota.zip", "mala.xml", "falta.xml")]
    done = verificar(*files, "--json", "--clave-tecnica", CLAVE, "--pin", PIN)
    rows = json.loads(done.stdout)
    assert [row["archivo"] for row in rows] == files
    assert [tuple(row[field] for field in CAMPOS) for row in rows] == [
        ("Invoice", "SETP990000101", "verificado", "valida", "ok"),
        ("Invoice", "SETP990000101", "verificado", "cuerpo_alterado", "ok"),
        ("CreditNote", "SETP990000101", "verificado", "sin_firma", "ok"),
        (None, None, None, None, None),
        (None, None, None, None, None),
    ]
    assert [row.get("rechazo_codigo") for row in rows] == [None, None, None, "dtd_prohibida", "archivo_no_leido"]
    assert done.returncode == 1
    assert CLAVE not in done.stdout
    assert f'"{PIN}"' not in done.stdout


def test_it_ends_well_when_nothing_is_wrong(carpeta: Path) -> None:
    done = verificar(str(carpeta / "buena.xml"))
    assert done.returncode == 0
    assert "válida" in done.stdout
    assert "no verificable" in done.stdout


def test_the_environment_given_rules_over_the_document(carpeta: Path) -> None:
    done = verificar(str(carpeta / "buena.xml"), "--json", "--clave-tecnica", CLAVE, "--ambiente", "1")
    (row,) = json.loads(done.stdout)
    assert row["codigo"] == "no_coincide"
    assert row["detalle"]["codigo"]["discrepancia"]["campo"] == "ambiente"


def test_an_environment_that_is_none_is_a_usage_error(carpeta: Path) -> None:
    assert verificar(str(carpeta / "buena.xml"), "--ambiente", "3").returncode == 2
