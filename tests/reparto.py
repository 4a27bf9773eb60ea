"""How two processes share the tests (`pytest -n 2`).

A file goes whole to one process, and so do all that need the browser, which share its server and its installation. What
takes minutes goes first, so that no process is left waiting for the other at the end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from xdist.scheduler.loadscope import LoadScopeScheduling

JUNTOS = "tests/e2e/"
#: Beginnings of paths.
PRIMERO = (
    "tests/local/test_demo.py", JUNTOS, "tests/ml/test_mlflow.py", "tests/sistema/test_respaldo.py",
    "tests/sistema/test_secretos_plantados.py", "tests/extraccion/", "tests/sistema/",
)  # fmt: skip


@pytest.hookimpl(trylast=True)  # after pytest-django, which sorts by what a test needs of the database
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if hasattr(config, "workerinput"):
        items.sort(key=_turno)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    from xdist.scheduler.loadscope import LoadScopeScheduling

    class PorArchivo(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return JUNTOS if nodeid.startswith(JUNTOS) else nodeid.partition("::")[0]

    return PorArchivo(config, log)


def _turno(item: pytest.Item) -> int:
    return next((n for n, ruta in enumerate(PRIMERO) if item.nodeid.startswith(ruta)), len(PRIMERO))
