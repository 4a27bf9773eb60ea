"""Brings the database up to date and sees that somebody can sign in; `python -m tns.local.base_de_datos`.

A process of its own, so that the supervisor never loads Django. Messages go to stderr; stdout gets one JSON document.
"""

from __future__ import annotations

import json
import secrets
import sys
from typing import Any

DEMO_USER = "demostracion"


def migrate_and_create_administrator() -> dict[str, Any]:
    """Returns `{"administrador": {"usuario", "clave"}}` when it was created now, else `{"administrador": None}`."""
    from django.core.management import call_command

    from tns.cuentas.services import crear_administrador

    call_command("migrate", interactive=False, stdout=sys.stderr)
    created = crear_administrador()
    return {"administrador": created and {"usuario": created[0].get_username(), "clave": created[1]}}


def open_demo_user() -> dict[str, Any]:
    """Let the demo sign in as an administrator of its own, with a password that lives as long as one demo."""
    from tns.cuentas.models import Rol, Usuario

    password = secrets.token_urlsafe(16)
    user, _ = Usuario.objects.get_or_create(username=DEMO_USER)
    user.rol, user.is_active = Rol.ADMINISTRADOR, True
    user.set_password(password)
    user.save()
    return {"usuario": DEMO_USER, "clave": password}


def close_demo_user() -> dict[str, Any]:
    """The demo's user can no longer sign in, and its sessions end."""
    from tns.cuentas.models import Usuario

    for user in Usuario.objects.filter(username=DEMO_USER):
        user.is_active = False
        user.set_unusable_password()
        user.save()
    return {}


_ACTIONS = {"migrar": migrate_and_create_administrator, "abrir_demo": open_demo_user, "cerrar_demo": close_demo_user}


def main(action: str) -> None:
    import django

    django.setup()
    json.dump(_ACTIONS[action](), sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
