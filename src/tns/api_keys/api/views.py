"""Making, listing, closing and proving API keys."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import status
from rest_framework.authentication import get_authorization_header
from rest_framework.generics import ListAPIView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from tns.api_keys import selectors, services, usos
from tns.api_keys.api import serializers
from tns.api_keys.autenticacion import ESQUEMA, RECHAZO
from tns.api_keys.models import APIKeyCliente, EstadoLlave, hash_de
from tns.api_keys.selectors import Portador
from tns.common.problemas import DatosInvalidos, NoEncontrado, Problema
from tns.cuentas.alcance import alcance_de
from tns.cuentas.permisos import PuedeVerOAdministrar

RECHAZOS_POR_MINUTO = 20


class LlaveRechazada(Problema):
    """The one answer for an unknown, an expired and a revoked key."""

    estado_http = status.HTTP_401_UNAUTHORIZED
    codigo = "api_key_rechazada"
    titulo = "API key rechazada"
    que_hacer_por_defecto = "Revise la llave o pida una nueva a quien administra su instalación."


class FiltroDeLlaves(django_filters.FilterSet):
    estado = django_filters.ChoiceFilter(choices=EstadoLlave.choices, method="por_estado")

    class Meta:
        model = APIKeyCliente
        fields = {"nit": ["exact"], "nit_base": ["exact"], "activa": ["exact"], "fecha_caducidad": ["gte", "lte"]}

    def por_estado(self, consulta: QuerySet[APIKeyCliente], nombre: str, valor: str) -> QuerySet[APIKeyCliente]:
        return selectors.filtrar_por_estado(consulta, valor)


class ListarLlavesView(ListAPIView):
    """Las API keys con su estado, sus usos y las empresas que cubren."""

    permission_classes = [PuedeVerOAdministrar]
    serializer_class = serializers.LlaveSerializer
    queryset = APIKeyCliente.objects.none()
    filterset_class = FiltroDeLlaves
    search_fields = ["nombre_cliente", "nit", "api_key_prefijo"]
    ordering_fields = ["nombre_cliente", "nit", "fecha_caducidad", "contador_usos", "ultimo_uso", "creada"]

    @extend_schema(tags=["api-keys"], operation_id="api_keys_listar")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[APIKeyCliente]:
        return selectors.llaves_visibles(alcance_de(self.request))


class GenerarLlaveView(APIView):
    """Crea la API key de un NIT. La llave se muestra en esta respuesta y nunca más.

    El NIT puede no tener todavía empresas: la llave las cubrirá cuando se descubran, y la respuesta lo avisa.
    """

    permission_classes = [PuedeVerOAdministrar]

    @extend_schema(
        tags=["api-keys"],
        operation_id="api_keys_generar",
        request=serializers.GenerarLlaveSerializer,
        responses={201: serializers.LlaveGeneradaSerializer},
        examples=[
            OpenApiExample(
                "Llave de un año",
                value={"nit": "800.197.268-4", "nombre_cliente": "Tienda en línea", "dias_validez": 365},
                request_only=True,
            )
        ],
    )
    def post(self, request: Request) -> Response:
        datos = serializers.GenerarLlaveSerializer(data=request.data)
        datos.is_valid(raise_exception=True)
        llave, texto = services.generar_llave(**datos.validated_data, alcance=alcance_de(request))
        return _generada(llave, texto)


def _generada(llave: APIKeyCliente, texto: str) -> Response:
    cuerpo = serializers.LlaveSerializer(llave).data
    aviso = "" if cuerpo["empresas"] else "Ninguna empresa tiene aún ese NIT; la llave las cubrirá cuando aparezcan."
    respuesta = {"api_key": texto, "aviso": aviso, **cuerpo}
    return Response(respuesta, status=status.HTTP_201_CREATED, headers={"Cache-Control": "no-store"})


def _buscar(request: Request, datos: dict[str, Any]) -> APIKeyCliente:
    visibles = selectors.llaves_visibles(alcance_de(request))
    cual = {"id": datos["id"]} if "id" in datos else {"api_key_hash": hash_de(datos["api_key"])}
    llave = visibles.filter(**cual).first()
    if llave is None:
        raise NoEncontrado(
            "No existe esa API key.", codigo="llave_no_encontrada", que_hacer="Consulte /api/api-keys/listar_api_keys/."
        )
    return llave


class RevocarLlaveView(APIView):
    """Cierra una llave de inmediato. Cerrarla dos veces no es un error."""

    permission_classes = [PuedeVerOAdministrar]

    @extend_schema(
        tags=["api-keys"],
        operation_id="api_keys_revocar",
        request=serializers.CualLlaveSerializer,
        responses=serializers.LlaveSerializer,
        examples=[OpenApiExample("Por id", value={"id": 1}, request_only=True)],
    )
    def post(self, request: Request) -> Response:
        datos = serializers.CualLlaveSerializer(data=request.data)
        datos.is_valid(raise_exception=True)
        llave = services.revocar_llave(llave=_buscar(request, datos.validated_data))
        return Response(serializers.LlaveSerializer(llave).data)


class RotarLlaveView(APIView):
    """Cambia una llave por otra; la anterior sirve todavía unas horas para que ningún programa se detenga."""

    permission_classes = [PuedeVerOAdministrar]

    @extend_schema(
        tags=["api-keys"],
        operation_id="api_keys_rotar",
        request=serializers.RotarLlaveSerializer,
        responses={201: serializers.LlaveGeneradaSerializer},
        examples=[OpenApiExample("Un día de solape", value={"id": 1, "horas_solape": 24}, request_only=True)],
    )
    def post(self, request: Request) -> Response:
        datos = serializers.RotarLlaveSerializer(data=request.data)
        datos.is_valid(raise_exception=True)
        llave = _buscar(request, datos.validated_data)
        return _generada(*services.rotar_llave(llave=llave, horas_solape=datos.validated_data["horas_solape"]))


class ActualizarEmpresasAsociadasView(APIView):
    """Revisa qué empresas cubre cada llave. Ocurre solo al descubrir empresas; aquí, a mano."""

    permission_classes = [PuedeVerOAdministrar]

    @extend_schema(
        tags=["api-keys"],
        operation_id="api_keys_actualizar_empresas",
        request=None,
        responses=serializers.ActualizacionSerializer,
    )
    def post(self, request: Request) -> Response:
        llaves = selectors.llaves_visibles(alcance_de(request))
        return Response({"llaves_actualizadas": services.actualizar_empresas_asociadas(llaves)})


class ValidarLlaveView(APIView):
    """Pública: dice qué empresas cubre una llave, para que el programa elija una.

    Una llave desconocida, una caducada y una revocada reciben la misma respuesta.
    """

    permission_classes = [AllowAny]
    authentication_classes: list[Any] = []

    @extend_schema(
        tags=["api-keys"],
        operation_id="api_keys_validar",
        request=serializers.ValidarLlaveSerializer,
        responses=serializers.LlaveValidaSerializer,
        auth=[{}],
        examples=[OpenApiExample("Llave en el cuerpo", value={"api_key": "sk_…"}, request_only=True)],
    )
    def post(self, request: Request) -> Response:
        portador, empresas = selectors.portador_y_empresas(_texto_de_llave(request))
        limite = usos.contar_validacion(
            portador.pk if portador else None,
            maximo=portador.llave.limite_por_minuto if portador else RECHAZOS_POR_MINUTO,
            direccion=request.META.get("REMOTE_ADDR", ""),
            rechazos=RECHAZOS_POR_MINUTO,
        )
        limite.exigir()
        if portador is None:
            raise LlaveRechazada(RECHAZO, cabeceras={"WWW-Authenticate": ESQUEMA})
        return Response(_validez(portador, empresas), headers=limite.cabeceras | {"Cache-Control": "no-store"})


def _validez(portador: Portador, empresas: list[dict[str, Any]]) -> dict[str, Any]:
    """What LlaveValidaSerializer promises, made by hand: it is what a shop asks at every start of a session."""
    llave = portador.llave
    for empresa in empresas:
        empresa["ultima_extraccion"] = _local(empresa["ultima_extraccion"])
    return {
        "valida": True,
        "nit": llave.nit,
        "nombre_cliente": llave.nombre_cliente,
        "fecha_caducidad": _local(llave.fecha_caducidad),
        "alcances": llave.alcances,
        "empresas": empresas,
    }


def _local(momento: datetime | None) -> str | None:
    return timezone.localtime(momento).isoformat() if momento else None


def _texto_de_llave(request: Request) -> str:
    datos = serializers.ValidarLlaveSerializer(data=request.data)
    datos.is_valid(raise_exception=True)
    if texto := datos.validated_data.get("api_key"):
        return str(texto)
    partes = get_authorization_header(request).split()
    if len(partes) == 2 and partes[0].lower() == ESQUEMA.lower().encode():
        return partes[1].decode("latin-1")
    raise DatosInvalidos({"api_key": ["Envíe la llave aquí o en el encabezado Authorization: Api-Key sk_…"]})
