from __future__ import annotations

from typing import Any

from rest_framework import serializers

from tns.tareas.models import EstadoTarea, Tarea


class ProgresoSerializer(serializers.Serializer):
    hecho = serializers.IntegerField()
    total = serializers.IntegerField(allow_null=True)
    porcentaje = serializers.FloatField(allow_null=True)
    tasa = serializers.FloatField(allow_null=True, help_text="Unidades por segundo.")
    segundos_restantes = serializers.FloatField(allow_null=True)


class ErrorTareaSerializer(serializers.Serializer):
    codigo = serializers.CharField()
    detalle = serializers.CharField()
    que_hacer = serializers.CharField(allow_blank=True)
    tecnico = serializers.CharField(allow_blank=True)
    datos = serializers.JSONField(allow_null=True)


class TareaSerializer(serializers.Serializer):
    """What a task tells of itself; see Tarea.instantanea."""

    task_id = serializers.UUIDField()
    tipo = serializers.CharField()
    titulo = serializers.CharField()
    objeto = serializers.CharField()
    estado = serializers.ChoiceField(choices=EstadoTarea.choices)
    etapa = serializers.CharField()
    mensaje = serializers.CharField()
    progreso = ProgresoSerializer()
    resultado = serializers.JSONField(allow_null=True)
    error = ErrorTareaSerializer(allow_null=True)
    cancelacion_solicitada = serializers.BooleanField()
    intentos = serializers.IntegerField()
    padre = serializers.UUIDField(allow_null=True)
    creada = serializers.DateTimeField()
    iniciada = serializers.DateTimeField(allow_null=True)
    terminada = serializers.DateTimeField(allow_null=True)

    def to_representation(self, instance: Tarea) -> dict[str, Any]:
        return instance.instantanea()


class TareaAceptadaSerializer(serializers.Serializer):
    """The 202 of everything long."""

    task_id = serializers.UUIDField()
    estado = serializers.CharField()
    titulo = serializers.CharField()
    estado_url = serializers.CharField(help_text="Dónde consultar el avance.")
    eventos_url = serializers.CharField(help_text="Avance en vivo (Server-Sent Events).")
