"""Users and invitations, for administrators of the whole installation."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.mixins import DestroyModelMixin, ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from tns.cuentas import services
from tns.cuentas.api.auditado import AuditadoMixin
from tns.cuentas.api.serializers import UsuarioSerializer
from tns.cuentas.models import Invitacion, Rol, Usuario
from tns.cuentas.permisos import AdministrarTodo

_ROLES = [opcion for opcion in Rol.choices if opcion[0]]


class CambioUsuarioSerializer(serializers.Serializer):
    rol = serializers.ChoiceField(choices=Rol.choices, allow_blank=True, required=False)
    nits_base = serializers.ListField(
        child=serializers.CharField(max_length=30), required=False, help_text="Vacía: todos los NIT."
    )
    is_active = serializers.BooleanField(required=False)
    email = serializers.EmailField(allow_blank=True, required=False)
    first_name = serializers.CharField(max_length=150, allow_blank=True, required=False)
    last_name = serializers.CharField(max_length=150, allow_blank=True, required=False)


class ClaveTemporalSerializer(serializers.Serializer):
    clave_temporal = serializers.CharField(
        help_text="Entréguela a la persona: no se vuelve a mostrar, y no da permisos hasta que la cambie."
    )


@extend_schema(tags=["usuarios"])
class UsuarioViewSet(ListModelMixin, RetrieveModelMixin, GenericViewSet):
    """Users; whoever registered and waits for a role has none (`?rol=`)."""

    queryset = Usuario.objects.order_by("username")
    serializer_class = UsuarioSerializer
    permission_classes = [AdministrarTodo]
    filterset_fields = ["rol", "is_active"]
    search_fields = ["username", "email", "first_name", "last_name"]
    ordering_fields = ["username", "rol", "last_login", "date_joined"]

    @extend_schema(
        request=CambioUsuarioSerializer,
        responses=UsuarioSerializer,
        examples=[OpenApiExample("Aprobar", value={"rol": "lector", "nits_base": []}, request_only=True)],
    )
    def partial_update(self, request: Request, pk: str | None = None) -> Response:
        datos = CambioUsuarioSerializer(data=request.data)
        datos.is_valid(raise_exception=True)
        cambios: dict[str, Any] = dict(datos.validated_data)
        usuario = services.cambiar_usuario(usuario=self.get_object(), quien=request.user, **cambios)
        return Response(UsuarioSerializer(usuario).data)

    @extend_schema(request=None, responses={201: ClaveTemporalSerializer})
    @action(detail=True, methods=["post"])
    def restablecer_clave(self, request: Request, pk: str | None = None) -> Response:
        """Gives the user a temporary password, told in this answer and never again, and ends his sessions."""
        clave = services.restablecer_clave(usuario=self.get_object(), quien=request.user)
        sin_guardar = {"Cache-Control": "no-store"}
        return Response({"clave_temporal": clave}, status=status.HTTP_201_CREATED, headers=sin_guardar)


class InvitacionSerializer(serializers.ModelSerializer):
    creada_por = serializers.CharField(source="creada_por.username", read_only=True, allow_null=True, default=None)
    usada_por = serializers.CharField(source="usada_por.username", read_only=True, allow_null=True, default=None)

    class Meta:
        model = Invitacion
        fields = ["id", "email", "rol", "nits_base", "creada_por", "creada", "caduca", "usada_por", "usada"]
        read_only_fields = fields


class InvitarSerializer(serializers.Serializer):
    rol = serializers.ChoiceField(choices=_ROLES)
    nits_base = serializers.ListField(child=serializers.CharField(max_length=30), default=list)
    email = serializers.EmailField(allow_blank=True, default="")
    dias_validez = serializers.IntegerField(min_value=1, max_value=90, default=7)


class InvitacionCreadaSerializer(InvitacionSerializer):
    invitacion = serializers.CharField(help_text="Entréguela a la persona: no se vuelve a mostrar.")

    class Meta(InvitacionSerializer.Meta):
        fields = ["invitacion", *InvitacionSerializer.Meta.fields]
        read_only_fields = fields


@extend_schema(tags=["usuarios"])
class InvitacionViewSet(AuditadoMixin, ListModelMixin, DestroyModelMixin, GenericViewSet):
    """Invitations, used or not; deleting one closes it."""

    serializer_class = InvitacionSerializer
    permission_classes = [AdministrarTodo]
    queryset = Invitacion.objects.none()
    filterset_fields = ["rol"]
    ordering_fields = ["creada", "caduca"]

    def get_queryset(self) -> QuerySet[Invitacion]:
        return Invitacion.objects.select_related("creada_por", "usada_por")

    @extend_schema(
        request=InvitarSerializer,
        responses={201: InvitacionCreadaSerializer},
        examples=[OpenApiExample("Operador de un NIT", value={"rol": "operador", "nits_base": ["800197268-4"]})],
    )
    def create(self, request: Request) -> Response:
        datos = InvitarSerializer(data=request.data)
        datos.is_valid(raise_exception=True)
        invitacion, token = services.invitar(quien=request.user, **datos.validated_data)
        cuerpo = {"invitacion": token, **InvitacionSerializer(invitacion).data}
        return Response(cuerpo, status=status.HTTP_201_CREATED, headers={"Cache-Control": "no-store"})
