"""Typer in Spanish: it asks gettext for some texts while it is imported; the rest is set in two subclasses.

Import `typer` from here, never directly.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Iterator
from contextlib import contextmanager
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
#: What it says, in English only, of a command line it does not understand.
_ERRORS = tuple(
    (re.compile(english), spanish)
    for english, spanish in (
        (r"Missing (?:option|argument|parameter) '(.+)'\.", "Falta {0}."),
        (r"No such option: (\S+) \(Possible options: (.+)\)", "No existe la opción {0}. ¿Quiso decir {1}?"),
        (r"No such option: (\S+)", "No existe la opción {0}."),
        (r"(No existe la orden .+\.) Did you mean (.+)\?", "{0} ¿Quiso decir {1}?"),
        (r"Option '(.+)' requires an argument\.", "Falta el valor de {0}."),
        (r"Option '(.+)' does not take a value\.", "La opción {0} no lleva valor."),
        (r"Invalid value for '(.+?)': '(.*)' is not a valid int(?: range)?\.", "{0} es un número entero, no «{1}»."),
        (r"Invalid value for '(.+?)': (.+) is not in the range (.+)\.", "{0} no puede ser {1}: debe cumplir {2}."),
        (r"Got unexpected extra argument\(s\) \((.+)\)", "Sobra en la orden: {0}."),
    )
)


@contextmanager
def _texts() -> Iterator[None]:
    original = gettext.gettext
    gettext.gettext = lambda message: _TEXTS.get(message) or original(message)
    try:
        yield
    finally:
        gettext.gettext = original


with _texts():
    import typer
    import typer.core
    from typer._click.exceptions import UsageError


def _import_rich() -> None:
    """What draws helps and errors: a tenth of a second that a command without trouble does not wait for."""
    with _texts():
        import typer.rich_utils  # noqa: F401


@contextmanager
def _told() -> Iterator[None]:
    """Put the error that passes through into Spanish, and have at hand what draws it."""
    try:
        yield
    except typer.Exit:
        raise
    except UsageError as error:
        _import_rich()
        raise _in_spanish(error) from None
    except BaseException:
        _import_rich()
        raise


def _in_spanish(error: UsageError) -> UsageError:
    text = error.format_message()
    for english, spanish in _ERRORS:
        if match := english.fullmatch(text):
            return UsageError(spanish.format(*match.groups()), ctx=error.ctx)
    return error


class _InSpanish:
    """The two texts that Typer writes without gettext."""

    def get_help_option(self, ctx: Any) -> Any:
        option = super().get_help_option(ctx)  # type: ignore[misc]
        if option is not None:
            option.help = "Muestra esta ayuda y termina."
        return option

    def format_help(self, ctx: Any, formatter: Any) -> None:
        _import_rich()
        super().format_help(ctx, formatter)  # type: ignore[misc]

    def get_usage(self, ctx: Any) -> str:
        return str(super().get_usage(ctx)).replace("Usage:", "Uso:", 1)  # type: ignore[misc]


class Command(_InSpanish, typer.core.TyperCommand):
    """A command with its help in Spanish."""


class Group(_InSpanish, typer.core.TyperGroup):
    """A group of commands with its help, and the errors of all of them, in Spanish."""

    def make_context(self, *args: Any, **kwargs: Any) -> Any:
        with _told():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: Any) -> Any:
        with _told():
            return super().invoke(ctx)


__all__ = ["Command", "Group", "typer"]
