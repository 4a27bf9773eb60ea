"""Filters of lists."""

from __future__ import annotations

from typing import Any

from django.db.models import Model, QuerySet
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.request import Request


class FiltrosSiHay(DjangoFilterBackend):
    """The filters of a list, when its address names any: a form of ten fields to find that none came cost a page of
    movements as much as its query.
    """

    def filter_queryset(self, request: Request, queryset: QuerySet[Model], view: Any) -> QuerySet[Model]:
        clase = getattr(view, "filterset_class", None)
        nombres = tuple(clase.base_filters if clase else getattr(view, "filterset_fields", None) or ())
        if not any(parametro.startswith(nombres) for parametro in request.query_params):
            return queryset
        filtrada: QuerySet[Model] = super().filter_queryset(request, queryset, view)
        return filtrada
