"""Registry of servers and the test of their connection."""

from __future__ import annotations

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ModelViewSet

from tns.cuentas.alcance import alcance_de
from tns.cuentas.api.auditado import AuditadoMixin
from tns.cuentas.permisos import PuedeVerUOperar, VerOAdministrarTodo
from tns.servidores import selectors, services
from tns.servidores.api.serializers import PruebaConexionSerializer, ServidorSerializer
from tns.servidores.models import Servidor

_EJEMPLO = OpenApiExample(
    "Firebird",
    value={
        "nombre": "Bodega norte",
        "host": "10.8.3.10",
        "usuario": "SYSDBA",
        "password": "…",
        "tipo_servidor": "FIREBIRD",
        "puerto": 3050,
        "ruta_maestra": r"C:\Visual TNS\ADMIN.GDB",
    },
    request_only=True,
)


@extend_schema_view(create=extend_schema(examples=[_EJEMPLO]), update=extend_schema(examples=[_EJEMPLO]))
@extend_schema(tags=["servidores"])
class ServidorViewSet(AuditadoMixin, ModelViewSet):
    """Servers where Visual TNS lives."""

    queryset = Servidor.objects.all()
    serializer_class = ServidorSerializer
    permission_classes = [VerOAdministrarTodo]
    filterset_fields = ["tipo_servidor", "host"]
    search_fields = ["nombre", "host", "ruta_maestra"]
    ordering_fields = ["nombre", "host", "tipo_servidor", "creado", "total_empresas"]

    def get_queryset(self) -> QuerySet[Servidor]:
        return selectors.servidores_visibles(alcance_de(self.request))

    def eliminar(self, instance: Servidor) -> None:
        services.eliminar_servidor(servidor=instance)

    @extend_schema(request=None, responses=PruebaConexionSerializer)
    @action(detail=True, methods=["post"], permission_classes=[PuedeVerUOperar])
    def probar_conexion(self, request: Request, pk: str) -> Response:
        """Version, charset and latency of the server, or the precise cause of the failure."""
        return Response(services.probar_conexion(servidor=self.get_object()))
