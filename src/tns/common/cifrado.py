"""Secrets at rest: MultiFernet under keys of their own, decrypted only where they are used.

`TNS_CLAVES_CIFRADO` holds one or more Fernet keys; the first encrypts, all decrypt, so a key is rotated by putting the
new one first and running `tns manage rotar_cifrado`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models

from tns.engines.errors import TNSError


class SecretoIlegible(TNSError):
    """The stored secret was encrypted under a key that this installation does not have."""

    codigo = "secreto_ilegible"
    que_hacer_por_defecto = "Revise TNS_CLAVES_CIFRADO o vuelva a escribir la contraseña de este registro."


class Secreto:
    """A secret as stored. `revelar()` is the only way to the plain text, so a log or a template never shows it."""

    __slots__ = ("token",)

    def __init__(self, token: str) -> None:
        self.token = token

    @classmethod
    def de_texto(cls, texto: str) -> Secreto:
        """Encrypt `texto`; an empty text stays an empty secret."""
        return cls(_llavero().encrypt(texto.encode()).decode() if texto else "")

    def revelar(self) -> str:
        """The plain text; raises SecretoIlegible when no configured key opens it."""
        if not self.token:
            return ""
        try:
            return _llavero().decrypt(self.token.encode()).decode()
        except InvalidToken:
            raise SecretoIlegible("No se pudo descifrar un secreto guardado.") from None

    def rotado(self) -> Secreto:
        """The same secret under the first key; raises SecretoIlegible when no key opens it."""
        if not self.token:
            return self
        try:
            return Secreto(_llavero().rotate(self.token.encode()).decode())
        except InvalidToken:
            raise SecretoIlegible("No se pudo descifrar un secreto guardado.") from None

    def __bool__(self) -> bool:
        return bool(self.token)

    def __eq__(self, otro: object) -> bool:
        return isinstance(otro, Secreto) and otro.token == self.token

    def __hash__(self) -> int:
        return hash(self.token)

    def __str__(self) -> str:
        return "••••••••" if self.token else ""

    __repr__ = __str__


@lru_cache(maxsize=1)
def _llavero() -> MultiFernet:
    if not settings.TNS_CLAVES_CIFRADO:
        raise ImproperlyConfigured("Falta TNS_CLAVES_CIFRADO: cree una clave con `tns manage clave_cifrado`.")
    try:
        return MultiFernet([Fernet(clave) for clave in settings.TNS_CLAVES_CIFRADO])
    except ValueError:
        raise ImproperlyConfigured("TNS_CLAVES_CIFRADO tiene una clave mal escrita.") from None


class SecretoField(models.TextField):
    """A column that holds a Secreto; a plain `str` given to it is encrypted on the way in."""

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Secreto | None:
        return None if value is None else Secreto(value)

    def to_python(self, value: Any) -> Secreto | None:
        if value is None or isinstance(value, Secreto):
            return value
        return Secreto.de_texto(str(value))

    def get_prep_value(self, value: Any) -> str | None:
        secreto = self.to_python(value)
        return None if secreto is None else secreto.token

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        # Encrypt once and keep the result on the instance: saving twice must not leave plain text in memory.
        secreto = self.to_python(getattr(model_instance, self.attname))
        setattr(model_instance, self.attname, secreto)
        return secreto
