"""Shapes of what the system tells of itself, for the schema."""

from __future__ import annotations

from rest_framework import serializers


class ParteSerializer(serializers.Serializer):
    nombre = serializers.CharField()
    estado = serializers.CharField(help_text="ok, aviso, falla o apagado.")
    detalle = serializers.CharField()
    que_hacer = serializers.CharField(allow_blank=True)
    latencia_ms = serializers.FloatField(allow_null=True)
    datos = serializers.DictField()


class EstadoSistemaSerializer(serializers.Serializer):
    estado = serializers.CharField(help_text="El peor de sus partes.")
    partes = ParteSerializer(many=True)
    versiones = serializers.DictField(child=serializers.CharField())


class VariableSerializer(serializers.Serializer):
    seccion = serializers.CharField()
    nombre = serializers.CharField()
    descripcion = serializers.CharField()
    valor = serializers.CharField(allow_blank=True, help_text="Los secretos van enmascarados.")
    origen = serializers.CharField(help_text="entorno, .env o por defecto.")
    secreta = serializers.BooleanField()


class MesResumenSerializer(serializers.Serializer):
    mes = serializers.DateField()
    filas = serializers.IntegerField()


class MovimientosResumenSerializer(serializers.Serializer):
    total = serializers.IntegerField()
    por_mes = MesResumenSerializer(many=True)


class AtencionSerializer(serializers.Serializer):
    codigo = serializers.CharField()
    texto = serializers.CharField()
    objeto = serializers.CharField()
    objeto_id = serializers.CharField()


class ResumenSerializer(serializers.Serializer):
    generado = serializers.DateTimeField()
    servidores = serializers.IntegerField()
    empresas = serializers.DictField(child=serializers.IntegerField())
    movimientos = MovimientosResumenSerializer()
    extracciones = serializers.DictField(child=serializers.IntegerField())
    modelos = serializers.DictField(child=serializers.IntegerField())
    api_keys = serializers.DictField(child=serializers.IntegerField())
    tareas = serializers.DictField(child=serializers.IntegerField())
    atencion = AtencionSerializer(many=True, help_text="Lo que alguien debería mirar.")
