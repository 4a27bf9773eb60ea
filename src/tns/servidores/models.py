"""A customer's database server."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from tns.common.cifrado import SecretoField
from tns.engines.sources.info import ConnectionInfo, SourceKind


class TipoServidor(models.TextChoices):
    FIREBIRD = "FIREBIRD", "Firebird"
    SQL_SERVER = "SQL_SERVER", "SQL Server"


PUERTO_POR_DEFECTO = {TipoServidor.FIREBIRD: 3050, TipoServidor.SQL_SERVER: 1433}


class Servidor(models.Model):
    nombre = models.CharField(max_length=120, unique=True)
    host = models.CharField(max_length=253)
    usuario = models.CharField(max_length=128)
    password = SecretoField("contraseña")
    tipo_servidor = models.CharField(max_length=12, choices=TipoServidor.choices, default=TipoServidor.FIREBIRD)
    puerto = models.PositiveIntegerField(
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(65535)],
        help_text="3050 para Firebird y 1433 para SQL Server si se deja vacío.",
    )
    ruta_maestra = models.CharField(
        max_length=500,
        help_text=r"Ruta de ADMIN.gdb como la ve el servidor, p. ej. C:\datos\ADMIN.gdb; en SQL Server, la base.",
    )
    creado = models.DateTimeField(auto_now_add=True)
    actualizado = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "servidores"
        ordering = ["nombre"]
        verbose_name = "servidor"
        verbose_name_plural = "servidores"
        constraints = [
            models.CheckConstraint(condition=Q(puerto__gte=1, puerto__lte=65535), name="servidor_puerto_valido"),
            models.CheckConstraint(
                condition=Q(tipo_servidor__in=["FIREBIRD", "SQL_SERVER"]), name="servidor_tipo_valido"
            ),
        ]

    def __str__(self) -> str:
        return self.nombre

    def save(self, *args: object, **kwargs: object) -> None:
        if self.puerto is None:
            self.puerto = PUERTO_POR_DEFECTO[TipoServidor(self.tipo_servidor)]
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def conexion(self, ruta: str | None = None) -> ConnectionInfo:
        """How to reach `ruta` (ADMIN.gdb when None) on this server; decrypts the password."""
        return ConnectionInfo(
            kind=SourceKind(self.tipo_servidor),
            host=self.host,
            port=self.puerto,
            user=self.usuario,
            password=self.password.revelar(),
            path=ruta or self.ruta_maestra,
        )
