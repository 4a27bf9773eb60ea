"""`tns up`, `estado`, `stop`, `registros` and `manage`."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NoReturn

from rich.text import Text

from tns.cli.pantalla import (
    console,
    errors,
    print_addresses,
    print_administrator,
    print_log_line,
    state_table,
    teller,
)
from tns.engines.errors import TNSError
from tns.engines.loading.native.building import load as load_native
from tns.local.estado import read_environment, read_state, supervisor_pid
from tns.local.guardian import sweep
from tns.local.pila import Stack, build_stack, logs_directory
from tns.local.registros import LogFollower
from tns.local.rutas import checkout, data_directory
from tns.local.secretos import SECRETS_FILE
from tns.local.servicios.base import ServiceError, tail
from tns.local.supervisor import Supervisor

OK, FAILED, NOT_RUNNING = 0, 1, 3

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run_up(*, web_port: int | None, follow_logs: bool) -> int:
    """The stack in the foreground until a signal."""
    with told_errors(), interruptible(), running_stack(web_port) as running:
        print_addresses(running.stack)
        console.print("Ctrl-C detiene todo.", style="dim")
        keep_running(running, follow_logs=follow_logs)
    return OK


class RunningStack:
    """A started stack and what its start made known."""

    def __init__(self, stack: Stack, supervisor: Supervisor, administrator: dict[str, str] | None) -> None:
        self.stack = stack
        self.supervisor = supervisor
        #: User and password, only when this start created them.
        self.administrator = administrator
        self._watching = threading.Event()
        self._watcher = threading.Thread(target=supervisor.watch, args=(self._watching,), daemon=True)

    @contextlib.contextmanager
    def watched(self) -> Iterator[None]:
        """Dead parts are started again while open."""
        self._watcher.start()
        try:
            yield
        finally:
            self._watching.set()
            self._watcher.join()


@contextlib.contextmanager
def running_stack(web_port: int | None = None) -> Iterator[RunningStack]:
    """Start everything, tell about it, watch it, and stop it on the way out."""
    began = time.monotonic()
    directory = local_directory()
    console.print(f"Iniciando la pila local en [bold]{directory}[/]")
    stack = build_stack(directory, web_port=web_port)
    created: dict[str, Any] = {}

    def prepare_database() -> None:
        console.print("  base de datos: aplicando migraciones…", style="dim")
        created.update(database_action("migrar", stack.env, stack.logs))

    try:
        with Supervisor(stack, teller(stack.logs)).running(prepare_database) as supervisor:
            console.print(f"Lista en {time.monotonic() - began:.1f} s.", style="bold green")
            running = RunningStack(stack, supervisor, created.get("administrador"))
            if running.administrator:
                print_administrator(running.administrator)
            with running.watched():
                yield running
            console.print("Deteniendo la pila…", style="dim")
    finally:
        with contextlib.suppress(OSError):
            console.print("Pila detenida.", style="dim")


def keep_running(running: RunningStack, *, follow_logs: bool) -> None:
    """Wait for a signal, showing the joined logs meanwhile if asked to."""
    stop = threading.Event()
    with contextlib.suppress(KeyboardInterrupt):
        if follow_logs:
            names = [part.name for part in running.stack.parts]  # what the supervisor says is printed already
            LogFollower(running.stack.logs, print_log_line, names=names).follow(stop)
        else:
            # Never one endless wait: a signal that the kernel hands to another thread would not interrupt it.
            while not stop.wait(0.5):
                pass


def database_action(action: str, env: dict[str, str], logs: Path) -> dict[str, Any]:
    """Run one action of tns.local.base_de_datos; its messages go to the log «migraciones»."""
    log_file = logs / "migraciones.log"
    with log_file.open("ab") as log:
        done = subprocess.run(
            [sys.executable, "-m", "tns.local.base_de_datos", action],
            env={**os.environ, **env},
            cwd=checkout(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            check=False,
        )
    if done.returncode != 0:
        raise ServiceError(
            "No se pudo preparar la base de datos.", que_hacer=f"Revise {log_file}.", tecnico=tail(log_file, 15)
        )
    return dict(json.loads(done.stdout))


# -- other shells ------------------------------------------------------------------------------------------------------


def show_state(*, as_json: bool) -> int:
    directory = local_directory()
    pid = supervisor_pid(directory)
    ready, parts = read_state(directory)
    if pid is None:
        parts = []
    native = load_native()
    if as_json:
        rows = [vars(part) for part in parts]
        running = {"en_marcha": pid is not None, "lista": ready and bool(pid), "pid": pid}
        console.print_json(data={**running, "extraccion_nativa": native.library is not None, "partes": rows})
    elif pid is None:
        console.print("La pila local no está en marcha. Iníciela con «tns up».")
    else:
        console.print(state_table(parts))
        console.print(f"Supervisor: proceso {pid}. Datos: {directory}", style="dim")
    if not as_json:
        compiled = "parte compilada en uso" if native.library is not None else f"Python puro ({native.reason})"
        console.print(f"Extracción: {compiled}.", style="dim")
    return OK if pid is not None else NOT_RUNNING


def run_stop() -> int:
    directory = local_directory()
    pid = supervisor_pid(directory)
    if pid is None:
        left = sweep(str(directory))
        console.print(
            "La pila local no estaba en marcha." + (f" Se terminaron {left} procesos sueltos." if left else "")
        )
        return OK
    os.kill(pid, signal.SIGTERM)
    limit = time.monotonic() + 60
    while supervisor_pid(directory) == pid:
        if time.monotonic() > limit:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            sweep(str(directory))
            console.print("No respondía: se terminó a la fuerza.", style="yellow")
            break
        time.sleep(0.1)
    console.print("Pila detenida.")
    return OK


def run_clean(*, confirmed: bool) -> int:
    """Delete the data directory, after asking; only one that a stack made is ever deleted."""
    directory = local_directory()
    if not (directory / SECRETS_FILE).exists():
        console.print("No hay datos locales que borrar.")
        return OK
    if not confirmed:
        if not sys.stdin.isatty():
            errors.print("Para borrar los datos sin que se le pregunte: tns limpiar --si")
            return FAILED
        console.print(f"Se borrarán la base de datos, los servidores de demostración y los registros de {directory}.")
        if console.input("Escriba «borrar» para continuar: ").strip() != "borrar":
            return FAILED
    run_stop()
    shutil.rmtree(directory)
    console.print("Datos locales borrados.")
    return OK


def show_logs(*, names: Sequence[str], follow: bool, lines: int) -> int:
    directory = logs_directory(local_directory())
    known = sorted(path.stem for path in directory.glob("*.log"))
    if unknown := [name for name in names if name not in known]:
        errors.print(f"No hay registro de {', '.join(unknown)}. Hay de: {', '.join(known) or 'ninguna parte'}.")
        return FAILED
    follower = LogFollower(directory, print_log_line, names=names)
    for name in names or known:
        for line in tail(directory / f"{name}.log", lines).splitlines():
            print_log_line(name, line)
    if follow:
        with contextlib.suppress(KeyboardInterrupt):
            follower.follow(threading.Event())
    return OK


def run_manage(arguments: Sequence[str]) -> NoReturn:
    """Becomes Django's own command, with the environment that the stack's programs have."""
    directory = local_directory()
    chosen = {name: value for name, value in os.environ.items() if value}  # an empty line of .env chooses nothing
    environment = {"DJANGO_SETTINGS_MODULE": "tns.config.settings", **read_environment(directory), **chosen}
    if "DATABASE_URL" not in environment:
        errors.print(
            "La pila local no se ha iniciado nunca aquí: inicie «tns up» o defina DATABASE_URL.", style="yellow"
        )
    os.execve(sys.executable, [sys.executable, "-m", "django", *arguments], environment)  # noqa: S606


# -- common ------------------------------------------------------------------------------------------------------------


def local_directory() -> Path:
    """The stack's data directory, after reading the .env that the program's settings will read.

    So both agree on which parts are somebody else's, and .env may say TNS_DATOS too.
    """
    path = Path(os.environ.get("TNS_ENV") or checkout() / ".env")
    if path.is_file():
        from environ import Env

        Env.read_env(str(path))
    return data_directory()


@contextlib.contextmanager
def told_errors() -> Iterator[None]:
    """Expected failures end the program with their Spanish text and the technical detail; Ctrl-C ends it quietly."""
    try:
        yield
    except TNSError as error:
        errors.print(Text(str(error), style="bold red"))
        if error.tecnico:
            errors.print(Text(error.tecnico, style="dim"))
        raise SystemExit(FAILED) from error
    except KeyboardInterrupt:
        raise SystemExit(130) from None


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """SIGTERM and SIGHUP end the program the way Ctrl-C does, also when it was begun in the background with «&»."""

    def interrupt(*_: object) -> NoReturn:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in _ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
