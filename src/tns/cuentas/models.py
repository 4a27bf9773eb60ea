"""Users of the console."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models

from tns.cuentas.alcance import Alcance


class Rol(models.TextChoices):
    ADMINISTRADOR = "administrador", "Administrador"
    OPERADOR = "operador", "Operador"
    LECTOR = "lector", "Lector"
    NINGUNO = "", "Sin rol"


class Usuario(AbstractUser):
    """A person who signs in. Without a role he sees nothing, so registering alone gives no rights."""

    rol = models.CharField(max_length=16, choices=Rol.choices, default=Rol.NINGUNO, blank=True)
    nits_base = ArrayField(
        models.CharField(max_length=20),
        default=list,
        blank=True,
        verbose_name="NIT permitidos",
        help_text="Bases de NIT a las que se limita este usuario; vacío significa todas.",
    )

    class Meta:
        db_table = "usuarios"
        verbose_name = "usuario"
        verbose_name_plural = "usuarios"

    @property
    def rol_efectivo(self) -> str:
        return Rol.ADMINISTRADOR if self.is_superuser else self.rol

    @property
    def puede_leer(self) -> bool:
        return bool(self.rol_efectivo)

    @property
    def puede_operar(self) -> bool:
        return self.rol_efectivo in (Rol.ADMINISTRADOR, Rol.OPERADOR)

    @property
    def puede_administrar(self) -> bool:
        return self.rol_efectivo == Rol.ADMINISTRADOR

    @property
    def alcance(self) -> Alcance:
        if not self.puede_leer:
            return Alcance()
        return Alcance.de_nits(self.nits_base) if self.nits_base else Alcance.total()
