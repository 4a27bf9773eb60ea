"""Typer in Spanish: it asks gettext for its few texts while it is imported, and the rest is set in two subclasses.

Import `typer` from here, never directly.
"""

from __future__ import annotations

import gettext
from typing import Any

_TEXTS = {
    "Arguments": "Argumentos",
    "Options": "Opciones",
    "Commands": "Órdenes",
    "Error": "Error",
    "Aborted!": "Cancelado.",
    "Aborted.": "Cancelado.",
    "(deprecated) ": "(obsoleta) ",
    "[default: {}]": "[por defecto: {}]",
    "[env var: {}]": "[variable: {}]",
    "[required]": "[obligatorio]",
    "default: {default}": "por defecto: {default}",
    "required": "obligatorio",
    "Missing command.": "Falta la orden.",
    "No such command {name!r}.": "No existe la orden {name!r}.",
    "Try [blue]'{command_path} {help_option}'[/] for help.": "Ayuda: [blue]{command_path} {help_option}[/]",
}
_original = gettext.gettext
gettext.gettext = lambda message: _TEXTS.get(message) or _original(message)
try:
    import typer
    import typer.core
    import typer.rich_utils
finally:
    gettext.gettext = _original


class _InSpanish:
    """The two texts that Typer writes without gettext."""

    def get_help_option(self, ctx: Any) -> Any:
        option = super().get_help_option(ctx)  # type: ignore[misc]
        if option is not None:
            option.help = "Muestra esta ayuda y termina."
        return option

    def get_usage(self, ctx: Any) -> str:
        return str(super().get_usage(ctx)).replace("Usage:", "Uso:", 1)  # type: ignore[misc]


class Command(_InSpanish, typer.core.TyperCommand):
    """A command with its help in Spanish."""


class Group(_InSpanish, typer.core.TyperGroup):
    """A group of commands with its help in Spanish."""


__all__ = ["Command", "Group", "typer"]
