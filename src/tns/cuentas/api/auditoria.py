"""Reading the audit trail."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.viewsets import GenericViewSet

from tns.cuentas.models import RegistroAuditoria
from tns.cuentas.permisos import AdministrarTodo


class RegistroAuditoriaSerializer(serializers.ModelSerializer):
    class Meta:
        model = RegistroAuditoria
        fields = "__all__"


@extend_schema(tags=["auditoría"])
class AuditoriaViewSet(ListModelMixin, RetrieveModelMixin, GenericViewSet):
    """Quién hizo qué, sobre qué registro, cuándo y desde dónde. No se modifica ni se borra."""

    queryset = RegistroAuditoria.objects.all()
    serializer_class = RegistroAuditoriaSerializer
    permission_classes = [AdministrarTodo]
    filterset_fields = {
        "accion": ["exact"],
        "actor_nombre": ["exact"],
        "actor_tipo": ["exact"],
        "objeto_tipo": ["exact"],
        "objeto_id": ["exact"],
        "nit_base": ["exact"],
        "id_peticion": ["exact"],
        "momento": ["gte", "lte"],
    }
    search_fields = ["actor_nombre", "objeto_nombre", "accion"]
    ordering_fields = ["momento", "actor_nombre", "accion"]
