"""Which parts a stack starts, which are somebody else's, and the environment its programs get."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.local.test_demo import OURS
from tns.local.pila import build_stack
from tns.local.rutas import VARIABLE, temporary_directory


@pytest.fixture
def directory(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    for name in (*OURS, VARIABLE):
        monkeypatch.delenv(name, raising=False)
    path = temporary_directory("tns-prueba-")
    yield path
    shutil.rmtree(path)


def test_a_part_with_its_address_in_the_environment_is_not_started(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://otro:clave@base:5432/tns")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://mlflow:5000")
    stack = build_stack(directory)
    assert stack.part("postgresql").service is None
    assert stack.part("mlflow").service is None
    assert stack.part("valkey").service is not None
    assert stack.env["DATABASE_URL"] == "postgresql://otro:clave@base:5432/tns"
    assert stack.env["MLFLOW_TRACKING_URI"] == "http://mlflow:5000"
    assert stack.env["REDIS_URL"].startswith("redis://:")


def test_an_empty_variable_is_no_address(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "")
    stack = build_stack(directory)
    assert stack.part("postgresql").service is not None
    assert stack.env["DATABASE_URL"].startswith("postgresql://tns:")


def test_a_key_of_the_users_own_wins(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "la mía")
    assert build_stack(directory).env["SECRET_KEY"] == "la mía"


def test_addresses_and_secrets_are_the_same_at_the_next_start(directory: Path) -> None:
    first, second = build_stack(directory), build_stack(directory)
    assert first.env == second.env
    assert [part.address for part in first.parts] == [part.address for part in second.parts]


def test_every_part_has_a_port_of_its_own(directory: Path) -> None:
    ports = [part.service.port for part in build_stack(directory).parts if part.service and part.service.port]
    assert len(ports) == len(set(ports)) == 6


def test_models_live_in_the_checkout_unless_the_data_live_elsewhere(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "MODELOS_ML_DIR" not in build_stack(directory).env
    monkeypatch.setenv(VARIABLE, str(directory))
    assert build_stack(directory).env["MODELOS_ML_DIR"] == str(directory / "modelos_ml")
    assert build_stack(directory).env["TNS_MEDIOS_DIR"] == str(directory / "medios")
