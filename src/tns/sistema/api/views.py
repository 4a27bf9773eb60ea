"""Health for load balancers, metrics for Prometheus, state, dashboard and settings for the console."""

from __future__ import annotations

import dataclasses
import secrets

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from drf_spectacular.utils import extend_schema
from prometheus_client import CONTENT_TYPE_LATEST
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from tns.common import problemas
from tns.cuentas.alcance import alcance_de
from tns.cuentas.permisos import AdministrarTodo, PuedeVerUOperar
from tns.sistema import estado, metricas, variables
from tns.sistema.api import serializers
from tns.sistema.resumen import resumen

_GRAVEDAD = (estado.OK, estado.APAGADO, estado.AVISO, estado.FALLA)


class _Vista(View):
    def http_method_not_allowed(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        return problemas.de_estado(405, "Esta dirección solo se lee.")


@method_decorator(never_cache, name="dispatch")
class VivoView(_Vista):
    """The process answers: nothing else is looked at, so a database that is away restarts nobody."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return JsonResponse({"estado": "ok"})


@method_decorator(never_cache, name="dispatch")
class ListoView(_Vista):
    """Can serve: 503 while the database or the broker is away. Tells which, and no more."""

    def get(self, request: HttpRequest) -> HttpResponse:
        partes = {parte.nombre: parte.estado for parte in estado.revisar(estado.ESENCIALES, limite_s=3.0)}
        listo = estado.FALLA not in partes.values()
        cuerpo = {"estado": "ok" if listo else "falla", "partes": partes}
        return JsonResponse(cuerpo, status=200 if listo else 503)


class MetricasView(_Vista):
    """Metrics for whoever brings TNS_METRICS_TOKEN or is an administrator of everything."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if not self._con_token(request):
            usuario = request.user
            if not usuario.is_authenticated:
                return problemas.de_estado(401, "Envíe Authorization: Bearer con el token de métricas.")
            if not (usuario.puede_administrar and usuario.alcance.todo):
                return problemas.de_estado(403, "Las métricas son de los administradores.")
        return HttpResponse(metricas.exposicion(), content_type=CONTENT_TYPE_LATEST)

    def _con_token(self, request: HttpRequest) -> bool:
        esperado, ofrecido = settings.TNS_METRICS_TOKEN, request.headers.get("Authorization", "")
        return bool(esperado) and secrets.compare_digest(ofrecido.encode(), f"Bearer {esperado}".encode())


class EstadoView(APIView):
    """Estado de la base de datos, la cola, los trabajadores, el programador, MLflow y el disco."""

    permission_classes = [PuedeVerUOperar]

    @extend_schema(tags=["sistema"], operation_id="sistema_estado", responses=serializers.EstadoSistemaSerializer)
    def get(self, request: Request) -> Response:
        partes = estado.revisar()
        peor = max((parte.estado for parte in partes), key=_GRAVEDAD.index)
        cuerpo = {
            "estado": estado.OK if peor == estado.APAGADO else peor,
            "partes": [dataclasses.asdict(parte) for parte in partes],
            "versiones": estado.versiones(),
        }
        return Response(cuerpo)


class ResumenView(APIView):
    """El tablero: empresas, movimientos por mes, extracciones, modelos, tareas y lo que pide atención."""

    permission_classes = [PuedeVerUOperar]

    @extend_schema(tags=["sistema"], operation_id="sistema_resumen", responses=serializers.ResumenSerializer)
    def get(self, request: Request) -> Response:
        return Response(resumen(alcance_de(request)))


class ConfiguracionView(APIView):
    """Las variables de la instalación, solo para leer, con los secretos enmascarados."""

    permission_classes = [AdministrarTodo]

    @extend_schema(
        tags=["sistema"],
        operation_id="sistema_configuracion",
        responses=serializers.VariableSerializer(many=True),
        filters=False,
    )
    def get(self, request: Request) -> Response:
        return Response(variables.valores())
