"""`tns manage crear_administrador`: the first administrator, with a password shown this once."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tns.cuentas.services import crear_administrador


class Command(BaseCommand):
    help = "Crea el primer administrador con una contraseña al azar, que se muestra una sola vez."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--usuario", default="administrador", help="nombre del usuario")

    def handle(self, *args: Any, **options: Any) -> None:
        creado = crear_administrador(username=options["usuario"])
        if creado is None:
            raise CommandError("Ya existe un administrador; para una contraseña nueva use `tns manage changepassword`.")
        usuario, clave = creado
        self.stdout.write(f"Usuario: {usuario.username}\nContraseña: {clave}")
