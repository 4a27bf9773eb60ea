"""The operations of docs/operacion.md on the real database: back up, restore into an empty one, change the key."""

from __future__ import annotations

import base64
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from tests.mundo import construir
from tests.pila import Pila

RESTAURADA = "restaurada"
SE_LEE = (
    "import django; django.setup();"
    "from tns.servidores.models import Servidor;"
    "from tns.empresas.models import EmpresaServidor;"
    "print(EmpresaServidor.objects.count(), {s.password.revelar() for s in Servidor.objects.all()})"
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def restaurada(pila: Pila, tmp_path: Path) -> Iterator[str]:
    """Address of an empty database into which a dump of the tests' own, with the shared world in it, was restored."""
    construir()
    origen = pila.postgresql.url_of(connection.settings_dict["NAME"])
    copia, otra = tmp_path / "tns.dump", pila.postgresql.url_of(RESTAURADA)
    correr(str(pila.postgresql.binary("pg_dump")), "--format=custom", f"--file={copia}", origen)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {RESTAURADA}")
    correr(str(pila.postgresql.binary("pg_restore")), "--exit-on-error", "--no-owner", f"--dbname={otra}", str(copia))
    yield otra
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {RESTAURADA} WITH (FORCE)")


def correr(*orden: str, **entorno: str) -> str:
    hecho = subprocess.run(orden, env=os.environ | entorno, capture_output=True, text=True, timeout=120, check=False)
    assert hecho.returncode == 0, hecho.stderr
    return hecho.stdout.strip()


def test_a_restored_copy_is_whole_and_its_key_can_be_changed(restaurada: str) -> None:
    vieja, nueva = settings.TNS_CLAVES_CIFRADO[0], base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    django = (sys.executable, "-m", "django")
    correr(*django, "migrate", "--check", DATABASE_URL=restaurada)
    assert correr(sys.executable, "-c", SE_LEE, DATABASE_URL=restaurada) == "3 {'masterkey'}"

    ambas = {"DATABASE_URL": restaurada, "TNS_CLAVES_CIFRADO": f"{nueva},{vieja}"}
    assert correr(*django, "rotar_cifrado", **ambas).startswith("Secretos cifrados con la primera clave: ")
    solo_nueva = {"DATABASE_URL": restaurada, "TNS_CLAVES_CIFRADO": nueva}
    assert correr(sys.executable, "-c", SE_LEE, **solo_nueva) == "3 {'masterkey'}"
