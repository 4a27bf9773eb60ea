from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError as ErrorDeValor
from django.db import models
from rest_framework import serializers
from rest_framework.validators import UniqueValidator

from tns.comercio import valores
from tns.comercio.models import EmpresaDominio, EmpresaEcommerceConfig, EmpresaPersonalizacion
from tns.comercio.selectors import PUBLICO_KIOSCO, PUBLICO_TIENDA
from tns.cuentas.alcance import NADA, alcance_de
from tns.empresas.selectors import empresas_visibles

MAX_ENLACES = 20


class _DeEmpresa(serializers.ModelSerializer):
    """Of one company within the caller's scope; the company is chosen once, at creation."""

    def get_fields(self) -> dict[str, Any]:
        campos = super().get_fields()
        if "empresa_servidor" in campos:
            alcance = alcance_de(self.context["request"]) if "request" in self.context else NADA
            campos["empresa_servidor"].queryset = empresas_visibles(alcance)
            campos["empresa_servidor"].read_only = campos["empresa_servidor"].read_only or self.instance is not None
            campos["empresa_servidor"].required = self.instance is None
        return campos


class _ConColores(_DeEmpresa):
    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        def valor(campo: str) -> str:
            por_defecto = self.Meta.model._meta.get_field(campo).default  # type: ignore[attr-defined]
            return str(attrs.get(campo) or getattr(self.instance, campo, por_defecto))

        if (razon := valores.contraste(valor("color_texto"), valor("color_fondo"))) < valores.CONTRASTE_MINIMO:
            medido = f"{razon:.1f}".replace(".", ",")
            frase = f"No se lee bien sobre el fondo: el contraste es {medido} y debe ser 4,5 o más."
            raise serializers.ValidationError({"color_texto": [frase]})
        return attrs


class PersonalizacionSerializer(_ConColores):
    class Meta:
        model = EmpresaPersonalizacion
        fields = ["empresa_servidor", *PUBLICO_KIOSCO, "actualizada"]
        read_only_fields = ["actualizada"]


class EnlaceMenuSerializer(serializers.Serializer):
    texto = serializers.CharField(max_length=60)
    enlace = serializers.CharField(max_length=300, validators=[valores.enlace])


class EcommerceSerializer(_ConColores):
    """El secreto de la pasarela se escribe y nunca se devuelve; si no se envía, queda el que había."""

    menu = EnlaceMenuSerializer(many=True, required=False, max_length=MAX_ENLACES)
    pie = EnlaceMenuSerializer(many=True, required=False, max_length=MAX_ENLACES)
    pasarela_secreto = serializers.CharField(
        write_only=True, required=False, allow_blank=True, max_length=500, trim_whitespace=False
    )
    pasarela_configurada = serializers.SerializerMethodField(help_text="Si hay un secreto guardado.")

    class Meta:
        model = EmpresaEcommerceConfig
        fields = [
            "empresa_servidor",
            "activo",
            *PUBLICO_TIENDA,
            "pasarela_secreto",
            "pasarela_configurada",
            "actualizada",
        ]
        read_only_fields = ["actualizada"]

    def get_pasarela_configurada(self, config: EmpresaEcommerceConfig) -> bool:
        return bool(config.pasarela_secreto)

    def create(self, validated_data: dict[str, Any]) -> EmpresaEcommerceConfig:
        return EmpresaEcommerceConfig.objects.create(**_listas_planas(validated_data))

    def update(self, instance: models.Model, validated_data: dict[str, Any]) -> models.Model:
        for campo, valor in _listas_planas(validated_data).items():
            setattr(instance, campo, valor)
        instance.save()
        return instance


def _listas_planas(datos: dict[str, Any]) -> dict[str, Any]:
    return {c: [dict(item) for item in v] if c in ("menu", "pie") else v for c, v in datos.items()}


class TiendaDeLlaveSerializer(_DeEmpresa):
    """What a key sees of the shop: what anybody does."""

    class Meta:
        model = EmpresaEcommerceConfig
        fields = ["empresa_servidor", "activo", *PUBLICO_TIENDA, "actualizada"]
        read_only_fields = fields


class DominioSerializer(_DeEmpresa):
    dominio = serializers.CharField(max_length=260, help_text="Solo el nombre, sin https:// ni rutas.")

    class Meta:
        model = EmpresaDominio
        fields = ["id", "empresa_servidor", "dominio", "nit", "nit_base", "modo", "activo", "creado", "actualizado"]
        read_only_fields = ["nit", "nit_base", "creado", "actualizado"]

    def validate_dominio(self, valor: str) -> str:
        try:
            dominio = valores.normalizar_dominio(valor)
        except ErrorDeValor as error:
            raise serializers.ValidationError(error.messages) from error
        unico = UniqueValidator(EmpresaDominio.objects.all(), message="Ese dominio ya está registrado.")
        unico(dominio, self.fields["dominio"])
        return dominio


class DominioResueltoSerializer(serializers.Serializer):
    dominio = serializers.CharField()
    modo = serializers.CharField()
    empresa_servidor_id = serializers.IntegerField(help_text="La del año fiscal más reciente de ese NIT.")
    nombre = serializers.CharField()
    nit = serializers.CharField()
    anio_fiscal = serializers.IntegerField()
    estado = serializers.CharField()
    anios_fiscales = serializers.ListField(child=serializers.IntegerField())
    personalizacion = serializers.DictField(allow_null=True, help_text="Aspecto del autopago.")
    ecommerce = serializers.DictField(allow_null=True, help_text="Tienda, sin secretos.")
