"""Build and load the compiled part, or say why it is not there.

The library lies beside its sources when the installation built it (`python -m tns.engines.loading.native`), else in the
user's cache, under a name that follows from the sources and the machine: a new version is never taken for an old one.
"""

from __future__ import annotations

import ctypes
import functools
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ABI_VERSION = 2
SOURCE = Path(__file__).with_name("tns_native.c")
_FLAGS = ("-O3", "-std=gnu11", "-shared", "-fPIC", "-fvisibility=hidden")


@dataclass(frozen=True, slots=True)
class Native:
    """`library` is None when there is no compiled part, and then `reason` (Spanish) says why."""

    library: ctypes.CDLL | None
    reason: str = ""


@functools.cache
def load() -> Native:
    """The compiled part, building it the first time; TNS_NATIVO=0 does without."""
    if os.environ.get("TNS_NATIVO", "1") == "0":
        return Native(None, "desactivada con TNS_NATIVO=0")
    if sys.byteorder != "little" or sys.platform == "win32":
        return Native(None, "no admite esta plataforma")
    name = _library_name()
    for folder in (SOURCE.parent, _cache()):
        if (folder / name).is_file():
            return _open(folder / name)
    try:
        return _open(build(_cache()))
    except (OSError, subprocess.SubprocessError) as error:
        return Native(None, f"no se pudo compilar: {error}")


def build(folder: Path) -> Path:
    """Compile into `folder`; raises FileNotFoundError without a compiler, OSError or SubprocessError when it fails."""
    compiler = next((found for name in ("cc", "gcc", "clang") if (found := shutil.which(name))), None)
    if compiler is None:
        raise FileNotFoundError("no hay un compilador de C")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    target = folder / _library_name()
    with tempfile.TemporaryDirectory(dir=folder, prefix=".compilando-") as temporary:
        draft = Path(temporary) / target.name
        subprocess.run(
            [compiler, *_FLAGS, "-o", str(draft), *map(str, sorted(SOURCE.parent.glob("tns_*.c")))],
            check=True,
            capture_output=True,
            text=True,
            timeout=120,
        )
        draft.replace(target)  # whole or not at all, also when several workers build at once
    return target


def _open(path: Path) -> Native:
    try:
        library = ctypes.CDLL(str(path))
        if library.tns_abi() != ABI_VERSION:
            return Native(None, f"{path.name} es de otra versión")
    except (OSError, AttributeError) as error:
        return Native(None, f"no se pudo cargar: {error}")
    return Native(library)


def _library_name() -> str:
    sources = b"".join(path.read_bytes() for path in sorted(SOURCE.parent.glob("tns_*.[ch]")))
    digest = hashlib.sha256(sources + " ".join(_FLAGS).encode()).hexdigest()[:16]
    return f"_tns_native-{platform.machine()}-{digest}.so"


def _cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")  # noqa: PTH111 - "" when there is no home
    return Path(base) / "tns-core" / "nativo"
