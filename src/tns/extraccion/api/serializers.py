from __future__ import annotations

from typing import Any

from rest_framework import serializers

from tns.extraccion.models import EjecucionExtraccion, MovimientoInventario, VentanaExtraccion

EMPRESAS_POR_PEDIDO = 500


class ExtraerDatosSerializer(serializers.Serializer):
    empresa_servidor_id = serializers.IntegerField(min_value=1)
    fecha_inicio = serializers.DateField()
    fecha_fin = serializers.DateField()
    forzar_reextraccion = serializers.BooleanField(
        default=False, help_text="Verdadero reemplaza lo ya extraído del rango; falso trae solo lo que falta."
    )
    actualizar_cambiadas = serializers.BooleanField(
        default=False, help_text="Vuelve a leer también las ventanas que cambiaron en el origen."
    )


class ExtraerVariasSerializer(serializers.Serializer):
    """Every company of a server, or of a NIT, or those named."""

    servidor_id = serializers.IntegerField(min_value=1, required=False)
    nit = serializers.CharField(max_length=30, required=False)
    empresas = serializers.ListField(
        child=serializers.IntegerField(min_value=1),
        min_length=1,
        max_length=EMPRESAS_POR_PEDIDO,
        required=False,
        help_text="Ids de las empresas.",
    )
    fecha_inicio = serializers.DateField(required=False, help_text="Sin fechas, el año fiscal de cada empresa.")
    fecha_fin = serializers.DateField(required=False)
    forzar_reextraccion = serializers.BooleanField(default=False)
    actualizar_cambiadas = serializers.BooleanField(default=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len({"servidor_id", "nit", "empresas"} & attrs.keys()) != 1:
            raise serializers.ValidationError("Indique un servidor, un NIT o las empresas.")
        return attrs


class MovimientoSerializer(serializers.ModelSerializer):
    class Meta:
        model = MovimientoInventario
        fields = "__all__"


class ArticuloSerializer(serializers.Serializer):
    """An article as its movements tell it; name, warehouse, price and stock are those of the newest one."""

    nit_base = serializers.CharField()
    articulo_codigo = serializers.CharField()
    articulo_nombre = serializers.CharField(allow_null=True)
    tipo_bodega = serializers.CharField(allow_null=True)
    precio_unitario = serializers.DecimalField(max_digits=20, decimal_places=4, allow_null=True)
    stock_nuevo = serializers.DecimalField(max_digits=20, decimal_places=4, allow_null=True)
    movimientos = serializers.IntegerField()
    primera_fecha = serializers.DateField()
    ultima_fecha = serializers.DateField()


class EjecucionSerializer(serializers.ModelSerializer):
    """A run in the list; its report and reconciliation come with the detail."""

    empresa_nombre = serializers.CharField(source="empresa_servidor.nombre", read_only=True)
    anio_fiscal = serializers.IntegerField(source="empresa_servidor.anio_fiscal", read_only=True)
    task_id = serializers.UUIDField(source="tarea_id", read_only=True, allow_null=True)

    class Meta:
        model = EjecucionExtraccion
        exclude = ["tarea", "informe", "conciliacion"]


class EjecucionDetalleSerializer(EjecucionSerializer):
    informe = serializers.JSONField()
    conciliacion = serializers.JSONField(help_text="Origen y destino de cada ventana, lado a lado.")

    class Meta:
        model = EjecucionExtraccion
        exclude = ["tarea"]


class MovimientoDeEmpresaSerializer(MovimientoSerializer):
    """The same fields; the schema names a page after its rows, and these pages are numbered."""


class VentanaSerializer(serializers.ModelSerializer):
    abierta = serializers.BooleanField(help_text="Su último día no había terminado cuando se leyó.")

    cambiada = serializers.BooleanField(help_text="Una extracción posterior halló que el origen cambió.")

    class Meta:
        model = VentanaExtraccion
        fields = [
            "desde",
            "hasta",
            "filas",
            "suma_cantidad",
            "suma_valor",
            "perfil",
            "ejecucion",
            "extraida",
            "abierta",
            "cambiada",
        ]


class HuecoSerializer(serializers.Serializer):
    desde = serializers.DateField()
    hasta = serializers.DateField()


class CoberturaSerializer(serializers.Serializer):
    """What is extracted of a company."""

    empresa_servidor_id = serializers.IntegerField()
    desde = serializers.DateField(allow_null=True)
    hasta = serializers.DateField(allow_null=True)
    filas = serializers.IntegerField()
    ventanas = VentanaSerializer(many=True)
    huecos = HuecoSerializer(many=True, help_text="Días sin extraer entre la primera y la última ventana.")


class ProbarConsultaSerializer(serializers.Serializer):
    consulta_sql = serializers.CharField(
        required=False,
        allow_null=True,
        allow_blank=True,
        default=None,
        max_length=60_000,
        help_text="Sin ella se prueba la de la empresa; vacía, el perfil que se detecte.",
    )
    fecha_inicio = serializers.DateField(required=False, help_text="Por defecto, el año fiscal de la empresa.")
    fecha_fin = serializers.DateField(required=False)
    filas = serializers.IntegerField(default=20, min_value=1, max_value=100)


class ColumnaSerializer(serializers.Serializer):
    nombre = serializers.CharField()
    tipo = serializers.CharField()
    destino = serializers.ListField(child=serializers.CharField(), help_text="Campos del movimiento que llena.")
    obligatoria = serializers.BooleanField()


class ConsultaProbadaSerializer(serializers.Serializer):
    nombre = serializers.CharField()
    sql = serializers.CharField()
    columnas = ColumnaSerializer(many=True)
    ausentes = serializers.ListField(child=serializers.CharField())
    desconocidas = serializers.ListField(child=serializers.CharField())
    filas = serializers.ListField(child=serializers.DictField())
    problemas = serializers.ListField(child=serializers.CharField())


class PruebaConsultaSerializer(serializers.Serializer):
    """How a company would be read."""

    perfil = serializers.CharField()
    charset = serializers.CharField()
    desde = serializers.DateField()
    hasta = serializers.DateField()
    consultas = ConsultaProbadaSerializer(many=True)
    notas = serializers.ListField(child=serializers.CharField())
