"""Training, registry and forecasts."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import ReadOnlyModelViewSet

from tns.cuentas.alcance import alcance_de
from tns.cuentas.permisos import PuedeVerUOperar
from tns.empresas.selectors import empresa_visible
from tns.ml import exportacion, prediccion, selectors, services
from tns.ml.api.descargas import descarga
from tns.ml.api.permisos import Consultar
from tns.ml.api.serializers import EntrenarSerializer, ModeloMLSerializer, PredecirSerializer, PrediccionSerializer
from tns.ml.models import ModeloML
from tns.tareas.api.respuestas import aceptada
from tns.tareas.api.serializers import TareaAceptadaSerializer


class EntrenarModelosView(APIView):
    """Begins the training of a NIT's models with all of its companies; 409 when one is under way."""

    permission_classes = [PuedeVerUOperar]

    @extend_schema(tags=["ml"], request=EntrenarSerializer, responses={202: TareaAceptadaSerializer})
    def post(self, request: Request) -> Response:
        datos = EntrenarSerializer(data=request.data)
        datos.is_valid(raise_exception=True)
        empresa = empresa_visible(alcance_de(request), datos.validated_data["empresa_servidor_id"])
        return aceptada(services.encolar_entrenamiento(empresa=empresa, usuario=request.user))


class PredecirDemandaView(APIView):
    """Demand expected of one, many or all articles of a NIT, by month, with intervals of 80 and 95 %.

    Without articles, all of them by pages (`pagina`, `tamano`), or in one file with `formato` csv or excel. The
    forecast is the one made when the model was trained: it begins the month after `ultimo_mes_historia`.
    """

    permission_classes = [Consultar]
    metodos_de_llave = ("POST",)
    alcance_de_llave = "pronosticos"

    @extend_schema(
        tags=["ml"],
        request=PredecirSerializer,
        responses={
            (200, "application/json"): PrediccionSerializer,
            (200, "text/csv"): OpenApiTypes.BINARY,
            (200, exportacion.FORMATOS["excel"][1]): OpenApiTypes.BINARY,
        },
    )
    def post(self, request: Request) -> Response | HttpResponse:
        entrada = PredecirSerializer(data=request.data)
        entrada.is_valid(raise_exception=True)
        datos = dict(entrada.validated_data)
        nit_base = selectors.nit_pedido(
            alcance_de(request), empresa_servidor_id=datos.pop("empresa_servidor_id"), nit=datos.pop("nit")
        )
        codigos = datos.pop("articulo_codigo")
        modelo, formato = selectors.modelo_en_servicio(nit_base), datos.pop("formato")
        if formato == "json":
            return Response(prediccion.predecir(modelo=modelo, codigos=codigos, **datos))
        articulos = prediccion.articulos(modelo=modelo, codigos=codigos, meses=datos["meses"])
        nombre = f"pronostico_{modelo.modelo_id.removeprefix('empresa_')}"
        return descarga(exportacion.hoja_de_pronostico(articulos), formato, nombre)


@extend_schema(tags=["ml"])
class ModeloMLViewSet(ReadOnlyModelViewSet):
    """Trained models, every version kept; the one with estado EN_SERVICIO answers the forecasts."""

    queryset = ModeloML.objects.none()
    serializer_class = ModeloMLSerializer
    permission_classes = [PuedeVerUOperar]
    filterset_fields = {
        "nit": ["exact"],
        "nit_base": ["exact"],
        "modelo_id": ["exact"],
        "estado": ["exact", "in"],
        "reentrenar": ["exact"],
        "mlflow_estado": ["exact"],
        "entrenado_en": ["gte", "lte"],
    }
    search_fields = ["modelo_id", "nit", "empresa_nombre"]
    ordering_fields = ["entrenado_en", "modelo_id", "version", "articulos", "movimientos", "ultimo_mes", "estado"]

    def get_queryset(self) -> QuerySet[ModeloML]:
        return selectors.modelos_visibles(alcance_de(self.request))

    @extend_schema(request=None, responses=ModeloMLSerializer)
    @action(detail=True, methods=["post"])
    def activar(self, request: Request, pk: str) -> Response:
        """Puts this version in service, after checking that its files are the ones that were trained."""
        modelo = self.get_object()
        services.activar(modelo=modelo)
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(request=None, responses={202: TareaAceptadaSerializer})
    @action(detail=True, methods=["post"])
    def registrar_mlflow(self, request: Request, pk: str) -> Response:
        """Begins to log to MLflow a version that was trained while MLflow was away."""
        return aceptada(services.encolar_registro(modelo=self.get_object(), usuario=request.user))
