from __future__ import annotations

import datetime as dt
from typing import Any

from rest_framework import serializers

from tns.common.nit import NitInvalido, interpretar
from tns.dian.models import ConfiguracionDian, DocumentoDian, DocumentoRecibido, EventoDian
from tns.engines.ubl.outgoing.source import CODCOMPS

_MAX_DIAS = 366
_SECRETO = {"write_only": True, "required": False, "allow_blank": True, "max_length": 500, "trim_whitespace": True}


class EmpresaPedidaSerializer(serializers.Serializer):
    """Which company: by id, or by NIT (its newest fiscal year unless one is given)."""

    empresa_servidor_id = serializers.IntegerField(min_value=1, required=False)
    nit = serializers.CharField(max_length=30, required=False)
    anio_fiscal = serializers.IntegerField(min_value=1900, max_value=2200, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "empresa_servidor_id" not in attrs and "nit" not in attrs:
            raise serializers.ValidationError("Diga la empresa: envíe empresa_servidor_id o nit.")
        return attrs


class ProcesarFacturaSerializer(EmpresaPedidaSerializer):
    kardex_id = serializers.IntegerField(min_value=1, max_value=2**53)


class ProcesarLoteSerializer(EmpresaPedidaSerializer):
    fecha_inicio = serializers.DateField()
    fecha_fin = serializers.DateField()
    codcomps = serializers.ListField(
        child=serializers.ChoiceField(choices=CODCOMPS), required=False, allow_empty=False, help_text="FV, DV, FC, DC."
    )
    reintentar_rechazados = serializers.BooleanField(default=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        inicio, fin = attrs["fecha_inicio"], attrs["fecha_fin"]
        if fin < inicio:
            raise serializers.ValidationError({"fecha_fin": "Debe ser igual o posterior a fecha_inicio."})
        if fin - inicio > dt.timedelta(days=_MAX_DIAS):
            raise serializers.ValidationError({"fecha_fin": f"El periodo no puede pasar de {_MAX_DIAS} días."})
        return attrs


class EventoSerializer(serializers.ModelSerializer):
    class Meta:
        model = EventoDian
        fields = ["momento", "accion", "estado", "detalle", "datos"]
        read_only_fields = fields


class DocumentoDianSerializer(serializers.ModelSerializer):
    empresa_nombre = serializers.CharField(source="empresa_servidor.nombre", read_only=True)
    estado_nombre = serializers.CharField(source="get_estado_display", read_only=True)

    class Meta:
        model = DocumentoDian
        fields = [
            "id",
            "empresa_servidor",
            "empresa_nombre",
            "nit_base",
            "kardex_id",
            "codcomp",
            "recurso",
            "prefijo",
            "numero",
            "fecha",
            "tercero_nit",
            "tercero_nombre",
            "total",
            "estado",
            "estado_nombre",
            "cufe",
            "mensaje",
            "reglas",
            "errores",
            "intentos",
            "enviado_en",
            "respondido_en",
            "escrito_en",
            "creado",
            "actualizado",
        ]
        read_only_fields = fields


class HistorialSerializer(DocumentoDianSerializer):
    """One document with what was sent and everything that happened to it."""

    eventos = EventoSerializer(many=True, read_only=True)

    class Meta(DocumentoDianSerializer.Meta):
        fields = [
            *DocumentoDianSerializer.Meta.fields,
            "clave_idempotencia",
            "codigo_esperado",
            "qr",
            "cuerpo",
            "eventos",
        ]
        read_only_fields = fields


class DocumentoRecibidoSerializer(serializers.ModelSerializer):
    empresa_nombre = serializers.CharField(
        source="empresa_servidor.nombre", read_only=True, allow_null=True, default=None
    )
    archivo_nombre = serializers.CharField(source="archivo.nombre", read_only=True)

    class Meta:
        model = DocumentoRecibido
        fields = [
            "id",
            "sentido",
            "empresa_servidor",
            "empresa_nombre",
            "nit_base",
            "raiz",
            "tipo",
            "tipo_nombre",
            "numero",
            "codigo",
            "fecha",
            "emisor_nit",
            "emisor_nombre",
            "receptor_nit",
            "receptor_nombre",
            "moneda",
            "impuestos",
            "total",
            "estado_codigo",
            "estado_firma",
            "estado_totales",
            "en_conflicto",
            "veredicto_dian",
            "archivo_nombre",
            "ruta",
            "recibido_en",
        ]
        read_only_fields = fields


class RecibidoDetalleSerializer(DocumentoRecibidoSerializer):
    class Meta(DocumentoRecibidoSerializer.Meta):
        fields = [*DocumentoRecibidoSerializer.Meta.fields, "contenido", "verificacion"]
        read_only_fields = fields


class ResultadoRecepcionSerializer(serializers.Serializer):
    archivo = serializers.CharField()
    ruta = serializers.CharField(help_text="Dónde venía dentro del archivo.")
    resultado = serializers.ChoiceField(choices=["nuevo", "repetido", "en_conflicto", "rechazado"])
    codigo = serializers.CharField(help_text="Motivo del rechazo.")
    detalle = serializers.CharField()
    documento = DocumentoRecibidoSerializer(allow_null=True)


class RecepcionSerializer(serializers.Serializer):
    """What became of each document of each file."""

    nuevos = serializers.IntegerField()
    repetidos = serializers.IntegerField()
    en_conflicto = serializers.IntegerField()
    rechazados = serializers.IntegerField()
    resultados = ResultadoRecepcionSerializer(many=True)


class SubidaSerializer(serializers.Serializer):
    archivos = serializers.ListField(child=serializers.FileField(), help_text="XML, ZIP o .eml; uno o varios.")


class ConfiguracionDianSerializer(serializers.ModelSerializer):
    """Secrets go in and never come out; leaving one out keeps it, an empty text erases it."""

    nit_base = serializers.CharField(max_length=30, help_text="NIT con o sin dígito de verificación.")
    token = serializers.CharField(**_SECRETO)
    clave_tecnica = serializers.CharField(**_SECRETO)
    pin = serializers.CharField(**_SECRETO)
    tiene_token = serializers.SerializerMethodField()
    tiene_clave_tecnica = serializers.SerializerMethodField()
    tiene_pin = serializers.SerializerMethodField()

    class Meta:
        model = ConfiguracionDian
        fields = [
            "id",
            "nit_base",
            "url_proveedor",
            "token",
            "clave_tecnica",
            "pin",
            "tiene_token",
            "tiene_clave_tecnica",
            "tiene_pin",
            "ambiente",
            "unidades",
            "activa",
            "actualizada",
        ]
        read_only_fields = ["actualizada"]

    def validate_nit_base(self, valor: str) -> str:
        try:
            base = interpretar(valor).base
        except NitInvalido as error:
            raise serializers.ValidationError(str(error)) from error
        otras = ConfiguracionDian.objects.filter(nit_base=base)
        if self.instance is not None:
            otras = otras.exclude(id=self.instance.id)
        if otras.exists():
            raise serializers.ValidationError("Ese NIT ya tiene configuración: edítela.")
        return base

    def validate_unidades(self, valor: Any) -> dict[str, int]:
        if not isinstance(valor, dict) or len(valor) > 200:
            raise serializers.ValidationError('Escriba un objeto como {"KGM": 767}.')
        if not all(isinstance(v, int) and not isinstance(v, bool) and 0 < v < 100_000 for v in valor.values()):
            raise serializers.ValidationError("Cada unidad lleva el id (número entero) que le da el proveedor.")
        return valor

    def get_tiene_token(self, fila: ConfiguracionDian) -> bool:
        return bool(fila.token)

    def get_tiene_clave_tecnica(self, fila: ConfiguracionDian) -> bool:
        return bool(fila.clave_tecnica)

    def get_tiene_pin(self, fila: ConfiguracionDian) -> bool:
        return bool(fila.pin)
