"""A real Firebird 3 server for the embedded stack and the tests, taken from Debian packages and never installed.

`FirebirdServer(directory, port, password=…)` is a `Service`: `prepare()` unpacks the program into `directory`, writes
its configuration and creates SYSDBA; `start()`, `ready()` and `stop()` run it; `command` and `env` serve a supervisor.
Two servers are two directories. `variant="legacy"` behaves like the 2.5 servers that customers have: only the old
authentication and no encryption on the wire.

Layout of `directory`: `motor/` (program, configuration, security database), `bases/` (databases, see `database()`),
`externos/` (the only folder where external tables may live), `firebird.log`.

`FirebirdServer.client_env` is the environment to hand to every other process (web, worker, tests), so that it finds the
client library; `firebird_programa` tells how it is used.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from tns.local.firebird_programa import (
    FirebirdNoDisponible,
    find_client_library,
    unpack_program,
    use_client_library,
)
from tns.local.servicios.base import LOOPBACK, Service

if TYPE_CHECKING:
    from firebird.driver import Connection

Variant = Literal["srp", "legacy"]
_CREATION = threading.Lock()

_CONFIGURATION = """\
RemoteServicePort = {port}
RemoteBindAddress = {address}
ServerMode = Super
SecurityDatabase = {motor}/security3.fdb
AuthServer = {auth_server}
AuthClient = {auth_client}
UserManager = {user_manager}
WireCrypt = {wire_crypt}
ExternalFileAccess = Restrict {externos}
TempDirectories = {temporales}
DefaultDbCachePages = 4096
TempCacheLimit = 128M
UdfAccess = None
"""
_AUTHENTICATION = {
    "srp": {"auth_server": "Srp256, Srp", "auth_client": "Srp256, Srp", "user_manager": "Srp", "wire_crypt": "Enabled"},
    "legacy": {
        "auth_server": "Legacy_Auth",
        "auth_client": "Legacy_Auth",
        "user_manager": "Legacy_UserManager",
        "wire_crypt": "Disabled",
    },
}


class FirebirdServer(Service):
    """One Firebird server on the loopback address, with its own program, users and databases.

    Args:
        directory: everything it owns lives here; absolute or relative, made by `prepare()`.
        port: TCP port on 127.0.0.1.
        variant: "srp" (Firebird 3's own authentication) or "legacy" (as a 2.5 server).
        password: of SYSDBA. Given again with another value, `prepare()` changes it.
        name: service name; "firebird" by default.
        cache: folder of downloaded packages; the user's own by default.
    """

    def __init__(
        self,
        directory: Path,
        port: int,
        *,
        variant: Variant = "srp",
        password: str,
        name: str = "firebird",
        cache: Path | None = None,
    ) -> None:
        super().__init__(name, directory.absolute(), port=port)
        self.port: int = port
        self.variant: Variant = variant
        self._password = password
        self._cache = cache
        self.motor = self.directory / "motor"
        self.bases = self.directory / "bases"
        self.externos = self.directory / "externos"

    def __repr__(self) -> str:
        return f"FirebirdServer({str(self.directory)!r}, {self.port}, variant={self.variant!r})"

    @property
    def password(self) -> str:
        return self._password

    @property
    def command(self) -> Sequence[str | os.PathLike[str]]:
        # Never `-p`: it makes the server ignore RemoteBindAddress and listen on every interface.
        return [self.motor / "bin" / "firebird"]

    @property
    def env(self) -> Mapping[str, str]:
        return {
            "FIREBIRD": str(self.motor),
            "FIREBIRD_LOCK": str(self.motor / "lock"),
            "FIREBIRD_MSG": str(self.motor),
            "FIREBIRD_BOOT_BUILD": "1",  # take every folder from FIREBIRD, none from where Debian would install it
            "LD_LIBRARY_PATH": str(self.motor / "lib"),
        }

    @property
    def client_env(self) -> Mapping[str, str]:
        """Environment with which any other process finds the client library (see the module's docstring)."""
        return {"TNS_FBCLIENT": str(find_client_library(self.motor / "lib")), "FIREBIRD_MSG": str(self.motor)}

    def database(self, name: str) -> Path:
        """Where the server keeps the database called `name`."""
        return self.bases / name

    def dsn(self, path: Path | str) -> str:
        """What a Firebird client calls that database."""
        return f"inet://{LOOPBACK}:{self.port}/{path}"

    # -- preparation -------------------------------------------------------------------------------------------

    def prepare(self) -> None:
        """Unpack the program, write the configuration and set SYSDBA's password; idempotent.

        Raises:
            PaquetesNoDisponibles: the packages cannot be had on this machine.
            FirebirdNoDisponible: the program is there but does not work.
        """
        for folder in (self.directory, self.bases, self.externos):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not (self.motor / "bin" / "firebird").exists():
            unpack_program(self.motor, self._cache)
        self._configure()
        if not self.running:
            self._set_password()

    def _configure(self) -> None:
        for folder in ("lock", "temporales"):
            (self.motor / folder).mkdir(exist_ok=True)
        text = _CONFIGURATION.format(
            port=self.port,
            address=LOOPBACK,
            motor=self.motor,
            externos=self.externos,
            temporales=self.motor / "temporales",
            **_AUTHENTICATION[self.variant],
        )
        (self.motor / "firebird.conf").write_text(text, encoding="utf-8")
        (self.motor / "databases.conf").touch()

    def _set_password(self) -> None:
        """Create SYSDBA, or change its password; nothing when a previous call already left it so."""
        marker = self.motor / "sysdba.json"
        if _matches(marker, self.variant, self._password):
            return
        security = self.motor / "security3.fdb"
        if not security.exists():
            draft = security.with_suffix(".nueva")
            draft.unlink(missing_ok=True)
            self._isql(f"create database '{draft}';\n")
            self._isql((self.motor / "security.sql").read_text(encoding="utf-8"), draft)
            draft.rename(security)
        quoted = self._password.replace("'", "''")
        self._isql(f"create or alter user SYSDBA password '{quoted}';\ncommit;\n", security)
        _remember(marker, self.variant, self._password)

    def _isql(self, script: str, database: Path | None = None) -> None:
        """Run a script with the engine inside isql: no server is needed, and the file's permissions are the login."""
        command = [str(self.motor / "bin" / "isql-fb"), "-q", "-bail", "-user", "SYSDBA"]
        done = subprocess.run(
            [*command, str(database)] if database else command,
            input=script,
            env={**os.environ, **self.env},
            cwd=self.motor,
            check=False,
            capture_output=True,
            text=True,
            timeout=60,
        )
        if done.returncode != 0:
            raise FirebirdNoDisponible(
                "No se pudo preparar el servidor Firebird local.",
                que_hacer=f"Borre la carpeta {self.motor} y vuelva a intentarlo.",
                tecnico=(done.stderr or done.stdout).replace(self._password, "***")[-2000:],
            )

    # -- names of databases ------------------------------------------------------------------------------------

    def aliases(self) -> dict[str, Path]:
        """Names under which clients may ask for a database, besides its path."""
        try:
            lines = (self.motor / "databases.conf").read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return {}
        pairs = (line.partition(" = ") for line in lines if line)
        return {name: Path(path) for name, _, path in pairs}

    def set_aliases(self, aliases: Mapping[str, Path]) -> None:
        r"""Replace the aliases: Windows paths such as `C:\Datos TNS\X.GDB`, so that clients see what customers have.

        A running server notices, because the file's time changes by more than the second it looks at.
        """
        file = self.motor / "databases.conf"
        before = file.stat().st_mtime if file.exists() else 0.0
        file.write_text("".join(f"{name} = {path}\n" for name, path in aliases.items()), encoding="utf-8")
        later = max(before + 2, file.stat().st_mtime)
        os.utime(file, (later, later))

    # -- clients -----------------------------------------------------------------------------------------------

    def connect(self, path: Path | str, *, charset: str = "WIN1252", **options: Any) -> Connection:
        """Connect as SYSDBA to a database of this server; `options` go to `firebird.driver.connect`."""
        use_client_library(self.motor / "lib")
        from firebird.driver import connect

        return connect(self.dsn(path), user="SYSDBA", password=self._password, charset=charset, **options)

    def create_database(
        self, path: Path | str, *, charset: str, page_size: int = 8192, forced_writes: bool = True
    ) -> Connection:
        """Create a database whose default charset is `charset` ("WIN1252", "NONE"…) and stay connected to it.

        Without `forced_writes` the system decides when pages reach the disk: for loading much, fast.
        """
        use_client_library(self.motor / "lib")
        from firebird.driver import create_database, driver_config

        defaults = driver_config.db_defaults
        with _CREATION:  # the driver takes these three only from its global configuration
            defaults.db_charset.value = charset
            defaults.page_size.value = page_size
            defaults.forced_writes.value = forced_writes
            try:
                return create_database(
                    self.dsn(path),
                    user="SYSDBA",
                    password=self._password,
                    charset="WIN1252" if charset == "NONE" else charset,
                )
            finally:
                for option in (defaults.db_charset, defaults.page_size, defaults.forced_writes):
                    option.clear()


def _matches(marker: Path, variant: str, password: str) -> bool:
    try:
        known = json.loads(marker.read_text(encoding="utf-8"))
        digest = _fingerprint(password, bytes.fromhex(known["sal"]))
        return bool(known["variante"] == variant and hmac.compare_digest(digest, known["huella"]))
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _remember(marker: Path, variant: str, password: str) -> None:
    salt = secrets.token_bytes(16)
    document = {"variante": variant, "sal": salt.hex(), "huella": _fingerprint(password, salt)}
    marker.write_text(json.dumps(document), encoding="utf-8")


def _fingerprint(password: str, salt: bytes) -> str:
    return hashlib.scrypt(password.encode(), salt=salt, n=2**12, r=8, p=1).hex()
