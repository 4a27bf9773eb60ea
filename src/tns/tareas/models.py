"""The row that is the truth of a background job."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q


class EstadoTarea(models.TextChoices):
    PENDIENTE = "PENDIENTE", "Pendiente"
    EN_PROGRESO = "EN_PROGRESO", "En progreso"
    EXITO = "EXITO", "Éxito"
    FALLO = "FALLO", "Falló"
    CANCELADA = "CANCELADA", "Cancelada"


ESTADOS_VIVOS = (EstadoTarea.PENDIENTE, EstadoTarea.EN_PROGRESO)


class Tarea(models.Model):
    """One background job. Its id is the `task_id` of the API; its arguments never hold a secret."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tipo = models.CharField(max_length=40)
    nombre_celery = models.CharField(max_length=120)
    cola = models.CharField(max_length=20)
    titulo = models.CharField(max_length=200)
    objeto = models.CharField(max_length=80, blank=True, help_text="Lo que la tarea toca, p. ej. «servidor:1».")
    nit_base = models.CharField(max_length=20, blank=True, help_text="NIT cuyos datos trata; vacío si trata de varios.")
    argumentos = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    padre = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="hijas")
    creada_por = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="tareas"
    )

    id_peticion = models.CharField(max_length=64, blank=True, help_text="X-Request-ID de la solicitud que la pidió.")

    estado = models.CharField(max_length=12, choices=EstadoTarea.choices, default=EstadoTarea.PENDIENTE)
    etapa = models.CharField(max_length=200, blank=True)
    mensaje = models.CharField(max_length=300, blank=True)
    hecho = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True, blank=True)
    tasa = models.FloatField(null=True, blank=True, help_text="Unidades por segundo de la etapa.")
    segundos_restantes = models.FloatField(null=True, blank=True)
    resultado = models.JSONField(null=True, blank=True, encoder=DjangoJSONEncoder)
    error_codigo = models.CharField(max_length=60, blank=True)
    error_detalle = models.TextField(blank=True)
    error_que_hacer = models.TextField(blank=True)
    error_tecnico = models.TextField(blank=True)
    error_datos = models.JSONField(null=True, blank=True, encoder=DjangoJSONEncoder)

    cancelacion_solicitada = models.BooleanField(default=False)
    intentos = models.PositiveSmallIntegerField(default=0)
    trabajador = models.CharField(max_length=120, blank=True)
    creada = models.DateTimeField(auto_now_add=True)
    enviada = models.DateTimeField(null=True, blank=True)
    iniciada = models.DateTimeField(null=True, blank=True)
    terminada = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "tareas"
        ordering = ["-creada", "id"]
        verbose_name = "tarea"
        verbose_name_plural = "tareas"
        constraints = [
            models.UniqueConstraint(
                fields=["tipo", "objeto"],
                condition=Q(estado__in=["PENDIENTE", "EN_PROGRESO"]) & ~Q(objeto=""),
                name="tarea_viva_unica_por_objeto",
            )
        ]
        indexes = [
            models.Index(fields=["estado"], name="tarea_viva", condition=Q(estado__in=["PENDIENTE", "EN_PROGRESO"])),
            models.Index(fields=["-creada"], name="tarea_creada"),
            models.Index(fields=["objeto", "-creada"], name="tarea_objeto"),
        ]

    def __str__(self) -> str:
        return f"{self.titulo} ({self.get_estado_display()})"

    @property
    def viva(self) -> bool:
        return self.estado in ESTADOS_VIVOS

    def instantanea(self) -> dict[str, Any]:
        """What the API and the event stream tell of this task; plain JSON types."""
        terminada = not self.viva
        return {
            "task_id": str(self.id),
            "tipo": self.tipo,
            "titulo": self.titulo,
            "objeto": self.objeto,
            "estado": self.estado,
            "etapa": self.etapa,
            "mensaje": self.mensaje,
            "progreso": {
                "hecho": self.hecho,
                "total": self.total,
                "porcentaje": _porcentaje(self.hecho, self.total, self.estado),
                "tasa": self.tasa,
                "segundos_restantes": None if terminada else self.segundos_restantes,
            },
            "resultado": self.resultado,
            "error": self._error(),
            "cancelacion_solicitada": self.cancelacion_solicitada,
            "intentos": self.intentos,
            "padre": str(self.padre_id) if self.padre_id else None,
            "creada": self.creada.isoformat(),
            "iniciada": self.iniciada.isoformat() if self.iniciada else None,
            "terminada": self.terminada.isoformat() if self.terminada else None,
        }

    def _error(self) -> dict[str, Any] | None:
        if not self.error_codigo:
            return None
        return {
            "codigo": self.error_codigo,
            "detalle": self.error_detalle,
            "que_hacer": self.error_que_hacer,
            "tecnico": self.error_tecnico,
            "datos": self.error_datos,
        }


def _porcentaje(hecho: int, total: int | None, estado: str) -> float | None:
    if estado == EstadoTarea.EXITO:
        return 100.0
    return round(min(100.0, 100.0 * hecho / total), 1) if total else None
