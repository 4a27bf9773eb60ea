from __future__ import annotations

from rest_framework import serializers

from tns.api_keys.models import AlcanceLlave, APIKeyCliente, EstadoLlave
from tns.api_keys.services import DIAS_MAXIMOS, DIAS_POR_DEFECTO
from tns.empresas.api.serializers import EmpresaDeLlaveSerializer


class LlaveSerializer(serializers.ModelSerializer):
    """Una API key, sin la llave: solo su comienzo visible."""

    estado = serializers.ChoiceField(choices=EstadoLlave.choices, read_only=True)
    empresas = EmpresaDeLlaveSerializer(source="empresas_asociadas", many=True, read_only=True)

    class Meta:
        model = APIKeyCliente
        fields = [
            "id",
            "nit",
            "nit_base",
            "nombre_cliente",
            "api_key_prefijo",
            "estado",
            "activa",
            "fecha_caducidad",
            "alcances",
            "limite_por_minuto",
            "contador_usos",
            "ultimo_uso",
            "reemplaza_a",
            "creada",
            "revocada",
            "empresas",
        ]
        read_only_fields = fields


class GenerarLlaveSerializer(serializers.Serializer):
    nit = serializers.CharField(max_length=30, help_text="Con o sin puntos y dígito de verificación.")
    nombre_cliente = serializers.CharField(max_length=200)
    dias_validez = serializers.IntegerField(
        min_value=1, max_value=DIAS_MAXIMOS, default=DIAS_POR_DEFECTO, help_text="Días hasta que caduque."
    )
    alcances = serializers.ListField(
        child=serializers.ChoiceField(choices=AlcanceLlave.choices),
        default=list,
        help_text="Lo que puede leer; vacío: todo lo que una llave puede.",
    )
    limite_por_minuto = serializers.IntegerField(min_value=1, max_value=100_000, default=600)


class LlaveGeneradaSerializer(LlaveSerializer):
    """La llave recién creada, con su texto, que no se vuelve a mostrar."""

    api_key = serializers.CharField(help_text="Cópiela ahora: no se vuelve a mostrar.")
    aviso = serializers.CharField(allow_blank=True, help_text="Lo que conviene revisar, si algo.")

    class Meta(LlaveSerializer.Meta):
        fields = ["api_key", "aviso", *LlaveSerializer.Meta.fields]
        read_only_fields = fields


class CualLlaveSerializer(serializers.Serializer):
    """La llave por su id o por su texto."""

    id = serializers.IntegerField(min_value=1, required=False)
    api_key = serializers.CharField(max_length=128, required=False, write_only=True)

    def validate(self, attrs: dict[str, object]) -> dict[str, object]:
        if not {"id", "api_key"} & set(attrs):
            raise serializers.ValidationError({"id": ["Indique el id de la llave (o su texto en api_key)."]})
        return attrs


class RotarLlaveSerializer(CualLlaveSerializer):
    horas_solape = serializers.IntegerField(
        min_value=0, max_value=24 * 90, default=24, help_text="Horas durante las que sirven las dos."
    )


class ValidarLlaveSerializer(serializers.Serializer):
    api_key = serializers.CharField(
        max_length=128, help_text="También puede ir en el encabezado Authorization: Api-Key sk_…", required=False
    )


class LlaveValidaSerializer(serializers.Serializer):
    valida = serializers.BooleanField()
    nit = serializers.CharField()
    nombre_cliente = serializers.CharField()
    fecha_caducidad = serializers.DateTimeField()
    alcances = serializers.ListField(child=serializers.CharField())
    empresas = EmpresaDeLlaveSerializer(many=True)


class ActualizacionSerializer(serializers.Serializer):
    llaves_actualizadas = serializers.IntegerField()
