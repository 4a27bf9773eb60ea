"""Requests written from the OpenAPI schema by schemathesis, against the real web process, by three kinds of callers.

No answer may be a 500, have a status or content type that the schema does not name, or a body unlike its schema.
`TNS_CONTRATO_CASOS=50` asks for more cases per operation than the suite can afford, and for those at every
limit of every field.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.mundo import Mundo, construir
from tests.pila import Pila, servidor_web
from tns.local.rutas import checkout

CASOS = os.environ.get("TNS_CONTRATO_CASOS", "")
FASES = "examples,coverage,fuzzing" if CASOS else "examples,fuzzing"
COMPROBACIONES = (
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
    "response_schema_conformance",
)  # fmt: skip
#: They would end the session of the caller; nobody's run has them.
CIERRAN_LA_SESION = ("/api/auth/logout/", "/api/auth/clave/")
CSRF = "c" * 32


def _cabeceras(mundo: Mundo, quien: str) -> list[str]:
    if quien == "nadie":
        return []
    if quien == "llave_andina":
        return [f"Authorization: Api-Key {mundo.llaves[quien]}"]
    sesion = mundo.clientes[quien].cookies["sessionid"].value
    return [f"Cookie: sessionid={sesion}; csrftoken={CSRF}", f"X-CSRFToken: {CSRF}"]


@pytest.mark.parametrize(
    "quien",
    [
        "administrador",
        pytest.param("llave_andina", marks=pytest.mark.lento),
        pytest.param("nadie", marks=pytest.mark.lento),
    ],
)
def test_every_answer_is_one_that_the_schema_names(
    quien: str, pila: Pila, transactional_db: None, tmp_path: Path
) -> None:
    mundo = construir()
    with servidor_web(pila, f"contrato-{quien}") as url:
        orden = [
            sys.executable, "-m", "schemathesis.cli", "run", f"{url}/api/schema/?format=json",
            "--checks", ",".join(COMPROBACIONES), "--phases", FASES, "--max-examples", CASOS or "1",
            "--seed", "7", "--no-shrink", "--continue-on-failure", "--warnings", "off", "--request-timeout", "20",
            "--report", "json", "--report-json-path", str(tmp_path / "informe.json"), "--no-color",
        ]  # fmt: skip
        for cabecera in _cabeceras(mundo, quien):
            orden += ["--header", cabecera]
        for ruta in () if quien == "nadie" else CIERRAN_LA_SESION:
            orden += ["--exclude-path", ruta]
        resultado = subprocess.run(
            orden,
            cwd=tmp_path,
            env={**os.environ, "SCHEMATHESIS_HOOKS": "tests.config.contrato_ganchos", "PYTHONPATH": str(checkout())},
            capture_output=True,
            text=True,
            check=False,
        )
    (tmp_path / "salida.txt").write_text(resultado.stdout, encoding="utf-8")
    assert resultado.returncode == 0, f"{resultado.stdout[-12_000:]}\n{resultado.stderr[-2000:]}"
