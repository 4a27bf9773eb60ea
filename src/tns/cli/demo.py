"""`tns demo`: the whole flow, with progress bars and a summary."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from rich import box
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from tns.cli.pantalla import console, errors, print_addresses, print_administrator
from tns.cli.pila import (
    FAILED,
    OK,
    RunningStack,
    database_action,
    interruptible,
    keep_running,
    local_directory,
    running_stack,
)
from tns.engines.errors import TNSError
from tns.local.estado import supervisor_pid
from tns.local.pila import Stack, attach_stack
from tns.local.servicios.base import port_answers

if TYPE_CHECKING:
    from rich.progress import TaskID

    from tns.local.demo.comparacion import Totals
    from tns.local.demo.resultado import Outcome, Row
    from tns.local.instalacion import Instalacion

_OUTCOME = "demostracion.txt"
_NAMES = {"A": "Demostración A (oficina principal)", "B": "Demostración B (sucursal)"}


def run_demo(*, stay: bool, web_port: int | None, scale: str) -> int:
    """Start the stack (or use the one that runs), do the flow, tell; stay up when asked to.

    With `stay`, the flow is not done again on data that already went through it: it starts, and stays up.
    """
    began = time.monotonic()
    with interruptible(), _told():
        directory = local_directory()
        if supervisor_pid(directory) is not None:
            console.print("La pila local ya está en marcha: la demostración la usa.")
            return _end(_demonstrate(attach_stack(directory), began, scale))
        with running_stack(web_port) as running:
            if line := _last_outcome(running.stack) if stay else "":
                console.print("El flujo ya se recorrió con estos datos; «tns demo» lo repite. Terminó así:")
            else:
                line = _demonstrate(running.stack, began, scale)
            if line and stay:
                _end(line)
                _stay(running)
                return OK
        return _end(line)  # the stack has told its stop: this is the last line
    return FAILED


def _end(line: str) -> int:
    """Print the line that says it all; without one, the failure was told. Returns the exit status."""
    if not line:
        return FAILED
    console.print(line, style="bold green", soft_wrap=True)
    return OK


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """Also a stack that could not start ends in the demo's own last line."""
    try:
        yield
    except TNSError as error:
        raise SystemExit(_failed("Iniciar la pila", error)) from error
    except KeyboardInterrupt:
        raise SystemExit(130) from None


def _stay(running: RunningStack) -> None:
    console.print()
    print_addresses(running.stack)
    if running.administrator:
        print_administrator(running.administrator)
    else:
        console.print("Entre con el usuario «administrador»; otra contraseña: tns manage changepassword administrador")
    console.print("La pila queda en marcha: Ctrl-C la detiene. Registros: tns registros -f", style="dim")
    keep_running(running, follow_logs=False)


def _demonstrate(stack: Stack, began: float, scale: str) -> str:
    """Do the flow and tell it; returns the line that says it all, empty after a failure, which is told here."""
    from tns.local.demo.flujo import Demo
    from tns.local.demo.resultado import DemoServer, PasoFallido

    screen = RichScreen()
    with screen:
        try:
            installation = _install(stack, screen, scale)
            servers = [
                DemoServer(one.clave, _NAMES[one.clave], firebird.port, firebird.password, one.ruta_maestra)
                for one, firebird in zip(installation.servidores, stack.firebirds.values(), strict=True)
            ]
            with _demo_user(stack) as (user, password):
                demo = Demo(
                    url=stack.web_url,
                    user=user,
                    password=password,
                    servers=servers,
                    truth=installation.verdad,
                    screen=screen,
                    foreign_database=stack.part("postgresql").foreign,
                )
                outcome = demo.run()
        except PasoFallido as error:
            _failed(error.paso, error)
            return ""
        except TNSError as error:
            _failed("preparación", error)
            return ""
    print_outcome(outcome)
    line = last_line(outcome, time.monotonic() - began)
    (stack.directory / _OUTCOME).write_text(line, encoding="utf-8")
    return line


def _last_outcome(stack: Stack) -> str:
    """How the flow ended the last time it ended well on this data; empty when it never did."""
    with contextlib.suppress(FileNotFoundError):
        return (stack.directory / _OUTCOME).read_text(encoding="utf-8")
    return ""


def _install(stack: Stack, screen: RichScreen, scale: str) -> Instalacion:
    from tns.local.demo.resultado import PasoFallido, naming
    from tns.local.instalacion import Escala, crear_instalacion

    title, firebirds = "Crear la instalación de demostración", list(stack.firebirds.values())
    with screen.step(title) as bar, naming(title):
        if not all(port_answers(firebird.port) for firebird in firebirds):
            raise PasoFallido(title, "Los servidores Firebird no están disponibles.", que_hacer="Vea «tns registros».")
        return crear_instalacion(firebirds, escala=Escala(scale), progreso=BarProgress(bar))


@contextlib.contextmanager
def _demo_user(stack: Stack) -> Iterator[tuple[str, str]]:
    """An administrator that exists only while the demo runs."""
    opened = database_action("abrir_demo", stack.env, stack.logs)
    try:
        yield opened["usuario"], opened["clave"]
    finally:
        database_action("cerrar_demo", stack.env, stack.logs)


def _failed(step: str, error: TNSError) -> int:
    if error.tecnico:
        errors.print(Text(error.tecnico, style="dim"))
    errors.print(Text(f"DEMO FALLÓ paso={step!r} motivo={error}", style="bold red"), soft_wrap=True)
    return FAILED


# -- screen ------------------------------------------------------------------------------------------------------------


class RichBar:
    """One row of the progress display."""

    def __init__(self, progress: Progress, task: TaskID) -> None:
        self._progress, self._task = progress, task

    def total(self, units: int | None) -> None:
        self._progress.update(self._task, total=units)

    def done(self, units: int, message: str = "") -> None:
        self._progress.update(self._task, advance=units, message=message)


class RichScreen:
    """Progress bars in a terminal; one line a step where there is none."""

    def __init__(self) -> None:
        self._live = console.is_terminal
        self._progress = Progress(
            SpinnerColumn(finished_text="[green]✔[/]"),
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[message]}", style="dim"),
            console=console,
            disable=not self._live,
        )

    def __enter__(self) -> RichScreen:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    @contextlib.contextmanager
    def step(self, title: str) -> Iterator[RichBar]:
        began = time.monotonic()
        task = self._progress.add_task(title, total=None, message="")
        if not self._live:
            console.print(f"  {title}…")
        try:
            yield RichBar(self._progress, task)
        except BaseException:
            self._progress.update(task, message="[red]falló[/]")
            raise
        row = next(row for row in self._progress.tasks if row.id == task)
        units = row.total or max(row.completed, 1)
        self._progress.update(task, total=units, completed=units, message="")
        if not self._live:
            console.print(f"  {title}: listo en {time.monotonic() - began:.1f} s", style="dim")


class BarProgress:
    """The engines' Progress shown in a bar; never cancels."""

    def __init__(self, bar: RichBar) -> None:
        self._bar = bar

    def stage(self, name: str, total: int | None = None) -> None:
        self._bar.total(total)
        self._bar.done(0, name)

    def advance(self, amount: int = 1, message: str | None = None) -> None:
        self._bar.done(amount, message or "")

    def check(self) -> None:
        return None

    def on_cancel(self, callback: object) -> contextlib.AbstractContextManager[None]:
        return contextlib.nullcontext()


# -- summary -----------------------------------------------------------------------------------------------------------


def last_line(outcome: Outcome, seconds: float) -> str:
    return (
        f"DEMO OK empresas={len(outcome.companies)} omitidas={outcome.skipped} movimientos={outcome.movements} "
        f"diferencias={len(outcome.differences)} modelos={outcome.model_kinds} pronosticos={outcome.forecasts} "
        f"segundos={seconds:.0f}"
    )


def print_outcome(outcome: Outcome) -> None:
    """Every discovered company accounted for, then key, models and forecasts."""
    console.print()
    console.print(_companies_table(outcome))
    equal = sum(
        row.comparison.windows for row in outcome.companies if row.comparison and not row.comparison.differences
    )
    console.print(f"{in_spanish(equal)} ventanas iguales en origen y destino; diferencias: {len(outcome.differences)}.")
    console.print("Filas de EMPRESAS que no se extraen:")
    for row in outcome.rows:
        if row.comparison is None:
            console.print(_left_out(row), style="yellow", soft_wrap=True)
    console.print(f"API key de demostración, {outcome.key_companies} empresas, 30 días: {outcome.key}", soft_wrap=True)
    for model in outcome.models:
        tracked = model["mlflow"].get("url") or "sin registro en MLflow"
        text = f"Modelo {model['modelo_id']}, versión {model['version']}, {model['articulos']} artículos: {tracked}"
        console.print(text, soft_wrap=True)
    console.print(f"Pronósticos: {in_spanish(outcome.forecasts)}, de {in_spanish(outcome.articles)} artículos.")


def _companies_table(outcome: Outcome) -> Table:
    table = Table(title="Empresas descubiertas y extraídas", box=box.SIMPLE_HEAD, padding=0)
    table.add_column("Fila", no_wrap=True)
    table.add_column("Empresa", no_wrap=True, overflow="ellipsis", max_width=23)
    table.add_column("", no_wrap=True)
    for heading in ("Filas", "Cantidad", "Valor"):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in outcome.companies:
        if row.comparison is not None:
            who = f"{row.nombre}\n{row.nit} {row.anio} {row.accion}"
            figures = _columns(row.comparison.source, row.comparison.target)
            table.add_row(f"{row.servidor} {row.codigo}", who, "origen\ndestino", *figures)
    return table


def _left_out(row: Row) -> str:
    year = row.anio or "año ilegible"
    return f"  {row.servidor} {row.codigo} {row.nombre} ({row.nit or 'sin NIT'}, {year}): {row.accion}. {row.motivo}"


def _columns(source: Totals, target: Totals) -> list[str]:
    pairs = ((source.rows, target.rows), (source.quantity, target.quantity), (source.value, target.value))
    return [f"{in_spanish(there)}\n{in_spanish(here)}" for there, here in pairs]


def in_spanish(number: int | Decimal) -> str:
    """1234567.5 → «1.234.567,50»; whole numbers without decimals."""
    text = f"{number:,}" if isinstance(number, int) else f"{number:,.2f}"
    return text.translate(str.maketrans(",.", ".,"))
