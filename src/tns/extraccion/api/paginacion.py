"""Keyset pages: any page of a table of millions costs the same, and rows loaded meanwhile move nothing."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.fields.tuple_lookups import TupleGreaterThan
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from tns.extraccion import articulos
from tns.extraccion.models import MovimientoInventario

_CAMPOS = tuple(campo.name for campo in MovimientoInventario._meta.concrete_fields)
_AJENO = "No es un cursor de esta lista."


class PaginacionMovimientos(BasePagination):
    """Ordered by company, date and id; `cursor` is opaque and says after which row to go on.

    Rows come as dictionaries with the serializer's fields and values: objects and their serializer would cost the page
    several times more than its query.
    """

    tamano, maximo = 100, 1000

    def paginate_queryset(
        self, queryset: QuerySet[MovimientoInventario], request: Request, view: Any = None
    ) -> list[dict[str, Any]]:
        """One page, and whether there is another."""
        self._url = request.build_absolute_uri()
        tamano = self._tamano(request)
        consulta = queryset.order_by("empresa_servidor_id", "fecha", "id")
        if cursor := request.query_params.get("cursor"):
            clave = (F("empresa_servidor_id"), F("fecha"), F("id"))
            consulta = consulta.filter(TupleGreaterThan(clave, self._leer(cursor)))
        filas = list(consulta.values(*_CAMPOS)[: tamano + 1])
        pagina = filas[:tamano]
        self._siguiente = self._escribir(pagina[-1]) if len(filas) > tamano else None
        return pagina

    def get_paginated_response(self, data: Any) -> Response:
        """`siguiente` is the address of the next page, null on the last."""
        siguiente = replace_query_param(self._url, "cursor", self._siguiente) if self._siguiente else None
        return Response({"next": siguiente, "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["next", "results"],
            "properties": {
                "next": {"type": ["string", "null"], "format": "uri"},
                "results": schema,
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return [
            {
                "name": "cursor",
                "in": "query",
                "required": False,
                "description": "El de la dirección `next` de la página anterior.",
                "schema": {"type": "string"},
            },
            {
                "name": "tamano",
                "in": "query",
                "required": False,
                "description": f"Filas por página, hasta {self.maximo}.",
                "schema": {"type": "integer", "minimum": 1, "maximum": self.maximo},
            },
        ]

    def _tamano(self, request: Request) -> int:
        texto = request.query_params.get("tamano", "")
        if not texto:
            return self.tamano
        if not texto.isdecimal() or not 1 <= int(texto) <= self.maximo:
            raise ValidationError({"tamano": [f"Debe ser un número entre 1 y {self.maximo}."]})
        return int(texto)

    @staticmethod
    def _escribir(fila: dict[str, Any]) -> str:
        return _codificar([fila["empresa_servidor"], fila["fecha"].isoformat(), fila["id"]])

    @staticmethod
    def _leer(cursor: str) -> tuple[int, dt.date, int]:
        try:
            empresa, fecha, fila = _decodificar(cursor)
            return int(empresa), dt.date.fromisoformat(fecha), int(fila)
        except (binascii.Error, ValueError, TypeError) as error:
            raise ValidationError({"cursor": [_AJENO]}) from error


class PaginacionArticulos(PaginacionMovimientos):
    """Articles of the movements given, ordered by NIT and code."""

    def paginate_queryset(
        self, queryset: QuerySet[MovimientoInventario], request: Request, view: Any = None
    ) -> list[dict[str, Any]]:
        """One page of articles, and whether there is another."""
        self._url = request.build_absolute_uri()
        tamano = self._tamano(request)
        if cursor := request.query_params.get("cursor"):
            nit, codigo = self._leer_articulo(cursor)
            mismo = Q(empresa_servidor__nit_base=nit, articulo_codigo__gt=codigo)
            queryset = queryset.filter(Q(empresa_servidor__nit_base__gt=nit) | mismo)
        filas = list(articulos.agrupar(queryset)[: tamano + 1])
        pagina = filas[:tamano]
        self._siguiente = _codificar([pagina[-1][c] for c in articulos.GRUPO]) if len(filas) > tamano else None
        return articulos.completar(pagina)

    @staticmethod
    def _leer_articulo(cursor: str) -> tuple[str, str]:
        try:
            nit, codigo = _decodificar(cursor)
        except (binascii.Error, ValueError, TypeError) as error:
            raise ValidationError({"cursor": [_AJENO]}) from error
        if not isinstance(nit, str) or not isinstance(codigo, str) or "\0" in nit + codigo:
            raise ValidationError({"cursor": [_AJENO]})
        return nit, codigo


def _codificar(clave: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(clave).encode()).decode().rstrip("=")


def _decodificar(cursor: str) -> Any:
    return json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
