"""Which NITs a caller may see: decided here and nowhere else.

Whoever authenticates (a user by session, a program by API key) carries an `Alcance` in `request.user.alcance`, and
every queryset that leaves the API goes through `Alcance.filtrar`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from rest_framework.request import Request

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Alcance:
    """The set of NIT bases a caller may see; `todo` means every one."""

    todo: bool = False
    nits_base: frozenset[str] = frozenset()

    @classmethod
    def total(cls) -> Alcance:
        return cls(todo=True)

    @classmethod
    def de_nits(cls, nits_base: Iterable[str]) -> Alcance:
        return cls(nits_base=frozenset(nits_base))

    def permite(self, nit_base: str) -> bool:
        return self.todo or nit_base in self.nits_base

    def filtrar(self, consulta: QuerySet[M], campo: str) -> QuerySet[M]:
        """`consulta` reduced to the rows whose `campo` (a path to a nit_base column) the caller may see."""
        return consulta if self.todo else consulta.filter(**{f"{campo}__in": self.nits_base})


NADA = Alcance()


def alcance_de(request: Request) -> Alcance:
    """The scope of whoever makes `request`; nothing when nobody is signed in."""
    usuario: Any = request.user
    return getattr(usuario, "alcance", NADA)
