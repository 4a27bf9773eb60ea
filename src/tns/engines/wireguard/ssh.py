"""A short SSH session with a server whose host key is pinned: connect, run a few commands, leave.

Blocking on the outside, asyncssh inside (ADR 0050). The user's own SSH configuration, agent and known_hosts are not
read: only what the target says counts. Commands are argument lists, quoted word by word; data goes by standard input.
Every wait has a limit and every answer a maximum size.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import logging
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Any

from tns.engines.wireguard import values
from tns.engines.wireguard.errors import (
    HostKeyChanged,
    HostKeyNotApproved,
    InvalidValue,
    SSHAuthFailed,
    SSHError,
    SSHTimeout,
    UnexpectedOutput,
)

if TYPE_CHECKING:
    import asyncssh

CONNECT_SECONDS = 15.0
COMMAND_SECONDS = 30.0
MAX_OUTPUT = 8 * 1024 * 1024
logging.getLogger("asyncssh").setLevel(logging.WARNING)  # at INFO it tells every command whole


@dataclass(frozen=True, slots=True)
class HostKey:
    """A server's public host key: `line` as in known_hosts (`ssh-ed25519 AAAA…`), `fingerprint` as `SHA256:…`."""

    line: str
    fingerprint: str

    @classmethod
    def parse(cls, line: str) -> HostKey:
        """Raises InvalidValue when `line` is not an OpenSSH public key.

        The fingerprint is the base64 of the SHA-256 of the key's blob, as `ssh-keygen -l` prints it.
        """
        algorithm, _, rest = line.strip().partition(" ")
        data = rest.partition(" ")[0]
        try:
            blob = base64.b64decode(data, validate=True)
        except ValueError:
            blob = b""
        if not algorithm or not blob.startswith(
            len(algorithm).to_bytes(4, "big") + algorithm.encode("ascii", "replace")
        ):
            raise InvalidValue("La llave del servidor SSH guardada no se puede leer.")
        digest = base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")
        return cls(f"{algorithm} {data}", f"SHA256:{digest}")


@dataclass(frozen=True, slots=True)
class SSHTarget:
    """Where and as whom; `host_key` is the approved key's line, empty while nobody approved one.

    Authentication is by `private_key` (OpenSSH or PEM text, without passphrase) when there is one, else by `password`.
    """

    host: str
    port: int
    user: str
    host_key: str
    password: str = field(default="", repr=False)
    private_key: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class CommandResult:
    """How a command ended; `stdout` may hold secrets and stays out of the repr."""

    status: int
    stdout: bytes = field(repr=False)
    stderr: str


def fetch_host_key(host: str, port: int, *, timeout: float = CONNECT_SECONDS) -> HostKey:
    """Ask a server for its host key, without logging in.

    Raises:
        SSHError, SSHTimeout: it could not be had.
    """
    with asyncio.Runner() as runner:
        return runner.run(_fetch_host_key(values.host(host), values.port(port), timeout))


def check_private_key(text: str) -> str:
    """The fingerprint of the public half; raises InvalidValue when the text is no usable private key."""
    return str(_private_key(text).get_fingerprint())


class SSHSession:
    """Use as a context manager, from a thread without a running event loop."""

    def __init__(
        self, target: SSHTarget, *, connect_timeout: float = CONNECT_SECONDS, command_timeout: float = COMMAND_SECONDS
    ) -> None:
        self._target = target
        self._connect_timeout = connect_timeout
        self._command_timeout = command_timeout
        self._runner: asyncio.Runner | None = None
        self._connection: asyncssh.SSHClientConnection | None = None

    def __enter__(self) -> SSHSession:
        """Connect, check the host key, log in.

        Raises:
            HostKeyNotApproved, HostKeyChanged, SSHAuthFailed, SSHTimeout, SSHError, InvalidValue.
        """
        if not self._target.host_key:
            raise HostKeyNotApproved("Nadie ha aprobado todavía la huella de este servidor SSH.")
        runner = asyncio.Runner()
        try:
            self._connection = runner.run(self._connect())
        except BaseException:
            runner.close()
            raise
        self._runner = runner
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        runner, connection, self._runner, self._connection = self._runner, self._connection, None, None
        if runner is not None and connection is not None:
            try:
                runner.run(_close(connection))
            finally:
                runner.close()

    def run(self, argv: Sequence[str], *, stdin: bytes = b"", timeout: float | None = None) -> CommandResult:
        """Run one command and wait for its end; a non-zero status is an answer, not an error.

        Raises:
            SSHTimeout: it did not end in time. SSHError: the connection broke. UnexpectedOutput: it answered too much.
        """
        if self._runner is None or self._connection is None:
            raise SSHError("La sesión SSH no está abierta.")
        return self._runner.run(self._run(self._connection, shlex.join(argv), stdin, timeout or self._command_timeout))

    async def _connect(self) -> asyncssh.SSHClientConnection:
        import asyncssh

        target = self._target
        pinned = _pinned(target.host_key)
        options: dict[str, Any] = {"client_keys": None, "preferred_auth": ["password", "keyboard-interactive"]}
        if target.private_key:
            options = {"client_keys": [_private_key(target.private_key)], "preferred_auth": ["publickey"]}
        try:
            async with asyncio.timeout(self._connect_timeout):
                return await asyncssh.connect(
                    values.host(target.host),
                    values.port(target.port),
                    username=values.user_name(target.user),
                    password=None if target.private_key else target.password,
                    known_hosts=([pinned], [], []),
                    config=None,
                    agent_path=None,
                    x509_trusted_certs=None,
                    keepalive_interval=10,
                    **options,
                )
        except asyncssh.PermissionDenied as error:
            raise SSHAuthFailed(
                f"El servidor {target.host} no aceptó las credenciales de «{target.user}».", tecnico=error.reason
            ) from None
        except (asyncssh.Error, ConnectionResetError, BrokenPipeError) as error:
            await self._alarm_if_changed(pinned)
            raise _unreachable(target.host, target.port, error) from None
        except (OSError, TimeoutError) as error:
            raise _unreachable(target.host, target.port, error) from None

    async def _alarm_if_changed(self, pinned: asyncssh.SSHKey) -> None:
        """Raise HostKeyChanged when the server shows another key of that kind, or has none of that kind any more."""
        host, port, limit = self._target.host, self._target.port, self._connect_timeout
        approved = _host_key(pinned)
        algorithms = [algorithm.decode() for algorithm in pinned.sig_algorithms]
        try:
            shown = await _fetch_host_key(host, port, limit, algorithms)
        except SSHError:
            shown = await _fetch_host_key(host, port, limit)
        if shown.line != approved.line:
            raise HostKeyChanged(
                f"¡Alerta! El servidor {host} presenta una llave distinta de la aprobada.",
                datos={
                    "huella_aprobada": approved.fingerprint,
                    "huella_presentada": shown.fingerprint,
                    "llave_presentada": shown.line,
                },
            )

    async def _run(
        self, connection: asyncssh.SSHClientConnection, command: str, stdin: bytes, timeout: float
    ) -> CommandResult:
        import asyncssh

        process: asyncssh.SSHClientProcess[bytes] | None = None
        try:
            async with asyncio.timeout(timeout):
                process = await connection.create_process(command, encoding=None)
                # A quick command may have ended before its input leaves; its answer is read all the same, and a
                # connection that really broke shows below as the lack of a status.
                with contextlib.suppress(BrokenPipeError):
                    process.stdin.write(stdin)
                    process.stdin.write_eof()
                stdout, stderr = await asyncio.gather(_read(process.stdout), _read(process.stderr))
                await process.wait_closed()
                status = process.exit_status
        except TimeoutError:
            raise SSHTimeout(f"El servidor {self._target.host} no terminó la orden en {timeout:g} segundos.") from None
        except (OSError, asyncssh.Error) as error:
            raise _broken(self._target.host, error) from None
        finally:
            if process is not None:
                process.channel.abort()  # without it a command that goes on would hold the session
        if status is None or status < 0:
            raise _broken(self._target.host, None)
        return CommandResult(status, stdout, stderr.decode("utf-8", "replace")[:2000])


async def _read(stream: asyncssh.SSHReader[bytes]) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while chunk := await stream.read(65536):
        size += len(chunk)
        if size > MAX_OUTPUT:
            raise UnexpectedOutput("El servidor respondió mucho más de lo esperado y se dejó de leer.")
        chunks.append(chunk)
    return b"".join(chunks)


async def _close(connection: asyncssh.SSHClientConnection) -> None:
    connection.close()
    try:
        async with asyncio.timeout(3):
            await connection.wait_closed()
    except TimeoutError:
        connection.abort()


async def _fetch_host_key(host: str, port: int, timeout: float, algorithms: Sequence[str] = ()) -> HostKey:
    import asyncssh

    try:
        async with asyncio.timeout(timeout):
            key = await asyncssh.get_server_host_key(
                host, port, config=None, server_host_key_algs=list(algorithms) or ()
            )
    except (OSError, TimeoutError, asyncssh.Error) as error:
        raise _unreachable(host, port, error) from None
    if key is None:
        raise SSHError(f"El servidor {host} no mostró su llave.")
    return _host_key(key)


def _pinned(line: str) -> asyncssh.SSHKey:
    import asyncssh

    try:
        return asyncssh.import_public_key(HostKey.parse(line).line)
    except (asyncssh.KeyImportError, ValueError) as error:
        raise InvalidValue("La llave del servidor SSH guardada no se puede leer.", tecnico=str(error)) from None


def _host_key(key: asyncssh.SSHKey) -> HostKey:
    return HostKey.parse(key.export_public_key("openssh").decode("ascii", "replace"))


def _private_key(text: str) -> asyncssh.SSHKey:
    import asyncssh

    try:
        return asyncssh.import_private_key(text)
    except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError, ValueError) as error:
        if isinstance(error, asyncssh.KeyEncryptionError) or "passphrase" in str(error).lower():
            detail = "La llave SSH está protegida con una frase de paso."
            advice = "Pegue una llave sin frase de paso: aquí se guarda cifrada."
        else:
            detail = "La llave SSH privada no se puede leer."
            advice = "Pegue completa una llave privada en formato OpenSSH o PEM."
        raise InvalidValue(detail, codigo="llave_ssh_no_valida", que_hacer=advice) from None


def _unreachable(host: str, port: int, error: Exception) -> SSHError:
    if isinstance(error, TimeoutError):
        return SSHTimeout(f"{host}:{port} no respondió a tiempo por SSH.")
    return SSHError(f"No se pudo establecer conexión SSH con {host}:{port}.", tecnico=str(error)[:300])


def _broken(host: str, error: Exception | None) -> SSHError:
    return SSHError(
        f"La conexión SSH con {host} se cortó antes de terminar.",
        codigo="ssh_cortado",
        que_hacer="Lo que falte quedará pendiente y la reconciliación lo terminará.",
        tecnico=str(error)[:300] if error else None,
    )
