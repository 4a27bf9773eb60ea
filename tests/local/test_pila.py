"""The test stack is real, and ends with pytest whatever happens to it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection

from tests.espera import wait_until
from tests.local.test_guardian import pids
from tests.pila import Trabajador
from tns.local.guardian import MARK


@pytest.mark.django_db
def test_the_database_is_a_real_postgresql_and_its_owner_is_no_superuser() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version_num')::int / 10000, usesuper "
            "FROM pg_user WHERE usename = current_user"
        )
        version, superuser = cursor.fetchone()
    assert version >= 18
    assert superuser is False


def test_the_cache_is_a_real_valkey() -> None:
    cache.set("saludo", "hola", 10)
    assert cache.get("saludo") == "hola"


def test_the_worker_is_real_and_a_killed_one_is_back_for_the_next_test(trabajador: Trabajador) -> None:
    from tns.tareas.tasks import recuperar_tareas_task

    for _ in range(2):
        before = trabajador.registro().count("succeeded")
        recuperar_tareas_task.apply_async()
        assert wait_until(lambda before=before: trabajador.registro().count("succeeded") > before)
        trabajador.kill()
        assert not trabajador.running
        trabajador.start()  # what the fixture does for a test that finds it dead


_STACK = "import time; from tests import pila; pila.levantar(); print(pila._pila.carpeta, flush=True); time.sleep(600)"


@pytest.mark.fallas
def test_a_killed_pytest_leaves_neither_servers_nor_files() -> None:
    outside = {name: value for name, value in os.environ.items() if name != MARK}
    process = subprocess.Popen([sys.executable, "-c", _STACK], stdout=subprocess.PIPE, text=True, env=outside)
    assert process.stdout is not None
    folder = Path(process.stdout.readline().strip())
    servers = pids(folder)
    process.kill()
    process.wait()
    process.stdout.close()
    assert folder.name.startswith("tns-pruebas-")
    assert len(servers) >= 2
    assert wait_until(lambda: not pids(folder) and not folder.exists())
