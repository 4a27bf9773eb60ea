"""Starts the real PostgreSQL and Valkey before Django reads its settings; see tests/pila.py."""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite("tests.pila")

from tests import pila  # noqa: E402

pytest_plugins = ["tests.pila"]

pila.levantar()
