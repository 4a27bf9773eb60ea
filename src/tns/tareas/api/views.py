"""Reading, following and cancelling background jobs."""

from __future__ import annotations

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from tns.cuentas.alcance import alcance_de
from tns.cuentas.permisos import PuedeVerUOperar
from tns.tareas import selectors, services
from tns.tareas.api.serializers import TareaSerializer
from tns.tareas.models import Tarea


@extend_schema(tags=["tareas"])
class TareaViewSet(ListModelMixin, GenericViewSet):
    """History of background jobs."""

    serializer_class = TareaSerializer
    permission_classes = [PuedeVerUOperar]
    queryset = Tarea.objects.none()
    filterset_fields = {"estado": ["exact", "in"], "tipo": ["exact"], "objeto": ["exact"], "padre": ["exact"]}
    search_fields = ["titulo"]
    ordering_fields = ["creada", "terminada", "tipo", "estado"]
    lookup_value_regex = "[^/]+"

    def get_queryset(self) -> QuerySet[Tarea]:
        return selectors.tareas_visibles(alcance_de(self.request))

    @extend_schema(responses=TareaSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """State, progress, result or error of one task."""
        return Response(TareaSerializer(selectors.tarea_visible(alcance_de(request), pk)).data)

    @extend_schema(request=None, responses=TareaSerializer)
    @action(detail=True, methods=["post"])
    def cancelar(self, request: Request, pk: str) -> Response:
        """Asks the task to stop; it does within seconds and what was finished stays."""
        tarea = selectors.tarea_visible(alcance_de(request), pk)
        return Response(TareaSerializer(services.cancelar(tarea=tarea)).data)


class EstadoTareaView(APIView):
    """State of a task by `?task_id=`; an unknown id is a 404, never "pending"."""

    permission_classes = [PuedeVerUOperar]

    @extend_schema(
        tags=["sistema"],
        parameters=[
            OpenApiParameter("task_id", str, required=True, description="El task_id que dio la respuesta 202.")
        ],
        responses=TareaSerializer,
    )
    def get(self, request: Request) -> Response:
        tarea = selectors.tarea_visible(alcance_de(request), request.query_params.get("task_id", ""))
        return Response(TareaSerializer(tarea).data)
