"""The test stack is real, and ends with pytest whatever happens to it."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.db import connection


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
