"""The caller's own open sessions."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.mixins import DestroyModelMixin, ListModelMixin
from rest_framework.viewsets import GenericViewSet

from tns.cuentas import auditoria
from tns.cuentas.models import Sesion
from tns.cuentas.permisos import EsPersona


class SesionSerializer(serializers.ModelSerializer):
    id = serializers.CharField(source="identificador", read_only=True)
    actual = serializers.SerializerMethodField(help_text="La que hace esta solicitud.")
    caduca = serializers.DateTimeField(source="expire_date", read_only=True)

    class Meta:
        model = Sesion
        fields = ["id", "actual", "abierta", "caduca", "ip", "navegador"]
        read_only_fields = fields

    def get_actual(self, sesion: Sesion) -> bool:
        return sesion.session_key == self.context["request"].session.session_key


@extend_schema(tags=["auth"])
class SesionViewSet(ListModelMixin, DestroyModelMixin, GenericViewSet):
    """The open sessions of whoever asks, newest first; deleting one closes it at once."""

    serializer_class = SesionSerializer
    permission_classes = [EsPersona]
    queryset = Sesion.objects.none()
    lookup_field = "identificador"
    lookup_url_kwarg = "id"
    ordering_fields = ["abierta", "expire_date"]

    def get_queryset(self) -> QuerySet[Sesion]:
        propias = Sesion.objects.filter(usuario_id=self.request.user.pk, expire_date__gt=timezone.now())
        return propias.order_by("-abierta", "identificador")

    def perform_destroy(self, instance: Sesion) -> None:
        with transaction.atomic():
            auditoria.registrar(
                "cerrar_sesion", self.request.user, detalle={"ip": instance.ip, "navegador": instance.navegador}
            )
            instance.delete()
