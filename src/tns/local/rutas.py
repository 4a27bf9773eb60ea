"""Where the embedded stack keeps its data; see docs/decisiones/0010."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from tns.local.servicios.base import RunAs, ServiceError

ROOT_HOME = Path("/var/lib/tns-core")
VARIABLE = "TNS_DATOS"


def checkout() -> Path:
    """The project's folder when it runs from a checkout, else the current one."""
    import tns

    source = Path(tns.__file__).resolve().parents[2]
    return source if (source / "pyproject.toml").is_file() else Path.cwd()


def data_directory() -> Path:
    """The directory of this checkout's embedded stack; not created here.

    `TNS_DATOS` when it is set; `.tns` in the checkout for an ordinary user; for root a directory of
    /var/lib/tns-core, because root's servers run as nobody, who cannot enter a home of mode 0700.
    """
    if chosen := os.environ.get(VARIABLE):
        return Path(chosen).expanduser().resolve()
    home = checkout()
    if os.geteuid() != 0:
        return home / ".tns"
    digest = hashlib.sha256(os.fsencode(home)).hexdigest()[:10]
    return ROOT_HOME / f"{home.name or 'raiz'}-{digest}"


def service_account() -> RunAs | None:
    """Who runs the servers that refuse to be root: nobody when the program is root, else its own user."""
    return RunAs.nobody() if os.geteuid() == 0 else None


def make_directory(path: Path) -> Path:
    """Create a directory others may pass through but not list (0711 for root's sake, 0700 for everybody else).

    Raises:
        ServiceError: root's unprivileged servers could not enter it.
    """
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(0o711 if os.geteuid() == 0 else 0o700)
    if (account := service_account()) and (closed := first_closed_to(path, account)):
        raise ServiceError(
            f"El usuario sin privilegios que corre PostgreSQL no puede entrar a {closed}.",
            que_hacer=f"Deje {VARIABLE} sin definir o apúntela a una carpeta fuera de carpetas privadas.",
        )
    return path


def first_closed_to(path: Path, account: RunAs) -> Path | None:
    """The first directory on the way to `path` that `account` cannot pass through."""
    for step in reversed((path, *path.parents)):
        status = step.stat()
        if account.uid == status.st_uid:
            shift = 6
        elif account.gid == status.st_gid:
            shift = 3
        else:
            shift = 0
        if not status.st_mode >> shift & 1:
            return step
    return None


def temporary_directory(prefix: str) -> Path:
    """A new temporary directory that the servers' account can pass through."""
    account = service_account()
    bases = [Path(tempfile.gettempdir()), ROOT_HOME]
    if account is not None:
        ROOT_HOME.mkdir(mode=0o711, parents=True, exist_ok=True)
        bases = [base for base in bases if base.is_dir() and first_closed_to(base, account) is None]
    if not bases:
        raise ServiceError("No hay una carpeta temporal en la que puedan trabajar los servidores locales.")
    return make_directory(Path(tempfile.mkdtemp(prefix=prefix, dir=bases[0])))
