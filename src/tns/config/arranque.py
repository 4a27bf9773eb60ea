"""An installation that is not safe does not start: the checks tagged `tns`, run by every long-lived entry point."""

from __future__ import annotations

from django.core.checks import ERROR, run_checks
from django.core.exceptions import ImproperlyConfigured


def exigir() -> None:
    """Raise ImproperlyConfigured, naming everything wrong at once with what to do about it."""
    graves = [m for m in run_checks(tags=["tns"], include_deployment_checks=True) if m.level >= ERROR]
    if graves:
        frases = "\n".join(f"- {mensaje.msg} {mensaje.hint or ''}".rstrip() for mensaje in graves)
        raise ImproperlyConfigured(f"La configuración no permite arrancar:\n{frases}")
