"""Look of the kiosk, the shop and its host names, per company; and what a host name leads to, for anybody."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import AllowAny, BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView
from rest_framework.viewsets import ModelViewSet

from tns.comercio import selectors, valores
from tns.comercio.api import serializers
from tns.comercio.api.medios import ConMedios, SubidaMedioSerializer
from tns.comercio.models import EmpresaDominio, EmpresaEcommerceConfig, EmpresaPersonalizacion
from tns.common.problemas import DatosInvalidos, NoEncontrado
from tns.cuentas.alcance import alcance_de
from tns.cuentas.api.auditado import AuditadoMixin
from tns.cuentas.permisos import LecturaConLlave, PuedeVerOAdministrar
from tns.engines.media import preparar_imagen, preparar_video


class _ComercioViewSet(AuditadoMixin, ModelViewSet):
    """Read by people and by keys of the NIT; changed by administrators."""

    alcance_de_llave = "tienda"

    def get_permissions(self) -> list[BasePermission]:
        return [LecturaConLlave()] if self.action in ("list", "retrieve") else [PuedeVerOAdministrar()]


_SUBIDA = {"multipart/form-data": SubidaMedioSerializer}


@extend_schema(tags=["comercio"])
class PersonalizacionViewSet(ConMedios, _ComercioViewSet):
    """Aspecto del autopago de cada empresa; se direcciona con el id de la empresa."""

    queryset = EmpresaPersonalizacion.objects.none()
    serializer_class = serializers.PersonalizacionSerializer
    filterset_fields = ["empresa_servidor", "modo_visualizacion"]
    ordering_fields = ["empresa_servidor", "actualizada"]

    def get_queryset(self) -> QuerySet[EmpresaPersonalizacion]:
        return selectors.personalizaciones_visibles(alcance_de(self.request))

    @extend_schema(methods=["POST"], request=_SUBIDA, responses=serializers.PersonalizacionSerializer)
    @extend_schema(methods=["DELETE"], request=None, responses={204: None})
    @action(detail=True, methods=["post", "delete"], parser_classes=[MultiPartParser])
    def logo(self, request: Request, pk: str) -> Response:
        return self.responder_medio("logo_url", preparar_imagen)

    @extend_schema(methods=["POST"], request=_SUBIDA, responses=serializers.PersonalizacionSerializer)
    @extend_schema(methods=["DELETE"], request=None, responses={204: None})
    @action(detail=True, methods=["post", "delete"], parser_classes=[MultiPartParser])
    def video_protector(self, request: Request, pk: str) -> Response:
        return self.responder_medio("video_protector_url", preparar_video)


@extend_schema(tags=["comercio"])
class EcommerceViewSet(ConMedios, _ComercioViewSet):
    """Tienda en línea de cada empresa; se direcciona con el id de la empresa."""

    queryset = EmpresaEcommerceConfig.objects.none()
    serializer_class = serializers.EcommerceSerializer
    filterset_fields = ["empresa_servidor", "activo", "pasarela_modo"]
    ordering_fields = ["empresa_servidor", "actualizada"]

    def get_queryset(self) -> QuerySet[EmpresaEcommerceConfig]:
        return selectors.tiendas_visibles(alcance_de(self.request))

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        de_llave = getattr(self.request.user, "es_llave", False) if self.request else False
        return serializers.TiendaDeLlaveSerializer if de_llave else serializers.EcommerceSerializer

    @extend_schema(methods=["POST"], request=_SUBIDA, responses=serializers.EcommerceSerializer)
    @extend_schema(methods=["DELETE"], request=None, responses={204: None})
    @action(detail=True, methods=["post", "delete"], parser_classes=[MultiPartParser])
    def logo(self, request: Request, pk: str) -> Response:
        return self.responder_medio("logo_url", preparar_imagen)


@extend_schema_view(
    create=extend_schema(
        examples=[
            OpenApiExample(
                "Tienda",
                value={"empresa_servidor": 1, "dominio": "tienda.ejemplo.co", "modo": "ecommerce"},
                request_only=True,
            )
        ]
    )
)
@extend_schema(tags=["comercio"])
class DominioViewSet(_ComercioViewSet):
    """Nombres de dominio que llevan al año fiscal más reciente de un NIT."""

    queryset = EmpresaDominio.objects.none()
    serializer_class = serializers.DominioSerializer
    filterset_fields = ["empresa_servidor", "nit", "nit_base", "modo", "activo"]
    search_fields = ["dominio", "nit"]
    ordering_fields = ["dominio", "nit", "modo", "creado"]

    def get_queryset(self) -> QuerySet[EmpresaDominio]:
        return selectors.dominios_visibles(alcance_de(self.request))


class ResolverDominioView(APIView):
    """Pública: a qué empresa lleva un dominio (la del año fiscal más reciente de su NIT) y cómo se ve su tienda."""

    permission_classes = [AllowAny]
    authentication_classes: list[Any] = []

    @extend_schema(
        tags=["comercio"],
        operation_id="dominios_resolver",
        parameters=[OpenApiParameter("dominio", str, required=True, description="Por ejemplo tienda.ejemplo.co")],
        responses=serializers.DominioResueltoSerializer,
        auth=[{}],
    )
    def get(self, request: Request) -> Response:
        try:
            dominio = valores.normalizar_dominio(request.query_params.get("dominio", ""))
        except ValidationError as error:
            raise DatosInvalidos({"dominio": error.messages}) from error
        respuesta = selectors.resolver(dominio)
        if respuesta is None:
            raise NoEncontrado(
                "Ese dominio no está registrado o está inactivo.",
                codigo="dominio_no_encontrado",
                que_hacer="Revise el nombre o regístrelo en la empresa.",
            )
        return Response(respuesta)
