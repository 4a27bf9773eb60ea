"""Users of the console, and the trail of what everybody did."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.contrib.sessions.base_session import AbstractBaseSession
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from tns.cuentas.alcance import Alcance
from tns.cuentas.sesiones import SessionStore


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
    clave_temporal = models.BooleanField(
        "contraseña temporal", default=False, help_text="La puso un administrador: no da permisos hasta que se cambie."
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
        return bool(self.rol_efectivo) and not self.clave_temporal

    @property
    def puede_operar(self) -> bool:
        return self.puede_leer and self.rol_efectivo in (Rol.ADMINISTRADOR, Rol.OPERADOR)

    @property
    def puede_administrar(self) -> bool:
        return self.puede_leer and self.rol_efectivo == Rol.ADMINISTRADOR

    @property
    def alcance(self) -> Alcance:
        if not self.puede_leer:
            return Alcance()
        return Alcance.de_nits(self.nits_base) if self.nits_base else Alcance.total()


class Sesion(AbstractBaseSession):
    """An open session; `identificador` names it to its owner, the key stays secret."""

    usuario = models.ForeignKey(Usuario, null=True, on_delete=models.CASCADE, related_name="sesiones")
    identificador = models.CharField(max_length=32, unique=True)
    abierta = models.DateTimeField(null=True)
    ip = models.GenericIPAddressField(null=True)
    navegador = models.CharField(max_length=200, blank=True)

    class Meta(AbstractBaseSession.Meta):
        db_table = "sesiones"
        verbose_name = "sesión"
        verbose_name_plural = "sesiones"

    def __str__(self) -> str:
        return f"Sesión {self.identificador[:8]}"  # Django's own would be the key, which opens it

    @classmethod
    def get_session_store_class(cls) -> type[SessionStore]:
        return SessionStore


class Invitacion(models.Model):
    """A link with which one person makes his own user, role and NITs already approved. Only its hash is stored."""

    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    email = models.EmailField(blank=True)
    rol = models.CharField(max_length=16, choices=Rol.choices)
    nits_base = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    creada_por = models.ForeignKey(Usuario, null=True, on_delete=models.SET_NULL, related_name="invitaciones")
    creada = models.DateTimeField(auto_now_add=True)
    caduca = models.DateTimeField()
    usada_por = models.OneToOneField(
        Usuario, null=True, blank=True, on_delete=models.SET_NULL, related_name="invitacion"
    )
    usada = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "invitaciones"
        ordering = ["-creada", "-id"]
        verbose_name = "invitación"
        verbose_name_plural = "invitaciones"

    def __str__(self) -> str:
        return f"Invitación de {self.get_rol_display().lower()} {self.email}".strip()


class ActorTipo(models.TextChoices):
    USUARIO = "usuario", "Usuario"
    LLAVE = "llave", "API key"
    SISTEMA = "sistema", "Sistema"


class RegistroAuditoria(models.Model):
    """One act: who did what to which record, when and from where. A trigger refuses every change of a row.

    It names people and records by value, not by foreign key: they may be deleted, what they did stays.
    """

    momento = models.DateTimeField(auto_now_add=True)
    actor_tipo = models.CharField(max_length=8, choices=ActorTipo.choices)
    actor_id = models.BigIntegerField(null=True, blank=True)
    actor_nombre = models.CharField(max_length=200, blank=True)
    accion = models.CharField(max_length=40)
    objeto_tipo = models.CharField(max_length=60, blank=True)
    objeto_id = models.CharField(max_length=64, blank=True)
    objeto_nombre = models.CharField(max_length=200, blank=True)
    nit_base = models.CharField(max_length=20, blank=True)
    cambios = models.JSONField(
        default=dict, encoder=DjangoJSONEncoder, help_text="Por campo: antes y después; los secretos van enmascarados."
    )
    ip = models.GenericIPAddressField(null=True, blank=True)
    id_peticion = models.CharField(max_length=64, blank=True)
    tarea = models.CharField(max_length=36, blank=True)

    class Meta:
        db_table = "auditoria"
        ordering = ["-momento", "-id"]
        verbose_name = "registro de auditoría"
        verbose_name_plural = "auditoría"
        indexes = [
            models.Index(fields=["-momento", "-id"], name="auditoria_momento"),
            models.Index(fields=["objeto_tipo", "objeto_id", "-momento"], name="auditoria_objeto"),
            models.Index(fields=["actor_nombre", "-momento"], name="auditoria_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_nombre}: {self.accion} {self.objeto_nombre}".strip()
