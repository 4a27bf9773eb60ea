"""A client's API key."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from tns.empresas.models import EmpresaServidor

PREFIJO = "sk_"
LARGO_VISIBLE = len(PREFIJO) + 8


class AlcanceLlave(models.TextChoices):
    """What a key may read; a key without any of them listed reads everything a key can."""

    EMPRESAS = "empresas", "Empresas"
    MOVIMIENTOS = "movimientos", "Movimientos"
    ARTICULOS = "articulos", "Artículos"
    PRONOSTICOS = "pronosticos", "Pronósticos"
    TIENDA = "tienda", "Tienda y autopago"


class EstadoLlave(models.TextChoices):
    VIGENTE = "vigente", "Vigente"
    CADUCADA = "caducada", "Caducada"
    REVOCADA = "revocada", "Revocada"


class APIKeyCliente(models.Model):
    """A key of one NIT. The key itself is told once; here are its SHA-256 and its first characters.

    256 random bits need no slow hash: nobody can try them out.
    """

    nit = models.CharField("NIT", max_length=20, help_text="Sin puntos, guiones ni espacios.")
    nit_base = models.CharField(max_length=20, editable=False)
    nombre_cliente = models.CharField(max_length=200)
    api_key_hash = models.CharField(max_length=64, unique=True, editable=False)
    api_key_prefijo = models.CharField("comienzo de la llave", max_length=LARGO_VISIBLE, editable=False)
    fecha_caducidad = models.DateTimeField()
    activa = models.BooleanField(default=True)
    alcances = ArrayField(models.CharField(max_length=12, choices=AlcanceLlave.choices), default=list, blank=True)
    limite_por_minuto = models.PositiveIntegerField(default=600)
    empresas_asociadas = models.ManyToManyField(EmpresaServidor, related_name="api_keys", blank=True)
    contador_usos = models.BigIntegerField("usos", default=0)
    ultimo_uso = models.DateTimeField(null=True, blank=True)
    reemplaza_a = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="reemplazo"
    )
    creada = models.DateTimeField(auto_now_add=True)
    revocada = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "api_keys_clientes"
        ordering = ["-creada", "-id"]
        verbose_name = "API key"
        verbose_name_plural = "API keys"
        indexes = [
            models.Index(fields=["nit_base"], name="api_key_nit_base"),
            models.Index(fields=["nit"], name="api_key_nit"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(contador_usos__gte=0), name="api_key_usos_no_negativos"),
            models.CheckConstraint(condition=~Q(nit_base=""), name="api_key_nit_presente"),
        ]

    def __str__(self) -> str:
        return f"{self.nombre_cliente} ({self.api_key_prefijo}…)"

    @property
    def estado(self) -> str:
        """What is told to whoever owns the key, and to nobody else."""
        if not self.activa:
            return EstadoLlave.REVOCADA
        return EstadoLlave.VIGENTE if self.fecha_caducidad > timezone.now() else EstadoLlave.CADUCADA


def hash_de(llave: str) -> str:
    """What is stored of a key."""
    return hashlib.sha256(llave.encode()).hexdigest()


def vigentes(ahora: datetime) -> Q:
    """Keys that open the door at that moment."""
    return Q(activa=True, fecha_caducidad__gt=ahora)
