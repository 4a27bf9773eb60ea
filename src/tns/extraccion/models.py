"""Movements, the windows that cover them, and the runs that brought them."""

from __future__ import annotations

from django.db import models
from django.db.models import Case, F, Func, Q, Value, When
from django.db.models.functions import TruncMonth
from django.utils import timezone

from tns.empresas.models import EmpresaServidor
from tns.engines.loading.fields import DEFAULT_WAREHOUSE_RULES, DOCUMENT_TYPES, OTHER
from tns.tareas.models import Tarea

TIPOS_DOCUMENTO = [(tipo, tipo.replace("_", " ").capitalize()) for tipo in (*DOCUMENT_TYPES.values(), OTHER)]


def _es(tipo: str) -> models.GeneratedField:
    return models.GeneratedField(
        expression=Case(When(tipo_bodega=tipo, then=Value(True)), default=Value(False)),
        output_field=models.BooleanField(),
        db_persist=True,
    )


def _texto(etiqueta: str | None = None, ayuda: str = "") -> models.TextField:
    # NULL says that the source does not give it; no length limit, so that no source's text can stop an extraction.
    opciones = {"null": True, "blank": True, "help_text": ayuda}
    return models.TextField(etiqueta, **opciones)


def _numero() -> models.DecimalField:
    return models.DecimalField(max_digits=20, decimal_places=4, null=True, blank=True)


class MovimientoInventario(models.Model):
    """One line of a document of a company; the quantity is as the source gives it. Written by COPY alone (ADR 0030)."""

    empresa_servidor = models.ForeignKey(
        EmpresaServidor, on_delete=models.CASCADE, related_name="movimientos", db_constraint=False, db_index=False
    )
    fecha = models.DateField()
    tipo_documento = models.CharField(max_length=20, choices=TIPOS_DOCUMENTO)
    codigo_documento = _texto("código de documento", "El código del origen, p. ej. FV.")
    articulo_codigo = models.TextField("código de artículo")
    articulo_nombre = models.TextField("artículo")
    cantidad = models.DecimalField(max_digits=20, decimal_places=4)
    precio_unitario = _numero()
    valor_total = _numero()
    tipo_bodega = _texto()
    es_implante = _es("IMPLANTE")
    es_instrumental = _es("INSTRUMENTAL")
    es_equipo_poder = _es("EQUIPO DE PODER")
    bodega_nombre = _texto()
    codigo_bodega = _texto()
    sistema_bodega = _texto()
    bodega_contenedor = _texto()
    lote = _texto()
    stock_previo = _numero()
    stock_nuevo = _numero()
    fecha_orden_pedido = models.DateField(null=True, blank=True)
    lead_time_dias = models.GeneratedField(
        expression=Func(
            F("fecha"),
            F("fecha_orden_pedido"),
            template="(%(expressions)s)",
            arg_joiner=" - ",
            output_field=models.IntegerField(),
        ),
        output_field=models.IntegerField(),
        db_persist=True,
    )
    pagador = _texto()
    nit_pagador = _texto()
    clinica = _texto()
    nit_clinica = _texto()
    paciente = _texto()
    cedula_paciente = _texto()
    medico = _texto()
    cedula_medico = _texto()
    medico2 = _texto()
    cedula_medico2 = _texto()
    procedimientos = _texto()
    ciudad = _texto()
    codigo_ciudad = _texto()
    prefijo = _texto()
    numero = _texto()
    origen_id = _texto("clave en el origen")

    class Meta:
        db_table = "movimientos_inventario"
        ordering = ["empresa_servidor", "fecha", "id"]
        verbose_name = "movimiento de inventario"
        verbose_name_plural = "movimientos de inventario"
        indexes = [models.Index(fields=["empresa_servidor", "fecha", "id"], name="movimiento_empresa_fecha")]

    def __str__(self) -> str:
        return f"{self.fecha} {self.tipo_documento} {self.articulo_codigo} × {self.cantidad}"


class EstadoEjecucion(models.TextChoices):
    EN_CURSO = "EN_CURSO", "En curso"
    EXITO = "EXITO", "Éxito"
    FALLO = "FALLO", "Falló"
    CANCELADA = "CANCELADA", "Cancelada"
    INTERRUMPIDA = "INTERRUMPIDA", "Interrumpida"


class EjecucionExtraccion(models.Model):
    """One run over a range of days, with its report and the reconciliation of source and target."""

    empresa_servidor = models.ForeignKey(EmpresaServidor, on_delete=models.CASCADE, related_name="extracciones")
    tarea = models.OneToOneField(Tarea, null=True, blank=True, on_delete=models.SET_NULL, related_name="extraccion")
    desde = models.DateField()
    hasta = models.DateField()
    forzada = models.BooleanField(default=False)
    actualizar_cambiadas = models.BooleanField(default=False)
    estado = models.CharField(max_length=12, choices=EstadoEjecucion.choices, default=EstadoEjecucion.EN_CURSO)
    perfil = models.CharField(max_length=20, blank=True)
    charset = models.CharField(max_length=30, blank=True)
    ventanas_leidas = models.PositiveIntegerField(default=0)
    ventanas_omitidas = models.PositiveIntegerField(default=0)
    ventanas_cambiadas = models.PositiveIntegerField(default=0)
    filas_leidas = models.BigIntegerField(default=0)
    filas_cargadas = models.BigIntegerField(default=0)
    filas_rechazadas = models.BigIntegerField(default=0)
    diferencias = models.PositiveIntegerField(default=0, help_text="Ventanas donde origen y destino no coinciden.")
    informe = models.JSONField(default=dict, blank=True)
    conciliacion = models.JSONField("conciliación", default=list, blank=True)
    error_codigo = models.CharField(max_length=60, blank=True)
    error_detalle = models.TextField(blank=True)
    iniciada = models.DateTimeField(auto_now_add=True)
    terminada = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "ejecuciones_extraccion"
        ordering = ["-iniciada", "-id"]
        verbose_name = "ejecución de extracción"
        verbose_name_plural = "ejecuciones de extracción"
        constraints = [
            models.UniqueConstraint(
                fields=["empresa_servidor"], condition=Q(estado="EN_CURSO"), name="extraccion_en_curso_unica"
            ),
            models.CheckConstraint(condition=Q(desde__lte=F("hasta")), name="extraccion_rango_valido"),
        ]
        indexes = [models.Index(fields=["empresa_servidor", "-iniciada"], name="extraccion_empresa")]

    def __str__(self) -> str:
        return f"{self.empresa_servidor} {self.desde}–{self.hasta} ({self.get_estado_display()})"


class VentanaExtraccion(models.Model):
    """Days of one month whose movements are in the table, whole. Windows of a company never overlap (by constraint)."""

    empresa_servidor = models.ForeignKey(
        EmpresaServidor, on_delete=models.CASCADE, related_name="ventanas", db_index=False
    )
    desde = models.DateField()
    hasta = models.DateField()
    filas = models.BigIntegerField()
    suma_cantidad = models.DecimalField(max_digits=26, decimal_places=4)
    suma_valor = models.DecimalField(max_digits=26, decimal_places=4)
    huella = models.CharField(max_length=160, blank=True, help_text="Lo que el origen decía de estos días al leerlos.")
    perfil = models.CharField(max_length=20)
    ejecucion = models.ForeignKey(
        EjecucionExtraccion, null=True, blank=True, on_delete=models.SET_NULL, related_name="ventanas"
    )
    extraida = models.DateTimeField()

    # Not a column: whether the source changed since, told by cobertura_de.
    cambiada: bool = False

    class Meta:
        db_table = "ventanas_extraccion"
        ordering = ["empresa_servidor", "desde"]
        verbose_name = "ventana extraída"
        verbose_name_plural = "ventanas extraídas"
        constraints = [
            models.UniqueConstraint(fields=["empresa_servidor", "desde"], name="ventana_unica"),
            models.CheckConstraint(condition=Q(desde__lte=F("hasta")), name="ventana_rango_valido"),
            models.CheckConstraint(condition=Q(desde__gte=TruncMonth(F("hasta"))), name="ventana_de_un_mes"),
        ]

    def __str__(self) -> str:
        return f"{self.empresa_servidor} {self.desde}–{self.hasta}: {self.filas}"

    @property
    def abierta(self) -> bool:
        """Its last day had not ended when it was read."""
        return timezone.localdate(self.extraida) <= self.hasta


class ReglaTipoBodega(models.Model):
    """A warehouse whose name contains `contiene` is of type `tipo_bodega`; the first rule that fits decides.

    A company's own rules replace the general ones (those without company).
    """

    empresa_servidor = models.ForeignKey(
        EmpresaServidor, null=True, blank=True, on_delete=models.CASCADE, related_name="reglas_bodega"
    )
    orden = models.PositiveSmallIntegerField()
    contiene = models.CharField(max_length=60, blank=True, help_text="Vacío: cualquier bodega.")
    tipo_bodega = models.CharField(
        max_length=60, help_text=", ".join(sorted({r.type for r in DEFAULT_WAREHOUSE_RULES}))
    )

    class Meta:
        db_table = "reglas_tipo_bodega"
        ordering = ["empresa_servidor", "orden", "id"]
        verbose_name = "regla de tipo de bodega"
        verbose_name_plural = "reglas de tipo de bodega"
        constraints = [
            models.UniqueConstraint(
                fields=["empresa_servidor", "orden"], name="regla_bodega_orden_unico", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"{self.contiene or '(todas)'} → {self.tipo_bodega}"
