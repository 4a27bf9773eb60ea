"""WireGuard servers and the tunnels of the customers."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.viewsets import GenericViewSet, ModelViewSet

from tns.common.problemas import DatosInvalidos
from tns.cuentas.api.auditado import AuditadoMixin
from tns.cuentas.permisos import OperarTodo
from tns.tareas.api.respuestas import aceptada
from tns.tareas.api.serializers import TareaAceptadaSerializer
from tns.vpn import enlaces, selectors, services, services_servidor, sondeo
from tns.vpn.actos import Acto, hecho
from tns.vpn.api import descargas
from tns.vpn.api.serializers import (
    AprobarHuellaSerializer,
    CrearEnlaceSerializer,
    CrearVpnConfigSerializer,
    EnlaceSerializer,
    EstadoVpnSerializer,
    ReconciliarSerializer,
    RotarSerializer,
    ServidorWireGuardSerializer,
    VpnConfigCreadaSerializer,
    VpnConfigSerializer,
    VpnMuestraSerializer,
)
from tns.vpn.models import ServidorWireGuard, VpnConfig
from tns.vpn.permisos import VerTodoOAdministrar, VerTodoUOperar

_202 = {202: TareaAceptadaSerializer}


@extend_schema(tags=["vpn"])
class ServidorWireGuardViewSet(AuditadoMixin, ModelViewSet):
    """Servers of WireGuard, managed over SSH."""

    queryset = ServidorWireGuard.objects.all()
    serializer_class = ServidorWireGuardSerializer
    permission_classes = [VerTodoOAdministrar]
    filterset_fields = ["ssh_host", "interfaz"]
    search_fields = ["nombre", "ssh_host", "endpoint_host"]
    ordering_fields = ["nombre", "ssh_host", "ultima_lectura", "creado", "total_configs"]

    def get_queryset(self) -> QuerySet[ServidorWireGuard]:
        return selectors.servidores()

    def eliminar(self, instance: ServidorWireGuard) -> None:
        services_servidor.eliminar_servidor(servidor=instance)

    @extend_schema(request=None, responses=_202)
    @action(detail=True, methods=["post"])
    def probar(self, request: Request, pk: str) -> Response:
        """Says what it finds: host key, tools, interface, permissions, addresses in use."""
        return aceptada(services_servidor.encolar_prueba(servidor=self.get_object(), usuario=request.user))

    @extend_schema(request=AprobarHuellaSerializer, responses=ServidorWireGuardSerializer)
    @action(detail=True, methods=["post"])
    def aprobar_huella(self, request: Request, pk: str) -> Response:
        """Trusts the host key that the last test showed."""
        datos = AprobarHuellaSerializer(data=request.data)
        datos.is_valid(raise_exception=True)
        servidor = sondeo.aprobar_huella(servidor=self.get_object(), huella=datos.validated_data["huella"])
        return Response(self.get_serializer(servidor).data)

    @extend_schema(request=None, responses=_202)
    @action(detail=True, methods=["post"])
    def importar(self, request: Request, pk: str) -> Response:
        """Registers the peers that already live there."""
        return aceptada(services_servidor.encolar_importacion(servidor=self.get_object(), usuario=request.user))

    @extend_schema(request=ReconciliarSerializer, responses=_202)
    @action(detail=True, methods=["post"], permission_classes=[OperarTodo])
    def reconciliar(self, request: Request, pk: str) -> Response:
        """Compares rows, interface and file, and repairs what is chosen."""
        datos = ReconciliarSerializer(data=request.data)
        datos.is_valid(raise_exception=True)
        tarea = services_servidor.encolar_reconciliacion(
            servidor=self.get_object(), usuario=request.user, **datos.validated_data
        )
        return aceptada(tarea)


@extend_schema(tags=["vpn"])
class VpnConfigViewSet(ListModelMixin, RetrieveModelMixin, GenericViewSet):
    """Tunnels of the customers: one peer of a WireGuard server each."""

    queryset = VpnConfig.objects.none()
    serializer_class = VpnConfigSerializer
    permission_classes = [VerTodoUOperar]
    filterset_fields = ["servidor_wireguard", "servidor", "activo", "estado", "origen"]
    search_fields = ["nombre", "ip_address", "public_key", "notas"]
    ordering_fields = ["nombre", "ip_address", "activo", "estado", "ultimo_handshake", "expira_en", "creado"]

    def get_queryset(self) -> QuerySet[VpnConfig]:
        return selectors.configs()

    @extend_schema(request=CrearVpnConfigSerializer, responses={201: VpnConfigCreadaSerializer})
    def create(self, request: Request) -> Response:
        """Makes keys, gives the next free address and puts the peer on the server by a task."""
        datos = CrearVpnConfigSerializer(data=request.data)
        datos.is_valid(raise_exception=True)
        valores = dict(datos.validated_data)
        config, tarea = services.crear_config(
            servidor=valores.pop("servidor_wireguard"), usuario=request.user, **valores
        )
        cuerpo = VpnConfigSerializer(config).data | {"task_id": str(tarea.id)}
        return Response(cuerpo, status=status.HTTP_201_CREATED)

    @extend_schema(request=VpnConfigSerializer, responses={200: VpnConfigCreadaSerializer})
    def partial_update(self, request: Request, pk: str) -> Response:
        """Changes name, notes, linked server, expiry or address; `task_id` is null when the server need not know."""
        config = self.get_object()
        datos = VpnConfigSerializer(config, data=request.data, partial=True)
        datos.is_valid(raise_exception=True)
        config, tarea = services.editar_config(config=config, usuario=request.user, **datos.validated_data)
        return Response(VpnConfigSerializer(config).data | {"task_id": str(tarea.id) if tarea else None})

    @extend_schema(
        responses={202: TareaAceptadaSerializer, 204: None},
        parameters=[
            OpenApiParameter("olvidar", bool, description="Borra el registro sin tocar un servidor que ya no existe.")
        ],
    )
    def destroy(self, request: Request, pk: str) -> Response:
        """Takes the peer out of the server and then forgets it."""
        config = self.get_object()
        if request.query_params.get("olvidar") == "true":
            services.olvidar(config=config)
            return Response(status=status.HTTP_204_NO_CONTENT)
        return aceptada(services.eliminar(config=config, usuario=request.user))

    @extend_schema(responses={(200, "text/plain"): OpenApiTypes.STR})
    @action(detail=True, methods=["get"], permission_classes=[OperarTodo])
    def download_config(self, request: Request, pk: str) -> HttpResponse:
        """The client's `.conf`, private key included."""
        config = self.get_object()
        respuesta = descargas.archivo(config, selectors.conf_del_cliente(config))
        hecho(Acto.DESCARGAR, config, formato="conf")
        return respuesta

    @extend_schema(
        parameters=[OpenApiParameter("formato", str, enum=["svg", "png"], description="svg si se omite.")],
        responses={(200, "image/svg+xml"): OpenApiTypes.BINARY, (200, "image/png"): OpenApiTypes.BINARY},
    )
    @action(detail=True, methods=["get"], permission_classes=[OperarTodo])
    def qr(self, request: Request, pk: str) -> HttpResponse:
        """The same file as a QR for the telephone."""
        formato = request.query_params.get("formato", "svg")
        if formato not in ("svg", "png"):
            raise DatosInvalidos({"formato": ["Use svg o png."]})
        config = self.get_object()
        respuesta = descargas.qr(selectors.conf_del_cliente(config), formato)
        hecho(Acto.DESCARGAR, config, formato=formato)
        return respuesta

    @extend_schema(request=CrearEnlaceSerializer, responses={201: EnlaceSerializer})
    @action(detail=True, methods=["post"])
    def enlace(self, request: Request, pk: str) -> Response:
        """A link that gives the file once, to whoever opens it, until it expires."""
        datos = CrearEnlaceSerializer(data=request.data)
        datos.is_valid(raise_exception=True)
        creado, token = enlaces.crear_enlace(
            config=self.get_object(), usuario=request.user, horas=datos.validated_data["horas"]
        )
        url = reverse("vpn-enlace", args=[token], request=request)
        return Response({"url": url, "expira": creado.expira}, status=status.HTTP_201_CREATED)

    @extend_schema(responses=EstadoVpnSerializer)
    @action(detail=True, methods=["get"])
    def estado(self, request: Request, pk: str) -> Response:
        """Handshake, endpoint and bytes as last read (every minute)."""
        return Response(EstadoVpnSerializer(self.get_object()).data)

    @extend_schema(
        parameters=[
            OpenApiParameter("horas", int, description="Cuántas horas atrás; 24 si se omite, 720 como máximo.")
        ],
        responses=VpnMuestraSerializer(many=True),
    )
    @action(detail=True, methods=["get"], pagination_class=None, filter_backends=[])
    def historial(self, request: Request, pk: str) -> Response:
        """Samples of the state, oldest first."""
        texto = request.query_params.get("horas", "24")
        if not (texto.isascii() and texto.isdigit() and len(texto) <= 3 and 1 <= int(texto) <= 720):
            raise DatosInvalidos({"horas": ["Use un número de horas entre 1 y 720."]})
        muestras = selectors.historial(self.get_object(), horas=int(texto))
        return Response(VpnMuestraSerializer(muestras, many=True).data)

    @extend_schema(request=None, responses=_202)
    @action(detail=True, methods=["post"])
    def deshabilitar(self, request: Request, pk: str) -> Response:
        """Takes the peer out of the server and keeps its record."""
        return aceptada(services.deshabilitar(config=self.get_object(), usuario=request.user))

    @extend_schema(request=None, responses=_202)
    @action(detail=True, methods=["post"])
    def habilitar(self, request: Request, pk: str) -> Response:
        """Puts the peer back."""
        return aceptada(services.habilitar(config=self.get_object(), usuario=request.user))

    @extend_schema(request=RotarSerializer, responses=_202)
    @action(detail=True, methods=["post"])
    def rotar(self, request: Request, pk: str) -> Response:
        """New keys, same address; download the file again."""
        datos = RotarSerializer(data=request.data)
        datos.is_valid(raise_exception=True)
        return aceptada(services.rotar(config=self.get_object(), usuario=request.user, **datos.validated_data))

    @extend_schema(request=None, responses=_202)
    @action(detail=True, methods=["post"])
    def completar_rotacion(self, request: Request, pk: str) -> Response:
        """The old key stops at once."""
        return aceptada(services.completar_rotacion(config=self.get_object(), usuario=request.user))

    @extend_schema(request=None, responses=_202)
    @action(detail=True, methods=["post"])
    def aplicar(self, request: Request, pk: str) -> Response:
        """Tries again to make the server agree with the record."""
        return aceptada(services.aplicar(config=self.get_object(), usuario=request.user))
