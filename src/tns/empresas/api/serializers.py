from __future__ import annotations

from typing import Any

from rest_framework import serializers

from tns.cuentas.alcance import NADA, Alcance, alcance_de
from tns.empresas import services
from tns.empresas.models import EmpresaServidor
from tns.servidores.selectors import servidores_visibles


class EmpresaServidorSerializer(serializers.ModelSerializer):
    servidor_nombre = serializers.CharField(source="servidor.nombre", read_only=True)
    nit = serializers.CharField(max_length=30, help_text="Con o sin puntos y DV; se guarda sin puntos ni guiones.")

    class Meta:
        model = EmpresaServidor
        fields = [
            "id",
            "servidor",
            "servidor_nombre",
            "codigo",
            "nombre",
            "nit",
            "nit_base",
            "nit_dv",
            "nit_dv_correcto",
            "anio_fiscal",
            "ruta_base",
            "estado",
            "consulta_sql",
            "ultima_extraccion",
            "creada",
            "actualizada",
        ]
        read_only_fields = ["nit_base", "nit_dv", "nit_dv_correcto", "ultima_extraccion", "creada", "actualizada"]
        # The database knows the uniqueness by the NIT's base; the service words its violation.
        validators: list[Any] = []
        extra_kwargs = {"anio_fiscal": {"min_value": 1900, "max_value": 2200}}

    def get_fields(self) -> dict[str, Any]:
        campos = super().get_fields()
        campos["servidor"].queryset = servidores_visibles(self._alcance)
        return campos

    @property
    def _alcance(self) -> Alcance:
        return alcance_de(self.context["request"]) if "request" in self.context else NADA

    def create(self, validated_data: dict[str, Any]) -> EmpresaServidor:
        nit = validated_data.pop("nit")
        empresa = EmpresaServidor(**validated_data)
        return services.guardar_empresa(empresa=empresa, nit=nit, alcance=self._alcance)

    def update(self, instance: EmpresaServidor, validated_data: dict[str, Any]) -> EmpresaServidor:
        nit = validated_data.pop("nit", None)
        for campo, valor in validated_data.items():
            setattr(instance, campo, valor)
        return services.guardar_empresa(empresa=instance, nit=nit, alcance=self._alcance)


class EmpresaDeLlaveSerializer(serializers.ModelSerializer):
    """What a client program sees of its companies: nothing of the reseller's servers."""

    class Meta:
        model = EmpresaServidor
        fields = ["id", "codigo", "nombre", "nit", "anio_fiscal", "estado", "ultima_extraccion"]
        read_only_fields = fields


class DescubrirSerializer(serializers.Serializer):
    servidor_id = serializers.IntegerField(min_value=1)
