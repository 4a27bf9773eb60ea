"""Programs taken out of Debian packages without installing them, as any user.

apt works here on a private state of its own (lists, archives), so it needs neither root nor a prior `apt-get update`,
and checks the signatures of the lists and the hash of each package as it always does. What it downloaded is kept in a
cache shared by every data directory of the user, with a manifest of SHA-256 sums that is checked again at each use.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import platform
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tns.engines.errors import TNSError

_MANIFEST = "manifiesto.json"
_DOWNLOAD_SECONDS = 300


class PaquetesNoDisponibles(TNSError):
    """The packages can be neither found in the cache nor downloaded on this machine."""

    codigo = "paquetes_no_disponibles"


@dataclass(frozen=True)
class PaquetesDebian:
    """A named set of packages, with the dependencies this machine lacks.

    Attributes:
        name: folder of the set inside the cache, and what error texts call it.
        packages: names given to apt.
        cache: folder of the cache; the user's own one (`cache_dir()`) by default.
    """

    name: str
    packages: Sequence[str]
    cache: Path | None = None

    def extract(self, target: Path) -> None:
        """Unpack every package of the set under `target`, as if `target` were the root of the file system.

        Raises:
            PaquetesNoDisponibles: not a Debian-like machine, or apt could not download them.
        """
        for archive in self.archives():
            _run(["dpkg-deb", "-x", str(archive), str(target)], "No se pudo abrir un paquete de Debian descargado.")

    def archives(self) -> list[Path]:
        """The `.deb` files, downloaded when the cache lacks them or holds damaged ones."""
        _require_apt(self.name)
        folder = (self.cache or cache_dir()) / "debian" / _machine() / self.name
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise PaquetesNoDisponibles(
                f"No se puede escribir en la carpeta de descargas {folder}.",
                que_hacer="Indique otra con la variable XDG_CACHE_HOME.",
                tecnico=str(error),
            ) from error
        with _locked(folder):
            cached = _intact(folder, self.packages)
            return cached if cached is not None else self._download(folder)

    def _download(self, folder: Path) -> list[Path]:
        with tempfile.TemporaryDirectory(prefix="tns-apt-") as temporary:
            state = Path(temporary)
            options = _private_state(state)
            # One broken repository of somebody else makes `update` fail although Debian's own lists arrived:
            # only the download's outcome counts.
            failure = f"No se pudieron descargar los paquetes de {self.name}."
            context = _run(["apt-get", *options, "-qq", "update"], failure, check=False)
            only_fetch = ["-qq", "-y", "--download-only", "--reinstall", "--no-install-recommends"]
            try:
                _run(["apt-get", *options, *only_fetch, "install", *self.packages], failure, context=context)
            except PaquetesNoDisponibles:
                # apt refuses to plan on a machine with an interrupted or held package, though we install nothing:
                # then take the packages without their dependencies, which such a machine mostly has.
                received = state / "cache" / "archives"
                _run(["apt-get", *options, "-qq", "download", *self.packages], failure, context=context, cwd=received)
            for old in folder.glob("*.deb"):
                old.unlink()
            for archive in (state / "cache" / "archives").glob("*.deb"):
                shutil.copy2(archive, folder / archive.name)
        archives = sorted(folder.glob("*.deb"))
        sums = {archive.name: _sha256(archive) for archive in archives}
        document = json.dumps({"paquetes": sorted(self.packages), "archivos": sums}, indent=1)
        (folder / _MANIFEST).write_text(document, encoding="utf-8")
        return archives


def cache_dir() -> Path:
    """The user's cache of this program: `$XDG_CACHE_HOME/tns-core`, else `~/.cache/tns-core`.

    An account without a home it can write to (`nobody`) gets one of its own under the temporary folder.
    """
    configured = os.environ.get("XDG_CACHE_HOME")
    if configured:
        return Path(configured) / "tns-core"
    home = Path(os.environ.get("HOME") or "/nonexistent")
    if home.is_dir() and os.access(home, os.W_OK):
        return home / ".cache" / "tns-core"
    private = Path(tempfile.gettempdir()) / f"tns-core-cache-{os.getuid()}"
    private.mkdir(mode=0o700, exist_ok=True)
    owner = private.stat()
    if owner.st_uid != os.getuid() or private.is_symlink():
        raise PaquetesNoDisponibles(
            f"La carpeta {private} es de otro usuario.", que_hacer="Indique otra con la variable XDG_CACHE_HOME."
        )
    return private


def _require_apt(name: str) -> None:
    missing = [program for program in ("apt-get", "dpkg-deb") if shutil.which(program) is None]
    if missing:
        raise PaquetesNoDisponibles(
            f"Este equipo no tiene {' ni '.join(missing)}, de donde se toma {name}.",
            que_hacer="Use Debian o Ubuntu para el entorno local, o indique un servidor Firebird que ya exista.",
        )


def _machine() -> str:
    """Debian release and architecture: packages of one do not serve another."""
    release = platform.freedesktop_os_release()
    return f"{release.get('ID', 'linux')}-{release.get('VERSION_ID', 'sid')}-{platform.machine()}"


def _private_state(state: Path) -> list[str]:
    for folder in ("state/lists/partial", "cache/archives/partial"):
        (state / folder).mkdir(parents=True)
    settings = {
        "Dir::State": state / "state",
        "Dir::State::lists": state / "state" / "lists",
        "Dir::State::status": "/var/lib/dpkg/status",  # the machine's own: what it has is not downloaded again
        "Dir::Cache": state / "cache",
        "Dir::Cache::archives": state / "cache" / "archives",
        "Debug::NoLocking": "1",
        "APT::Sandbox::User": "root",  # as root, do not drop to _apt, which may not enter our folder
        "Acquire::Retries": "2",
        "Acquire::http::Timeout": "30",
        "Acquire::Languages": "none",
    }
    return [part for key, value in settings.items() for part in ("-o", f"{key}={value}")]


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Two programs that start together download once."""
    with (folder / "candado").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _intact(folder: Path, packages: Sequence[str]) -> list[Path] | None:
    """The cached archives, None when there are none for these packages or any of them is damaged."""
    try:
        manifest = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
        archives = [folder / name for name in sorted(manifest["archivos"])]
        sound = all(_sha256(archive) == manifest["archivos"][archive.name] for archive in archives)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return archives if sound and archives and manifest.get("paquetes") == sorted(packages) else None


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _run(
    command: Sequence[str], failure: str, *, check: bool = True, context: str = "", cwd: Path | None = None
) -> str:
    """Run apt or dpkg; answers what it complained about. `context` is added to the technical detail of a failure."""
    advice = "Revise la conexión a Internet, los repositorios de apt y el espacio en disco, y vuelva a intentarlo."
    try:
        done = subprocess.run(
            command,
            check=False,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=_DOWNLOAD_SECONDS,
            cwd=cwd,
            env={**os.environ, "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"},
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PaquetesNoDisponibles(failure, que_hacer=advice, tecnico=str(error)) from error
    if check and done.returncode != 0:
        raise PaquetesNoDisponibles(failure, que_hacer=advice, tecnico=f"{context}\n{done.stderr}".strip()[-2000:])
    return done.stderr
