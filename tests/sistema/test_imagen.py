"""What the image's Dockerfile says of the web process, tried on a real one with a production's host names."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import httpx
import pytest

from tests.tareas.conftest import LIMITE_S, NuevaWeb, hasta, nueva_web  # noqa: F401  the fixture
from tns.local.rutas import checkout


@pytest.mark.django_db(transaction=True)
def test_the_health_check_finds_the_site_well_and_a_missing_one_ill(nueva_web: NuevaWeb) -> None:  # noqa: F811
    web = nueva_web(ALLOWED_HOSTS="tns.ejemplo.co", DEBUG="False")
    hallada = re.search(r"HEALTHCHECK .*?CMD (\[.*?\])\n", (checkout() / "Dockerfile").read_text("utf-8"), re.DOTALL)
    assert hallada is not None
    orden = [parte.replace(":8000/", f":{web.port}/") for parte in json.loads(hallada[1])]

    def sana() -> bool:
        return (
            subprocess.run([sys.executable, *orden[1:]], capture_output=True, timeout=30, check=False).returncode == 0
        )

    hasta(sana, "a healthy site")
    web.stop()
    assert not sana()


@pytest.mark.django_db(transaction=True)
def test_every_line_of_the_web_process_is_json(nueva_web: NuevaWeb) -> None:  # noqa: F811
    web = nueva_web(LOG_FORMATO="json", NIVEL_UVICORN="info")
    sitio = f"http://127.0.0.1:{web.port}"
    pedida = httpx.get(f"{sitio}/api/servidores/?buscar=secreto", trust_env=False, timeout=LIMITE_S)
    httpx.get(f"{sitio}/api/vpn/enlaces/palabra-que-abre/", trust_env=False, timeout=LIMITE_S)
    web.stop()
    lineas = [json.loads(linea) for linea in web.log_file.read_text("utf-8").splitlines()]
    accesos = {linea["ruta"]: linea for linea in lineas if linea["origen"] == "tns.acceso"}
    acceso = accesos["/api/servidores/"]
    assert (acceso["metodo"], acceso["estado"], acceso["ip"]) == ("GET", 401, "127.0.0.1")
    assert acceso["id_peticion"] == pedida.headers["X-Request-ID"]
    assert "/api/vpn/enlaces/…/" in accesos
    assert not any(palabra in json.dumps(lineas) for palabra in ("palabra-que-abre", "secreto"))
