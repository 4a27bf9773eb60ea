"""Companies and their discovery."""

from __future__ import annotations

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView
from rest_framework.viewsets import ModelViewSet

from tns.common.problemas import NoEncontrado
from tns.cuentas.alcance import alcance_de
from tns.cuentas.api.auditado import AuditadoMixin
from tns.cuentas.permisos import LecturaConLlave, OperarTodo, PuedeVerOAdministrar
from tns.empresas import selectors, services
from tns.empresas.api.serializers import DescubrirSerializer, EmpresaDeLlaveSerializer, EmpresaServidorSerializer
from tns.empresas.models import EmpresaServidor
from tns.servidores.models import Servidor
from tns.tareas.api.respuestas import aceptada
from tns.tareas.api.serializers import TareaAceptadaSerializer

_EJEMPLO = OpenApiExample(
    "Empresa escrita a mano",
    value={
        "servidor": 1,
        "codigo": "01",
        "nombre": "Comercial Andina",
        "nit": "800.197.268-4",
        "anio_fiscal": 2025,
        "ruta_base": r"C:\Visual TNS\ANDINA25.GDB",
    },
    request_only=True,
)


@extend_schema_view(create=extend_schema(examples=[_EJEMPLO]), update=extend_schema(examples=[_EJEMPLO]))
@extend_schema(tags=["empresas"])
class EmpresaServidorViewSet(AuditadoMixin, ModelViewSet):
    """Companies found in the servers, one per NIT and fiscal year."""

    queryset = EmpresaServidor.objects.none()
    serializer_class = EmpresaServidorSerializer
    filterset_fields = {
        "servidor": ["exact"],
        "nit": ["exact"],
        "nit_base": ["exact"],
        "anio_fiscal": ["exact", "gte", "lte"],
        "estado": ["exact"],
        "ultima_extraccion": ["isnull", "gte", "lte"],
    }
    search_fields = ["nombre", "nit", "codigo"]
    ordering_fields = ["nombre", "nit", "anio_fiscal", "estado", "ultima_extraccion", "creada"]

    alcance_de_llave = "empresas"

    def get_permissions(self) -> list[PuedeVerOAdministrar | LecturaConLlave]:
        return [LecturaConLlave()] if self.action in ("list", "retrieve") else [PuedeVerOAdministrar()]

    def get_queryset(self) -> QuerySet[EmpresaServidor]:
        return selectors.empresas_visibles(alcance_de(self.request))

    def get_serializer_class(self) -> type[BaseSerializer]:
        return EmpresaDeLlaveSerializer if getattr(self.request.user, "es_llave", False) else EmpresaServidorSerializer


class DescubrirEmpresasView(APIView):
    """Begins the discovery of a server's companies; 409 when one is under way."""

    permission_classes = [OperarTodo]

    @extend_schema(
        tags=["sistema"],
        request=DescubrirSerializer,
        responses={202: TareaAceptadaSerializer},
        examples=[OpenApiExample("Un servidor", value={"servidor_id": 1}, request_only=True)],
    )
    def post(self, request: Request) -> Response:
        datos = DescubrirSerializer(data=request.data)
        datos.is_valid(raise_exception=True)
        servidor = Servidor.objects.filter(id=datos.validated_data["servidor_id"]).first()
        if servidor is None:
            raise NoEncontrado(
                "No existe un servidor con ese id.",
                codigo="servidor_no_encontrado",
                que_hacer="Consulte la lista en /api/servidores/.",
            )
        return aceptada(services.encolar_descubrimiento(servidor=servidor, usuario=request.user))
