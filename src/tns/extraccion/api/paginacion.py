"""Keyset pages: any page of a table of millions costs the same, and rows loaded meanwhile move nothing."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
from typing import Any

from django.db.models import F, QuerySet
from django.db.models.fields.tuple_lookups import TupleGreaterThan
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from tns.extraccion.models import MovimientoInventario


class PaginacionMovimientos(BasePagination):
    """Ordered by company, date and id; `cursor` is opaque and says after which row to go on."""

    tamano, maximo = 100, 1000

    def paginate_queryset(
        self, queryset: QuerySet[MovimientoInventario], request: Request, view: Any = None
    ) -> list[MovimientoInventario]:
        """One page, and whether there is another."""
        self._url = request.build_absolute_uri()
        tamano = self._tamano(request)
        consulta = queryset.order_by("empresa_servidor_id", "fecha", "id")
        if cursor := request.query_params.get("cursor"):
            clave = (F("empresa_servidor_id"), F("fecha"), F("id"))
            consulta = consulta.filter(TupleGreaterThan(clave, self._leer(cursor)))
        filas = list(consulta[: tamano + 1])
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
    def _escribir(fila: MovimientoInventario) -> str:
        clave = json.dumps([fila.empresa_servidor_id, fila.fecha.isoformat(), fila.pk])
        return base64.urlsafe_b64encode(clave.encode()).decode().rstrip("=")

    @staticmethod
    def _leer(cursor: str) -> tuple[int, dt.date, int]:
        try:
            empresa, fecha, fila = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
            return int(empresa), dt.date.fromisoformat(fecha), int(fila)
        except (binascii.Error, ValueError, TypeError) as error:
            raise ValidationError({"cursor": ["No es un cursor de esta lista."]}) from error
