"""What the installation does by itself."""

from __future__ import annotations

from datetime import time

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django_celery_beat.models import PeriodicTask

from tns.empresas.models import EmpresaServidor
from tns.servidores.models import Servidor


class Accion(models.TextChoices):
    DESCUBRIR = "descubrir", "Descubrir empresas"
    EXTRAER = "extraer", "Extraer movimientos"
    ENTRENAR = "entrenar", "Entrenar modelos"


class Frecuencia(models.TextChoices):
    HORAS = "horas", "Cada tantas horas"
    DIARIA = "diaria", "Cada día"
    SEMANAL = "semanal", "Cada semana"
    MENSUAL = "mensual", "Cada mes"


DIAS = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")


class Programacion(models.Model):
    """Work that repeats: an action, on a server, a company, a NIT or everything, at an hour of Bogotá.

    The beat reads its own table; `periodica` is this schedule's row there, kept in step by the services.
    """

    nombre = models.CharField(max_length=120)
    accion = models.CharField("acción", max_length=10, choices=Accion.choices)
    servidor = models.ForeignKey(Servidor, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    empresa_servidor = models.ForeignKey(
        EmpresaServidor, null=True, blank=True, on_delete=models.CASCADE, related_name="programaciones"
    )
    nit_base = models.CharField("NIT", max_length=20, blank=True, help_text="Base del NIT; vacío: todos.")
    frecuencia = models.CharField(max_length=8, choices=Frecuencia.choices, default=Frecuencia.DIARIA)
    hora = models.TimeField(default=time(2, 30), help_text="Hora de Bogotá.")
    cada_horas = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(12)]
    )
    dia_semana = models.PositiveSmallIntegerField(
        "día de la semana", null=True, blank=True, validators=[MaxValueValidator(6)], help_text="0 es lunes."
    )
    dia_mes = models.PositiveSmallIntegerField(
        "día del mes", null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(28)]
    )
    activa = models.BooleanField(default=True)
    periodica = models.OneToOneField(PeriodicTask, null=True, editable=False, on_delete=models.SET_NULL)
    creada_por = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    creada = models.DateTimeField(auto_now_add=True)
    ultima_corrida = models.DateTimeField("última corrida", null=True, editable=False)
    ultimas_tareas = models.JSONField(default=list, editable=False)
    ultimo_mensaje = models.CharField("último mensaje", max_length=300, blank=True, editable=False)

    class Meta:
        db_table = "programaciones"
        ordering = ["nombre", "id"]
        verbose_name = "programación"
        verbose_name_plural = "programaciones"
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(servidor=None, empresa_servidor=None)
                    | Q(servidor=None, nit_base="")
                    | Q(empresa_servidor=None, nit_base="")
                ),
                name="programacion_un_objeto",
            )
        ]

    def __str__(self) -> str:
        return self.nombre

    @property
    def en_palabras(self) -> str:
        """For people: «cada día a las 2:30»."""
        if self.frecuencia == Frecuencia.HORAS:
            cada = self.cada_horas or 1
            return f"cada {'hora' if cada == 1 else f'{cada} horas'}, al minuto {self.hora.minute}"
        cuando = f"a la{'' if self.hora.hour in (1, 13) else 's'} {self.hora.hour}:{self.hora.minute:02}"
        if self.frecuencia == Frecuencia.SEMANAL:
            return f"cada {DIAS[self.dia_semana or 0]} {cuando}"
        if self.frecuencia == Frecuencia.MENSUAL:
            return f"el día {self.dia_mes or 1} de cada mes {cuando}"
        return f"cada día {cuando}"
