from __future__ import annotations

from typing import Any

from rest_framework import serializers

from tns.servidores.models import PUERTO_POR_DEFECTO, Servidor, TipoServidor


class ServidorSerializer(serializers.ModelSerializer):
    """The password goes in and never comes out; leaving it out of an update keeps the one there is."""

    password = serializers.CharField(write_only=True, max_length=256, trim_whitespace=False)
    puerto = serializers.IntegerField(required=False, min_value=1, max_value=65535)
    total_empresas = serializers.IntegerField(read_only=True, default=0)

    class Meta:
        model = Servidor
        fields = [
            "id",
            "nombre",
            "host",
            "usuario",
            "password",
            "tipo_servidor",
            "puerto",
            "ruta_maestra",
            "total_empresas",
            "creado",
            "actualizado",
        ]
        read_only_fields = ["creado", "actualizado"]

    def get_fields(self) -> dict[str, Any]:
        campos = super().get_fields()
        if self.instance is not None:
            campos["password"].required = False
        return campos

    def create(self, validated_data: dict[str, Any]) -> Servidor:
        tipo = TipoServidor(validated_data.get("tipo_servidor", TipoServidor.FIREBIRD))
        validated_data.setdefault("puerto", PUERTO_POR_DEFECTO[tipo])
        return super().create(validated_data)


class PruebaConexionSerializer(serializers.Serializer):
    ok = serializers.BooleanField()
    version = serializers.CharField()
    ods = serializers.CharField(allow_blank=True, help_text="Estructura en disco de la base de Firebird.")
    charset = serializers.CharField()
    charset_lectura = serializers.CharField(help_text="Con el que se leerán sus textos.")
    dialect = serializers.IntegerField()
    latencia_ms = serializers.FloatField(help_text="Ida y vuelta de una consulta.")
    conexion_ms = serializers.FloatField(help_text="De nada a conectado.")
    empresas = serializers.IntegerField(allow_null=True, help_text="Filas de EMPRESAS.")
