"""Registry of trained models and the forecasts they made."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from tns.tareas.models import Tarea


class EstadoModelo(models.TextChoices):
    EN_SERVICIO = "EN_SERVICIO", "En servicio"
    DISPONIBLE = "DISPONIBLE", "Disponible para volver a ella"
    RETIRADO = "RETIRADO", "Retirado (sin archivos)"


class EstadoMlflow(models.TextChoices):
    REGISTRADO = "REGISTRADO", "Registrado"
    NO_REGISTRADO = "NO_REGISTRADO", "No se pudo registrar"
    DESACTIVADO = "DESACTIVADO", "MLflow no está configurado"


class ModeloML(models.Model):
    """One version of the model of one NIT; at most one version per NIT is EN_SERVICIO.

    `archivos` maps each file's name to its SHA-256 and size: a file is loaded only if it is the one recorded.
    """

    modelo_id = models.CharField(max_length=40, help_text="empresa_{NIT}; el mismo en todas las versiones del NIT.")
    nit = models.CharField("NIT", max_length=20)
    nit_base = models.CharField(max_length=20)
    version = models.PositiveIntegerField("versión")
    estado = models.CharField(max_length=12, choices=EstadoModelo.choices)
    entrenado_en = models.DateTimeField()
    primer_mes = models.DateField(help_text="Primer mes de historia usado.")
    ultimo_mes = models.DateField(
        "último mes", help_text="Último mes completo usado; se pronostica desde el siguiente."
    )
    empresas = models.PositiveSmallIntegerField(help_text="Empresas (años fiscales) del NIT.")
    articulos = models.PositiveIntegerField("artículos")
    filas = models.PositiveIntegerField(help_text="Filas de entrenamiento: artículo y mes con movimiento.")
    movimientos = models.BigIntegerField(help_text="Movimientos que se resumieron en esas filas.")
    metricas = models.JSONField("métricas", default=dict, encoder=DjangoJSONEncoder)
    pesos = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    archivos = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    avisos = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    mlflow_estado = models.CharField(max_length=14, choices=EstadoMlflow.choices, default=EstadoMlflow.DESACTIVADO)
    mlflow_run_id = models.CharField(max_length=64, blank=True)
    mlflow_url = models.CharField(max_length=500, blank=True)
    tarea = models.ForeignKey(Tarea, null=True, blank=True, on_delete=models.SET_NULL, related_name="modelos")
    reentrenar = models.BooleanField(default=False, help_text="Conviene entrenar de nuevo.")
    motivo_reentrenar = models.CharField(max_length=300, blank=True)
    error_reciente = models.FloatField(null=True, blank=True, help_text="WAPE de los meses ocurridos tras entrenar.")
    revisado_en = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "modelos_ml"
        ordering = ["-entrenado_en", "-id"]
        verbose_name = "modelo de demanda"
        verbose_name_plural = "modelos de demanda"
        constraints = [
            models.UniqueConstraint(fields=["nit_base", "version"], name="modelo_version_unica"),
            models.UniqueConstraint(
                fields=["nit_base"], condition=Q(estado="EN_SERVICIO"), name="modelo_uno_en_servicio"
            ),
            models.CheckConstraint(condition=~Q(nit_base=""), name="modelo_nit_presente"),
        ]

    def __str__(self) -> str:
        return f"{self.modelo_id} v{self.version}"

    @property
    def primer_mes_pronosticado(self) -> dt.date:
        return (self.ultimo_mes.replace(day=1) + dt.timedelta(days=32)).replace(day=1)

    def anotar_mlflow(self, *, estado: str, run_id: str, url: str) -> None:
        """Set the columns that say where this version was logged."""
        self.mlflow_estado, self.mlflow_run_id, self.mlflow_url = estado, run_id, url

    def resumen_mlflow(self) -> dict[str, Any]:
        return {"estado": self.mlflow_estado, "run_id": self.mlflow_run_id, "url": self.mlflow_url}


class Pronostico(models.Model):
    """What one version expects of one article: element i of every list is the i-th month after its `ultimo_mes`."""

    modelo = models.ForeignKey(ModeloML, on_delete=models.CASCADE, related_name="pronosticos")
    articulo_codigo = models.TextField()
    articulo_nombre = models.TextField(blank=True)
    modelo_usado = models.CharField(max_length=60)
    cantidad = ArrayField(models.FloatField())
    minimo_80 = ArrayField(models.FloatField())
    maximo_80 = ArrayField(models.FloatField())
    minimo_95 = ArrayField(models.FloatField())
    maximo_95 = ArrayField(models.FloatField())
    historia = ArrayField(models.FloatField(), help_text="Demanda de los últimos meses, el último es `ultimo_mes`.")

    class Meta:
        db_table = "pronosticos_ml"
        ordering = ["articulo_codigo"]
        verbose_name = "pronóstico"
        verbose_name_plural = "pronósticos"
        constraints = [
            models.UniqueConstraint(fields=["modelo", "articulo_codigo"], name="pronostico_unico_por_articulo")
        ]

    def __str__(self) -> str:
        return f"{self.articulo_codigo} ({self.modelo})"
