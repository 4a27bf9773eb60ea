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
    ultimo_error = models.JSONField(null=True, editable=False, help_text="Por qué la última corrida no pudo iniciar.")
    ultima_perdida = models.DateTimeField(null=True, editable=False, help_text="La última hora a la que no corrió.")
    vigente_desde = models.DateTimeField(null=True, editable=False, help_text="Desde cuándo vale este horario.")

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


class Falla(models.Model):
    """Something that fails or failed while nobody watches, and what has been told of it; `avisos.py` keeps it.

    The truth of alarms is here and not in Valkey, so that losing Valkey neither loses nor repeats one.
    """

    class Aviso(models.TextChoices):
        NADA = "", "Nada"
        FALLA = "falla", "Que falla"
        RECUPERADA = "recuperada", "Que volvió a funcionar"

    clave = models.CharField(max_length=300, unique=True, help_text="Tipo y objeto: «extraccion|empresa:1».")
    titulo = models.CharField(max_length=200)
    task_id = models.UUIDField(null=True)
    codigo = models.CharField(max_length=60, blank=True)
    detalle = models.TextField(blank=True)
    que_hacer = models.TextField(blank=True)
    desde = models.DateTimeField(help_text="La primera falla de esta racha.")
    ultima = models.DateTimeField(help_text="La falla más reciente.")
    fallando = models.BooleanField(default=True)
    aviso = models.CharField(max_length=10, choices=Aviso.choices, blank=True, default=Aviso.NADA)
    avisada = models.DateTimeField(null=True, help_text="Cuándo se avisó por última vez.")
    cuenta = models.PositiveSmallIntegerField(default=0, help_text="Avisos desde `cuenta_desde`, que dura un día.")
    cuenta_desde = models.DateTimeField(null=True)

    class Meta:
        db_table = "fallas_avisadas"
        verbose_name = "falla"

    def __str__(self) -> str:
        return f"{self.titulo} ({'fallando' if self.fallando else 'recuperada'})"


class RondaAvisos(models.Model):
    """One row: when the last round of alarms began, so that of many processes one makes it."""

    empezada = models.DateTimeField()

    class Meta:
        db_table = "ronda_avisos"

    def __str__(self) -> str:
        return f"Ronda de {self.empezada:%d/%m/%Y %H:%M}"
