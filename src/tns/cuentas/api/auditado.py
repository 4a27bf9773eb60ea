"""The audit trail of a whole view set."""

from __future__ import annotations

from typing import Any

from django.db import models, transaction
from rest_framework.serializers import BaseSerializer

from tns.cuentas import auditoria


class AuditadoMixin:
    """Writes down every creation, update and deletion of a ModelViewSet, in the transaction that makes it.

    A view set whose deletion has a service of its own overrides `eliminar`.
    """

    def perform_create(self, serializer: BaseSerializer[Any]) -> None:
        with transaction.atomic():
            auditoria.registrar(auditoria.CREAR, serializer.save())

    def perform_update(self, serializer: BaseSerializer[Any]) -> None:
        with transaction.atomic():
            antes = auditoria.fotografia(serializer.instance)
            auditoria.registrar(auditoria.ACTUALIZAR, serializer.save(), antes=antes)

    def perform_destroy(self, instance: models.Model) -> None:
        with transaction.atomic():
            antes = auditoria.fotografia(instance)
            self.eliminar(instance)
            auditoria.registrar(auditoria.ELIMINAR, instance, antes=antes)

    def eliminar(self, instance: models.Model) -> None:
        instance.delete()
