from __future__ import annotations

from rest_framework import serializers

from tns.cuentas.models import Rol, Usuario


class UsuarioSerializer(serializers.ModelSerializer):
    rol = serializers.ChoiceField(source="rol_efectivo", choices=Rol.choices, read_only=True)

    class Meta:
        model = Usuario
        fields = [
            "id",
            "username",
            "email",
            "first_name",
            "last_name",
            "rol",
            "nits_base",
            "is_active",
            "clave_temporal",
            "last_login",
            "date_joined",
        ]
        read_only_fields = fields


class RegistroSerializer(serializers.Serializer):
    username = serializers.CharField(max_length=150)
    password = serializers.CharField(write_only=True, max_length=128, trim_whitespace=False)
    email = serializers.EmailField(required=False, allow_blank=True, default="")
    rol = serializers.ChoiceField(choices=Rol.choices, required=False, allow_blank=True, default="")
    nits_base = serializers.ListField(child=serializers.CharField(max_length=30), required=False, default=list)
    invitacion = serializers.CharField(max_length=128, required=False, write_only=True)


class EntradaSerializer(serializers.Serializer):
    username = serializers.CharField(max_length=150)
    password = serializers.CharField(write_only=True, max_length=128, trim_whitespace=False)


class CambioClaveSerializer(serializers.Serializer):
    actual = serializers.CharField(write_only=True, max_length=128, trim_whitespace=False)
    nueva = serializers.CharField(write_only=True, max_length=128, trim_whitespace=False)


class CsrfSerializer(serializers.Serializer):
    csrf_token = serializers.CharField()
