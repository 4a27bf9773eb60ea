"""What the commands show: the two consoles, and how parts, log lines and addresses look."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from tns.local.estado import PartState
from tns.local.pila import Stack
from tns.local.supervisor import Teller

console = Console(highlight=False)
errors = Console(stderr=True, highlight=False)
_COLOURS = (
    "cyan",
    "magenta",
    "green",
    "yellow",
    "blue",
    "bright_cyan",
    "bright_magenta",
    "bright_green",
    "bright_blue",
)


def state_table(parts: Sequence[PartState]) -> Table:
    table = Table()
    for heading in ("Parte", "Estado", "Proceso", "Desde"):
        table.add_column(heading, no_wrap=True)
    table.add_column("Dirección", overflow="fold")
    for part in parts:
        alive = part.pid is not None and Path(f"/proc/{part.pid}").exists()
        good = part.state == "externa" or (part.state == "lista" and alive)
        state = f"{part.state} ({part.restarts} reinicios)" if part.restarts else part.state
        table.add_row(
            part.name,
            Text(state, style="green" if good else "red"),
            str(part.pid or ""),
            _when(part.since),
            part.address,
        )
    return table


def _when(since: float | None) -> str:
    if since is None:
        return ""
    then, now = datetime.fromtimestamp(since).astimezone(), datetime.now().astimezone()
    return then.strftime("%H:%M:%S" if then.date() == now.date() else "%Y-%m-%d %H:%M")


def teller(logs: Path) -> Teller:
    """Shows what happens to the parts and writes it in the log «supervisor»."""

    def tell(part: str, message: str, bad: bool) -> None:
        with contextlib.suppress(OSError):
            console.print(Text(f"{part}: {message}", style="yellow" if bad else "dim"))
        with (logs / "supervisor.log").open("a", encoding="utf-8") as log:
            log.write(f"{datetime.now().astimezone():%Y-%m-%d %H:%M:%S} {part}: {message}\n")

    return tell


def print_log_line(name: str, line: str) -> None:
    colour = _COLOURS[sum(name.encode()) % len(_COLOURS)]
    console.print(Text.assemble((f"{name:<14}", colour), ("│ ", "dim"), line), soft_wrap=True)


def print_addresses(stack: Stack) -> None:
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    web = stack.web_url
    rows = [("Consola", f"{web}/"), ("API", f"{web}/api/docs/"), ("Administración", f"{web}/admin/")]
    rows += [("MLflow", part.address) for part in stack.servers if part.name == "mlflow"]
    for name, address in rows:
        table.add_row(Text(name, style="bold"), Text(address, style=f"link {address}"))
    console.print(table)


def print_administrator(administrator: dict[str, str]) -> None:
    text = f"Usuario: {administrator['usuario']}\nContraseña: {administrator['clave']}\n\nNo se vuelve a mostrar."
    console.print(Panel(Text(text), title="Administrador", expand=False, border_style="green"))
