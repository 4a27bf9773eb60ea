"""Extraction: begin it, follow what it brought, preview how a company would be read."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from tns.common.filtros import FiltrosSiHay
from tns.common.hoja import FORMATO, en_formato, en_formatos
from tns.cuentas.alcance import alcance_de
from tns.cuentas.permisos import LecturaConLlave, PuedeVerOAdministrar, PuedeVerUOperar
from tns.empresas.selectors import empresa_visible
from tns.extraccion import explorador, selectors, services
from tns.extraccion.api.filtros import (
    ArticuloFilter,
    EjecucionFilter,
    MovimientoDeEmpresaFilter,
    MovimientoFilter,
)
from tns.extraccion.api.paginacion import PaginacionArticulos, PaginacionMovimientos
from tns.extraccion.api.serializers import (
    ArticuloSerializer,
    CoberturaSerializer,
    EjecucionDetalleSerializer,
    EjecucionSerializer,
    ExtraerDatosSerializer,
    ExtraerVariasSerializer,
    MovimientoDeEmpresaSerializer,
    MovimientoSerializer,
    ProbarConsultaSerializer,
    PruebaConsultaSerializer,
)
from tns.extraccion.consulta import probar_consulta
from tns.extraccion.models import EjecucionExtraccion, MovimientoInventario
from tns.tareas.api.respuestas import aceptada
from tns.tareas.api.serializers import TareaAceptadaSerializer


class ExtraerDatosView(APIView):
    """Begins the extraction of a range of days; 409 when the company has one under way."""

    permission_classes = [PuedeVerUOperar]

    @extend_schema(tags=["sistema"], request=ExtraerDatosSerializer, responses={202: TareaAceptadaSerializer})
    def post(self, request: Request) -> Response:
        datos = ExtraerDatosSerializer(data=request.data)
        datos.is_valid(raise_exception=True)
        pedido = datos.validated_data
        tarea = services.encolar_extraccion(
            empresa=empresa_visible(alcance_de(request), pedido["empresa_servidor_id"]),
            desde=pedido["fecha_inicio"],
            hasta=pedido["fecha_fin"],
            forzar=pedido["forzar_reextraccion"],
            actualizar_cambiadas=pedido["actualizar_cambiadas"],
            usuario=request.user,
        )
        return aceptada(tarea)


class ExtraerVariasView(APIView):
    """Begins the extraction of several companies (a server's, a NIT's, or those named): one task, a child for each."""

    permission_classes = [PuedeVerUOperar]

    @extend_schema(tags=["sistema"], request=ExtraerVariasSerializer, responses={202: TareaAceptadaSerializer})
    def post(self, request: Request) -> Response:
        datos = ExtraerVariasSerializer(data=request.data)
        datos.is_valid(raise_exception=True)
        pedido = datos.validated_data
        tarea = services.encolar_extracciones(
            **selectors.grupo_de_empresas(
                alcance_de(request),
                servidor_id=pedido.get("servidor_id"),
                nit=pedido.get("nit"),
                ids=pedido.get("empresas"),
            ),
            desde=pedido.get("fecha_inicio"),
            hasta=pedido.get("fecha_fin"),
            forzar=pedido["forzar_reextraccion"],
            actualizar_cambiadas=pedido["actualizar_cambiadas"],
            usuario=request.user,
        )
        return aceptada(tarea)


@extend_schema(tags=["movimientos"])
class MovimientoViewSet(ListModelMixin, RetrieveModelMixin, GenericViewSet):
    """Movements, by company, date and id, in keyset pages."""

    queryset = MovimientoInventario.objects.none()
    serializer_class = MovimientoSerializer
    permission_classes = [LecturaConLlave]
    alcance_de_llave = "movimientos"
    pagination_class = PaginacionMovimientos
    filterset_class = MovimientoFilter
    # The order is that of the pages' key; free text over millions of rows has no index.
    ordering_fields: list[str] = []
    search_fields: list[str] = []

    def get_queryset(self) -> QuerySet[MovimientoInventario]:
        return selectors.movimientos_visibles(alcance_de(self.request))

    @extend_schema(parameters=[FORMATO], responses=en_formatos(MovimientoSerializer(many=True)))
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response | HttpResponse:
        pagina = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return en_formato(request, self.get_paginated_response(pagina), "movimientos")


@extend_schema(tags=["movimientos"])
class ArticuloViewSet(ListModelMixin, GenericViewSet):
    """Articles that have movements, by NIT and code, in keyset pages."""

    queryset = MovimientoInventario.objects.none()
    serializer_class = ArticuloSerializer
    permission_classes = [LecturaConLlave]
    alcance_de_llave = "articulos"
    pagination_class = PaginacionArticulos
    filterset_class = ArticuloFilter
    filter_backends = [FiltrosSiHay]

    def get_queryset(self) -> QuerySet[MovimientoInventario]:
        return selectors.movimientos_visibles(alcance_de(self.request))

    @extend_schema(parameters=[FORMATO], responses=en_formatos(ArticuloSerializer(many=True)))
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response | HttpResponse:
        return en_formato(request, super().list(request), "articulos")


@extend_schema(tags=["movimientos"])
class MovimientosDeEmpresaView(ListAPIView):
    """The movements of one company, in numbered pages with their count: search, order and filters for a table."""

    queryset = MovimientoInventario.objects.none()
    serializer_class = MovimientoDeEmpresaSerializer
    permission_classes = [LecturaConLlave]
    alcance_de_llave = "movimientos"
    filterset_class = MovimientoDeEmpresaFilter
    search_fields = list(explorador.BUSCABLES)
    ordering_fields = list(explorador.ORDENABLES)

    def get_queryset(self) -> QuerySet[MovimientoInventario]:
        return explorador.movimientos_de(empresa_visible(alcance_de(self.request), self.kwargs["empresa_id"]))

    def filter_queryset(self, queryset: QuerySet[MovimientoInventario]) -> QuerySet[MovimientoInventario]:
        filtrada = super().filter_queryset(queryset)
        return filtrada.order_by(*filtrada.query.order_by, "-id")


@extend_schema(tags=["movimientos"])
class ExportarMovimientosView(MovimientosDeEmpresaView):
    """The same rows as the list, all of them, as a CSV file."""

    pagination_class = None

    @extend_schema(responses={(200, "text/csv"): OpenApiTypes.BINARY})
    def get(self, request: Request, *args: Any, **kwargs: Any) -> StreamingHttpResponse:
        filas = explorador.como_csv(self.filter_queryset(self.get_queryset()))
        respuesta = StreamingHttpResponse(filas, content_type="text/csv; charset=utf-8")
        respuesta["Content-Disposition"] = f'attachment; filename="movimientos-{self.kwargs["empresa_id"]}.csv"'
        return respuesta


@extend_schema(tags=["extracción"])
class EjecucionViewSet(ListModelMixin, RetrieveModelMixin, GenericViewSet):
    """Runs of extraction, newest first; the detail brings report and reconciliation."""

    queryset = EjecucionExtraccion.objects.none()
    permission_classes = [PuedeVerOAdministrar]
    filterset_class = EjecucionFilter
    search_fields = ["empresa_servidor__nombre", "empresa_servidor__nit"]
    ordering_fields = ["iniciada", "terminada", "filas_cargadas", "diferencias"]

    def get_queryset(self) -> QuerySet[EjecucionExtraccion]:
        consulta = selectors.ejecuciones_visibles(alcance_de(self.request))
        return consulta.defer("informe", "conciliacion") if self.action == "list" else consulta

    def get_serializer_class(self) -> type[BaseSerializer]:
        return EjecucionSerializer if self.action == "list" else EjecucionDetalleSerializer


class CoberturaView(APIView):
    """What is extracted of a company, window by window."""

    permission_classes = [LecturaConLlave]
    alcance_de_llave = "movimientos"

    @extend_schema(tags=["empresas"], responses=CoberturaSerializer)
    def get(self, request: Request, empresa_id: int) -> Response:
        empresa = empresa_visible(alcance_de(request), empresa_id)
        return Response(CoberturaSerializer(selectors.cobertura_de(empresa)).data)


class ProbarConsultaView(APIView):
    """Previews how a company would be read: columns, mapping, first rows and problems. Nothing is written anywhere."""

    permission_classes = [PuedeVerOAdministrar]

    @extend_schema(tags=["empresas"], request=ProbarConsultaSerializer, responses=PruebaConsultaSerializer)
    def post(self, request: Request, empresa_id: int) -> Response:
        empresa = empresa_visible(alcance_de(request), empresa_id)
        datos = ProbarConsultaSerializer(data=request.data)
        datos.is_valid(raise_exception=True)
        pedido = datos.validated_data
        desde = pedido.get("fecha_inicio", dt.date(empresa.anio_fiscal, 1, 1))
        hasta = pedido.get("fecha_fin", dt.date(empresa.anio_fiscal, 12, 31))
        services.validar_rango(desde, hasta)
        return Response(
            probar_consulta(
                empresa=empresa,
                consulta_sql=pedido["consulta_sql"],
                desde=desde,
                hasta=hasta,
                filas=pedido["filas"],
            )
        )
