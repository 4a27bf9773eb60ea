"""How the processes of `pytest -n 2 --dist loadgroup --no-loadscope-reorder` share the tests.

A file goes whole to one process, and so do all that need the browser, which share its server and its installation. What
takes minutes goes first, so that no process is left waiting for the other at the end.
"""

from __future__ import annotations

import pytest

JUNTOS = "tests/e2e/"
#: Beginnings of paths.
PRIMERO = ("tests/local/test_demo.py", JUNTOS, "tests/ml/test_mlflow.py", "tests/extraccion/", "tests/sistema/")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not hasattr(config, "workerinput"):
        return  # nobody to share with
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_grupo(item)))
    items.sort(key=_turno)


def _grupo(item: pytest.Item) -> str:
    archivo = item.nodeid.partition("::")[0]
    return JUNTOS if archivo.startswith(JUNTOS) else archivo


def _turno(item: pytest.Item) -> int:
    return next((n for n, ruta in enumerate(PRIMERO) if item.nodeid.startswith(ruta)), len(PRIMERO))
