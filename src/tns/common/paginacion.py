"""Pages of lists: numbered for short ones. Long tables page by key in their own app."""

from __future__ import annotations

from rest_framework.pagination import PageNumberPagination


class Paginacion(PageNumberPagination):
    page_query_param = "pagina"
    page_size_query_param = "tamano"
    page_size = 50
    max_page_size = 500
