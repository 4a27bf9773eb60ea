"""The programs of Firebird 3 unpacked from Debian packages, and the client library that every process may load.

The driver needs `libfbclient.so.2`, which a machine without Firebird lacks. `find_client_library()` answers the
system's one or an unpacked one. Other processes are told by their environment (`FirebirdServer.client_env`):

- `TNS_FBCLIENT`: path of `libfbclient.so.2`. Whoever loads the driver names it before the first connection, after
  loading `libtommath.so.1` of the same folder with `ctypes.CDLL(path, mode=ctypes.RTLD_GLOBAL)` when it is there: the
  loader then finds it without LD_LIBRARY_PATH. `use_client_library()` does both for this package.
- `FIREBIRD_MSG`: folder of `firebird.msg`; without it the server's errors arrive as bare numbers.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import tempfile
from pathlib import Path

from tns.engines.errors import TNSError
from tns.local.paquetes_debian import PaquetesDebian, cache_dir

PACKAGES = ("firebird3.0-server-core", "firebird3.0-server", "firebird3.0-utils", "firebird3.0-common", "libfbclient2",
            "libib-util", "libtommath1")  # fmt: skip
CLIENT_LIBRARY = "libfbclient.so.2"


class FirebirdNoDisponible(TNSError):
    """The embedded Firebird server, or the client library, could not be made ready."""

    codigo = "firebird_no_disponible"


def unpack_program(motor: Path, cache: Path | None = None) -> None:
    """Put server, tools and client library in `motor`, whole or not at all; replaces what is there.

    Raises:
        PaquetesNoDisponibles: the packages cannot be had on this machine.
        FirebirdNoDisponible: they do not hold what was expected.
    """
    motor.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".extraccion-", dir=motor.parent) as temporary:
        root, made = Path(temporary) / "raiz", Path(temporary) / "motor"
        PaquetesDebian("firebird3", PACKAGES, cache).extract(root)
        _assemble(root, made)
        if motor.exists():
            motor.rename(Path(temporary) / "anterior")
        made.rename(motor)


def find_client_library(*folders: Path) -> Path:
    """The Firebird client library: TNS_FBCLIENT, the system's, one of `folders`, or the one in the user's cache.

    The last one is unpacked on demand, so a machine that has only the packages' registry can talk to a remote
    Firebird too.

    Raises:
        PaquetesNoDisponibles: there is none and it cannot be downloaded.
    """
    configured = os.environ.get("TNS_FBCLIENT")
    if configured and Path(configured).exists():
        return Path(configured)
    for folder in (*_system_folders(), *folders):
        if (folder / CLIENT_LIBRARY).exists():
            return folder / CLIENT_LIBRARY
    return _cached_client() / "lib" / CLIENT_LIBRARY


def use_client_library(*folders: Path) -> Path:
    """Make `firebird.driver` of this process use `find_client_library(*folders)`; answers which one."""
    from firebird.driver import driver_config

    library = find_client_library(*folders)
    messages = library.parent.parent
    if (messages / "firebird.msg").exists():
        os.environ.setdefault("FIREBIRD_MSG", str(messages))
    with contextlib.suppress(OSError):  # the system has its own
        ctypes.CDLL(str(library.parent / "libtommath.so.1"), mode=ctypes.RTLD_GLOBAL)
    if driver_config.fb_client_library.value is None:
        driver_config.fb_client_library.value = str(library)
    return library


def _system_folders() -> list[Path]:
    return [*Path("/usr/lib").glob("*-linux-gnu"), Path("/usr/lib64"), Path("/usr/lib"), Path("/opt/firebird/lib")]


def _cached_client() -> Path:
    target = cache_dir() / "cliente-firebird3"
    if not (target / "lib" / CLIENT_LIBRARY).exists():
        unpack_program(target)
    return target


def _assemble(root: Path, motor: Path) -> None:
    """Lay the program out as FIREBIRD_BOOT_BUILD expects it, from an extracted file system `root`."""
    homes = sorted(root.glob("usr/lib/*/firebird/3.0"))
    if not homes:
        raise FirebirdNoDisponible("Los paquetes de Firebird no traen el servidor 3.0 que se esperaba.")
    home = homes[-1]
    for folder in ("bin", "lib", "intl"):
        (motor / folder).mkdir(parents=True)
    shutil.copytree(home / "plugins", motor / "plugins")
    shutil.copy2(home / "intl" / "libfbintl.so", motor / "intl")
    settings = root / "etc" / "firebird" / "3.0"
    shutil.copy2(settings / "fbintl.conf", motor / "intl")  # home/intl has a link to where Debian would install it
    shutil.copy2(settings / "plugins.conf", motor)
    shutil.copy2(home / "firebird.msg", motor)
    shutil.copy2(root / "usr" / "share" / "firebird" / "3.0" / "security.sql", motor)
    shutil.copy2(root / "usr" / "sbin" / "firebird", motor / "bin")
    for program in ("isql-fb", "gbak", "gfix", "fbstat"):
        shutil.copy2(root / "usr" / "bin" / program, motor / "bin")
    for library in (*home.parent.parent.glob("*.so*"), *root.glob("lib/*/*.so*")):
        shutil.copy2(library, motor / "lib")  # links become copies of what they point to
