"""Schedules: made and read in words, paused, run now."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ModelViewSet

from tns.cuentas.alcance import alcance_de
from tns.cuentas.api.auditado import AuditadoMixin
from tns.cuentas.permisos import OperarTodo, VerOAdministrarTodo
from tns.sistema import programacion as servicio
from tns.sistema.models import Programacion


class ProgramacionSerializer(serializers.ModelSerializer):
    en_palabras = serializers.CharField(read_only=True)
    proxima = serializers.SerializerMethodField(help_text="Cuándo corre la próxima vez; nulo si está en pausa.")
    nit_base = serializers.CharField(
        max_length=30, required=False, allow_blank=True, help_text="Con o sin puntos y DV."
    )

    class Meta:
        model = Programacion
        fields = [
            "id", "nombre", "accion", "servidor", "empresa_servidor", "nit_base", "frecuencia", "hora", "cada_horas",
            "dia_semana", "dia_mes", "activa", "en_palabras", "proxima", "ultima_corrida", "ultimas_tareas",
            "ultimo_mensaje", "creada",
        ]  # fmt: skip
        read_only_fields = ["ultima_corrida", "ultimas_tareas", "ultimo_mensaje", "creada"]
        extra_kwargs = {"ultimas_tareas": {"help_text": "Los task_id que inició."}}

    def get_proxima(self, programacion: Programacion) -> datetime | None:
        return servicio.proxima(programacion)

    def create(self, validated_data: dict[str, Any]) -> Programacion:
        nueva = Programacion(**validated_data, creada_por=self.context["request"].user)
        return servicio.guardar_programacion(programacion=nueva)

    def update(self, instance: Programacion, validated_data: dict[str, Any]) -> Programacion:
        for campo, valor in validated_data.items():
            setattr(instance, campo, valor)
        return servicio.guardar_programacion(programacion=instance)


class CorridaSerializer(serializers.Serializer):
    tareas = serializers.ListField(child=serializers.UUIDField())
    mensaje = serializers.CharField()


@extend_schema_view(
    create=extend_schema(
        examples=[
            OpenApiExample(
                "Extraer todo cada noche",
                value={"nombre": "Extracción nocturna", "accion": "extraer", "frecuencia": "diaria", "hora": "02:30"},
                request_only=True,
            )
        ]
    )
)
@extend_schema(tags=["programaciones"])
class ProgramacionViewSet(AuditadoMixin, ModelViewSet):
    """Schedules; PATCH `activa` pauses and resumes."""

    queryset = Programacion.objects.none()
    serializer_class = ProgramacionSerializer
    permission_classes = [VerOAdministrarTodo]
    filterset_fields = ["accion", "activa", "servidor", "empresa_servidor", "nit_base"]
    search_fields = ["nombre"]
    ordering_fields = ["nombre", "accion", "ultima_corrida", "creada"]

    def get_queryset(self) -> QuerySet[Programacion]:
        return servicio.programaciones_visibles(alcance_de(self.request)).select_related("periodica__crontab")

    def eliminar(self, instance: Programacion) -> None:  # type: ignore[override]
        servicio.eliminar_programacion(programacion=instance)

    @extend_schema(request=None, responses={202: CorridaSerializer})
    @action(detail=True, methods=["post"], permission_classes=[OperarTodo])
    def correr(self, request: Request, pk: str) -> Response:
        """Runs it now, besides its hour."""
        programacion = self.get_object()
        tareas = servicio.correr(programacion=programacion, usuario=request.user)
        cuerpo = {"tareas": [str(tarea.id) for tarea in tareas], "mensaje": programacion.ultimo_mensaje}
        return Response(cuerpo, status=status.HTTP_202_ACCEPTED)
