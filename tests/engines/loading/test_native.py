"""The compiled part: built when it can be, done without when it cannot."""

from __future__ import annotations

import ctypes
import shutil
from pathlib import Path

import pytest

from tns.engines.loading import encoders
from tns.engines.loading.native import building


@pytest.fixture(autouse=True)
def fresh_load(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test finds out by itself what there is."""
    monkeypatch.setattr(building, "load", building.load.__wrapped__)
    monkeypatch.setattr(encoders, "load", building.load)


@pytest.mark.skipif(shutil.which("cc") is None, reason="there is no C compiler on this machine")
def test_it_is_built_into_the_cache_the_first_time(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert building.load().library is not None
    (built,) = (tmp_path / "tns-core" / "nativo").iterdir()
    before = built.stat().st_mtime_ns
    assert building.load().library is not None
    assert built.stat().st_mtime_ns == before
    assert next(iter(encoders.available())) == "nativa"


def test_without_a_compiler_the_python_twin_serves(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(building, "SOURCE", tmp_path / "tns_native.c")
    building.SOURCE.write_text("int nothing;")
    monkeypatch.setenv("PATH", str(tmp_path))
    found = building.load()
    assert found.library is None
    assert "compilador" in found.reason
    assert list(encoders.available()) == ["python"]


def test_it_can_be_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TNS_NATIVO", "0")
    assert building.load().library is None
    assert list(encoders.available()) == ["python"]


@pytest.mark.parametrize("content", [b"", b"not a library"])
def test_a_broken_library_is_not_fatal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(building, "SOURCE", tmp_path / "tns_native.c")
    building.SOURCE.write_text("int nothing;")
    folder = tmp_path / "tns-core" / "nativo"
    folder.mkdir(parents=True)
    (folder / building._library_name()).write_bytes(content)
    assert building.load().library is None


@pytest.mark.skipif(shutil.which("cc") is None, reason="there is no C compiler on this machine")
def test_a_library_of_another_version_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(building, "SOURCE", tmp_path / "tns_native.c")
    building.SOURCE.write_text('__attribute__((visibility("default"))) int tns_abi(void) { return 999; }')
    found = building.load()
    assert found.library is None
    assert "versión" in found.reason


def test_the_structures_have_the_same_size_on_both_sides() -> None:
    library = building.load().library
    if library is None:
        pytest.skip("the compiled part is not on this machine")
    from tns.engines.loading.native.encoder import _Context, _Step

    assert (library.tns_sizes(0), library.tns_sizes(1)) == (ctypes.sizeof(_Step), ctypes.sizeof(_Context))
