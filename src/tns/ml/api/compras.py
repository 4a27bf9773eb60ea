"""GET /api/ml/recomendaciones_compra/: filtered, sorted, by pages, or as a file."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from tns.cuentas.alcance import alcance_de
from tns.ml import exportacion, recomendaciones, selectors
from tns.ml.api.descargas import descarga
from tns.ml.api.permisos import Consultar
from tns.ml.api.serializers import NitOEmpresaSerializer
from tns.ml.recomendaciones import Politica, Recomendacion

ORDENES = (
    "articulo_codigo", "articulo_nombre", "cantidad_sugerida", "valor_sugerido", "valor_12_meses", "stock",
    "cobertura_meses", "rotacion_anual", "clase_abc",
)  # fmt: skip


class FiltroComprasSerializer(NitOEmpresaSerializer):
    nivel_servicio = serializers.FloatField(
        min_value=0.5, max_value=0.999, default=0.95, help_text="Probabilidad de no agotarse durante la espera."
    )
    lead_time_dias = serializers.FloatField(
        min_value=0, max_value=365, default=15, help_text="Días de espera de lo que no tiene órdenes de pedido."
    )
    revision_dias = serializers.FloatField(min_value=1, max_value=60, default=30, help_text="Días entre compras.")
    clase = serializers.CharField(max_length=2, required=False, default="", help_text="A, B, C, X, Y, Z o las dos: AX.")
    solo_comprar = serializers.BooleanField(default=False)
    solo_inventario_muerto = serializers.BooleanField(default=False)
    buscar = serializers.CharField(max_length=100, required=False, default="", help_text="En el código o el nombre.")
    orden = serializers.ChoiceField(choices=[*ORDENES, *(f"-{campo}" for campo in ORDENES)], default="-valor_sugerido")
    formato = serializers.ChoiceField(choices=["json", *exportacion.FORMATOS], default="json")
    pagina = serializers.IntegerField(min_value=1, max_value=1_000_000, default=1)
    tamano = serializers.IntegerField(min_value=1, max_value=500, default=50)


class RecomendacionSerializer(serializers.Serializer):
    articulo_codigo = serializers.CharField()
    articulo_nombre = serializers.CharField()
    clase_abc = serializers.CharField(help_text="Por valor vendido en 12 meses: A hasta el 80 %, B hasta el 95 %.")
    clase_xyz = serializers.CharField(help_text="Por variación mensual: X hasta 0,5, Y hasta 1, Z más.")
    demanda_12_meses = serializers.FloatField()
    valor_12_meses = serializers.FloatField()
    demanda_proximo_mes = serializers.FloatField()
    stock = serializers.FloatField()
    stock_origen = serializers.CharField(help_text="stock_nuevo, movimientos o sin_datos.")
    cobertura_meses = serializers.FloatField(allow_null=True)
    rotacion_anual = serializers.FloatField(allow_null=True)
    lead_time_dias = serializers.FloatField()
    lead_time_origen = serializers.CharField(help_text="articulo, nit o defecto.")
    stock_seguridad = serializers.FloatField()
    punto_reorden = serializers.FloatField()
    nivel_objetivo = serializers.FloatField()
    cantidad_sugerida = serializers.FloatField()
    costo_unitario = serializers.FloatField(allow_null=True)
    valor_sugerido = serializers.FloatField(allow_null=True)
    inventario_muerto = serializers.BooleanField()
    motivo = serializers.CharField()


class RecomendacionesSerializer(serializers.Serializer):
    resumen = serializers.DictField(help_text="Totales de todos los artículos, antes de filtrar.")
    count = serializers.IntegerField()
    pagina = serializers.IntegerField()
    tamano = serializers.IntegerField()
    hay_mas = serializers.BooleanField()
    results = RecomendacionSerializer(many=True)


class RecomendacionesCompraView(APIView):
    """What to buy: reorder point, safety stock and quantity of every article, with its class, rotation and coverage.

    `formato=csv` and `formato=excel` download all that the filters leave.
    """

    permission_classes = [Consultar]
    alcance_de_llave = "pronosticos"

    @extend_schema(
        tags=["ml"],
        parameters=[FiltroComprasSerializer],
        responses={
            (200, "application/json"): RecomendacionesSerializer,
            (200, "text/csv"): OpenApiTypes.BINARY,
            (200, exportacion.FORMATOS["excel"][1]): OpenApiTypes.BINARY,
        },
    )
    def get(self, request: Request) -> Response | HttpResponse:
        filtro = FiltroComprasSerializer(data=request.query_params)
        filtro.is_valid(raise_exception=True)
        datos = filtro.validated_data
        nit_base = selectors.nit_pedido(
            alcance_de(request), empresa_servidor_id=datos["empresa_servidor_id"], nit=datos["nit"]
        )
        modelo = selectors.modelo_en_servicio(nit_base)
        politica = Politica(datos["nivel_servicio"], datos["lead_time_dias"], datos["revision_dias"])
        todas = recomendaciones.recomendar(modelo=modelo, politica=politica)
        elegidas = recomendaciones.elegir(
            todas,
            clase=datos["clase"],
            solo_comprar=datos["solo_comprar"],
            solo_muertos=datos["solo_inventario_muerto"],
            buscar=datos["buscar"],
            orden=datos["orden"],
        )
        if datos["formato"] != "json":
            nombre = f"compras_{modelo.modelo_id.removeprefix('empresa_')}"
            return descarga(exportacion.hoja_de_compras(elegidas), datos["formato"], nombre)
        return Response(_pagina(elegidas, datos, recomendaciones.resumen(todas, modelo, politica)))


def _pagina(filas: list[Recomendacion], datos: dict[str, Any], resumen: dict[str, Any]) -> dict[str, Any]:
    inicio = (datos["pagina"] - 1) * datos["tamano"]
    final = inicio + datos["tamano"]
    return {
        "resumen": resumen,
        "count": len(filas),
        "pagina": datos["pagina"],
        "tamano": datos["tamano"],
        "hay_mas": final < len(filas),
        "results": RecomendacionSerializer(filas[inicio:final], many=True).data,
    }
