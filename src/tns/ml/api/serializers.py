from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from tns.engines.forecasting import MAX_HORIZON
from tns.ml.exportacion import FORMATOS
from tns.ml.models import ModeloML
from tns.ml.publicacion import MESES_DE_HISTORIA

MAX_ARTICULOS = 2_000


class EntrenarSerializer(serializers.Serializer):
    empresa_servidor_id = serializers.IntegerField(
        min_value=1, help_text="Cualquier empresa del NIT: se entrena con todas las de ese NIT."
    )


@extend_schema_field({"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]})
class CodigosField(serializers.Field):
    """A code, or a list of them."""

    default_error_messages = {
        "invalido": "Escriba un código de artículo o una lista de códigos.",
        "demasiados": f"Pida a lo sumo {MAX_ARTICULOS} artículos a la vez, o ninguno para todos por páginas.",
    }

    def to_internal_value(self, data: Any) -> list[str] | None:
        codigos = data if isinstance(data, list) else [data]
        if any(isinstance(c, bool) or not isinstance(c, str | int) or str(c).strip() == "" for c in codigos):
            self.fail("invalido")
        if len(codigos) > MAX_ARTICULOS:
            self.fail("demasiados")
        return [str(codigo).strip().replace("\x00", "") for codigo in codigos] or None

    def to_representation(self, value: Any) -> Any:
        return value


class NitOEmpresaSerializer(serializers.Serializer):
    """A request about one NIT, said by itself or by any of its companies."""

    empresa_servidor_id = serializers.IntegerField(min_value=1, required=False, allow_null=True, default=None)
    nit = serializers.CharField(
        max_length=30, required=False, allow_null=True, default=None, help_text="Con o sin puntos y DV."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if (attrs["empresa_servidor_id"] is None) == (not attrs["nit"]):
            raise serializers.ValidationError({"nit": "Envíe «nit» o «empresa_servidor_id», uno de los dos."})
        return attrs


class PredecirSerializer(NitOEmpresaSerializer):
    articulo_codigo = CodigosField(
        required=False, allow_null=True, default=None, help_text="Un código, una lista, o nada para todos."
    )
    meses = serializers.IntegerField(min_value=1, max_value=MAX_HORIZON, default=6)
    meses_historia = serializers.IntegerField(min_value=0, max_value=MESES_DE_HISTORIA, default=24)
    pagina = serializers.IntegerField(min_value=1, max_value=1_000_000, default=1)
    tamano = serializers.IntegerField(min_value=1, max_value=MAX_ARTICULOS, default=100)
    formato = serializers.ChoiceField(
        choices=["json", *FORMATOS], default="json", help_text="csv y excel descargan todas las páginas."
    )


class MesPronosticadoSerializer(serializers.Serializer):
    mes = serializers.CharField(help_text="AAAA-MM")
    cantidad = serializers.FloatField()
    minimo_80 = serializers.FloatField()
    maximo_80 = serializers.FloatField()
    minimo_95 = serializers.FloatField()
    maximo_95 = serializers.FloatField()


class MesSerializer(serializers.Serializer):
    mes = serializers.CharField(help_text="AAAA-MM")
    cantidad = serializers.FloatField()


class ArticuloPronosticadoSerializer(serializers.Serializer):
    articulo_codigo = serializers.CharField()
    articulo_nombre = serializers.CharField()
    modelo_usado = serializers.CharField(help_text="Modelos que forman el pronóstico de este artículo.")
    total = serializers.FloatField(help_text="Suma de los meses pedidos.")
    pronostico = MesPronosticadoSerializer(many=True)
    historia = MesSerializer(many=True)


class PrediccionSerializer(serializers.Serializer):
    """One page of forecasts."""

    modelo_id = serializers.CharField()
    version = serializers.IntegerField()
    nit = serializers.CharField()
    entrenado_en = serializers.DateTimeField()
    primer_mes_historia = serializers.CharField()
    ultimo_mes_historia = serializers.CharField()
    pesos = serializers.DictField(child=serializers.FloatField(), help_text="Parte de cada modelo en el pronóstico.")
    wape_backtest = serializers.FloatField(allow_null=True, help_text="Error en meses que el modelo no había visto.")
    reentrenar = serializers.BooleanField()
    motivo_reentrenar = serializers.CharField(allow_blank=True)
    meses = serializers.ListField(child=serializers.CharField())
    total_articulos = serializers.IntegerField()
    pagina = serializers.IntegerField()
    tamano = serializers.IntegerField()
    hay_mas = serializers.BooleanField()
    total = MesSerializer(many=True, allow_null=True, help_text="Suma de todos los artículos, si se piden todos.")
    articulos = ArticuloPronosticadoSerializer(many=True)


class ModeloMLSerializer(serializers.ModelSerializer):
    empresa_nombre = serializers.CharField(read_only=True)
    mlflow = serializers.DictField(source="resumen_mlflow", read_only=True)

    class Meta:
        model = ModeloML
        fields = [
            "id",
            "modelo_id",
            "empresa_nombre",
            "nit",
            "nit_base",
            "version",
            "estado",
            "entrenado_en",
            "primer_mes",
            "ultimo_mes",
            "empresas",
            "articulos",
            "filas",
            "movimientos",
            "metricas",
            "pesos",
            "mlflow",
            "reentrenar",
            "motivo_reentrenar",
            "error_reciente",
            "revisado_en",
            "avisos",
            "archivos",
            "tarea",
        ]
        read_only_fields = fields
