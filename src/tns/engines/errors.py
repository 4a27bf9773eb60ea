"""The one base of every failure the program expects and explains to a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar


class TNSError(Exception):
    """An expected failure, told in Spanish to the person who must act on it.

    Attributes:
        codigo: stable snake_case slug, part of the public API.
        detalle: what happened, in Spanish, for people.
        que_hacer: the next step, in Spanish; empty when there is none.
        tecnico: the driver's or system's own words, for the log and the "detalle técnico"; never a secret.
        datos: small JSON-able facts a client may use (ids, names, limits).
    """

    codigo: ClassVar[str] = "error_interno"
    que_hacer_por_defecto: ClassVar[str] = ""

    def __init__(
        self,
        detalle: str,
        *,
        codigo: str | None = None,
        que_hacer: str | None = None,
        tecnico: str | None = None,
        datos: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detalle)
        self.detalle = detalle
        self.codigo_estable = codigo or type(self).codigo
        self.que_hacer = self.que_hacer_por_defecto if que_hacer is None else que_hacer
        self.tecnico = tecnico
        self.datos: dict[str, Any] = dict(datos or {})

    def __str__(self) -> str:
        return f"{self.detalle} {self.que_hacer}".strip()
