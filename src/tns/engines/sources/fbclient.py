"""Find and load Firebird's client library, once per process."""

from __future__ import annotations

import ctypes
import os
import threading
from pathlib import Path
from typing import Any

from tns.engines.sources.errors import ClientLibraryMissing

_lock = threading.Lock()
_loaded: list[Any] = []


def api() -> Any:
    """The driver's API over TNS_FBCLIENT or the system's library.

    Raises ClientLibraryMissing, in words that say what to install.
    """
    if _loaded:
        return _loaded[0]
    with _lock:
        if not _loaded:
            _loaded.append(_load(os.environ.get("TNS_FBCLIENT", "")))
    return _loaded[0]


def _load(configured: str) -> Any:
    from firebird.driver import fbapi, interfaces

    if configured:
        library = Path(configured)
        if not library.is_file():
            raise ClientLibraryMissing(
                "La biblioteca cliente de Firebird indicada en TNS_FBCLIENT no existe.", tecnico=configured
            )
        _preload_neighbours(library)
    try:
        fbapi.load_api(configured or None)
    except (OSError, FileNotFoundError, AttributeError) as error:
        raise ClientLibraryMissing(
            "No se encontró una biblioteca cliente de Firebird que se pueda usar en esta máquina.", tecnico=str(error)
        ) from error
    # Windows servers write their messages in the ANSI code page; the driver would decode them as the local locale.
    interfaces.iUtil.format_status.__defaults__ = ("cp1252",)
    return fbapi.get_api()


def _preload_neighbours(library: Path) -> None:
    """Load libtommath beside an extracted client, since the system may lack it and the loader would not look there."""
    for name in ("libtommath.so.1", "libtommath.so.0"):
        beside = library.parent / name
        if beside.is_file():
            ctypes.CDLL(str(beside), mode=ctypes.RTLD_GLOBAL)
            return
