"""`tns demo`: the whole flow, with progress bars and a summary."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from tns.cli.pila import (
    FAILED,
    OK,
    RunningStack,
    console,
    database_action,
    errors,
    interruptible,
    keep_running,
    load_dotenv,
    print_addresses,
    print_administrator,
    running_stack,
    told_errors,
)
from tns.engines.errors import TNSError
from tns.local.estado import supervisor_pid
from tns.local.pila import Stack, attach_stack
from tns.local.rutas import data_directory

if TYPE_CHECKING:
    from rich.progress import TaskID

    from tns.local.demo.comparacion import Totals
    from tns.local.demo.flujo import Outcome
    from tns.local.instalacion import Instalacion

_NAMES = {"A": "Demostración A (oficina principal)", "B": "Demostración B (sucursal)"}


def run_demo(*, stay: bool, web_port: int | None) -> int:
    """Start the stack (or use the one that runs), do the flow, tell; stay up when asked to."""
    began = time.monotonic()
    with told_errors(), interruptible():
        load_dotenv()
        if supervisor_pid(data_directory()) is not None:
            console.print("La pila local ya está en marcha: la demostración la usa.")
            return _demonstrate(attach_stack(data_directory()), began)
        with running_stack(web_port) as running:
            code = _demonstrate(running.stack, began)
            if stay and code == OK:
                _stay(running)
            return code
    return FAILED


def _stay(running: RunningStack) -> None:
    console.print()
    print_addresses(running.stack)
    if running.administrator:
        print_administrator(running.administrator)
    else:
        console.print("Entre con el usuario «administrador»; otra contraseña: tns manage changepassword administrador")
    console.print("La pila queda en marcha: Ctrl-C la detiene. Registros: tns registros -f", style="dim")
    keep_running(running, follow_logs=False)


def _demonstrate(stack: Stack, began: float) -> int:
    """Returns the exit status; the last line says it all."""
    from tns.local.demo.flujo import Demo, DemoServer, PasoFallido

    screen = RichScreen()
    with screen:
        try:
            installation = _install(stack, screen)
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
                )
                outcome = demo.run()
        except PasoFallido as error:
            return _failed(error.paso, error)
        except TNSError as error:
            return _failed("preparación", error)
    print_outcome(outcome)
    console.print(last_line(outcome, time.monotonic() - began), style="bold green", soft_wrap=True)
    return OK


def _install(stack: Stack, screen: RichScreen) -> Instalacion:
    from tns.local.instalacion import crear_instalacion

    with screen.step("Crear la instalación de demostración") as bar:
        return crear_instalacion(list(stack.firebirds.values()), progreso=BarProgress(bar))


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
    console.print(
        f"API key de demostración ({outcome.key_companies} empresas, 30 días): [bold]{outcome.key}[/]", soft_wrap=True
    )
    for model in outcome.models:
        tracked = model["mlflow"].get("url") or "sin registro en MLflow"
        console.print(
            f"Modelo {model['modelo_id']} v{model['version']}: {model['articulos']} artículos, {tracked}",
            soft_wrap=True,
        )
    console.print(f"Pronósticos: {outcome.forecasts} ({outcome.articles} artículos por mes)")


def _companies_table(outcome: Outcome) -> Table:
    table = Table(title="Empresas descubiertas")
    for heading in ("Servidor", "Código", "Empresa", "NIT", "Año", "Resultado"):
        table.add_column(heading)
    for heading in (
        "Filas origen",
        "Filas destino",
        "Cantidad origen",
        "Cantidad destino",
        "Valor origen",
        "Valor destino",
    ):
        table.add_column(heading, justify="right")
    for row in outcome.rows:
        cells = [row.servidor, row.codigo, row.nombre.title(), row.nit, str(row.anio or "")]
        cells.append(row.accion if row.comparison else f"{row.accion}: {row.motivo}")
        if row.comparison:
            cells += _columns(row.comparison.source, row.comparison.target)
        table.add_row(*cells, style=None if row.comparison else "yellow")
    return table


def _columns(source: Totals, target: Totals) -> list[str]:
    pairs = ((source.rows, target.rows), (source.quantity, target.quantity), (source.value, target.value))
    return [f"{value:,.2f}" if index else f"{value:,}" for index, pair in enumerate(pairs) for value in pair]
