"""Starts the real PostgreSQL and Valkey before Django reads its settings; see tests/pila.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

pytest.register_assert_rewrite("tests.pila")

from tests import pila  # noqa: E402

pytest_plugins = ["tests.pila", "tests.instalados", "tests.reparto"]

pila.levantar()

if TYPE_CHECKING:
    from tests.mundo import Mundo


@pytest.fixture
def mundo(db: None) -> Mundo:
    """The shared world of `tests/mundo.py`, fresh for this test."""
    from tests.mundo import construir

    return construir()
