"""A customer's tunnel: one peer of a WireGuard server."""

from __future__ import annotations

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from tns.common.cifrado import SecretoField
from tns.engines.wireguard.dump import ONLINE_WITHIN
from tns.servidores.models import Servidor
from tns.vpn.models.servidor import ServidorWireGuard


class EstadoAplicacion(models.TextChoices):
    PENDIENTE = "PENDIENTE", "Pendiente de aplicar"
    APLICADA = "APLICADA", "Aplicada"


class OrigenConfig(models.TextChoices):
    CREADA = "CREADA", "Creada aquí"
    IMPORTADA = "IMPORTADA", "Importada del servidor"


class VpnConfig(models.Model):
    """The row is what must be; `estado` says whether the server was made to agree with it.

    Every change of what must be raises `generacion`, so that an older run can never mark a newer wish as done.
    """

    servidor_wireguard = models.ForeignKey(ServidorWireGuard, on_delete=models.PROTECT, related_name="configs")
    servidor = models.ForeignKey(
        Servidor,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="vpn_configs",
        help_text="El servidor de bases de datos que se alcanza por este túnel.",
    )
    nombre = models.CharField(max_length=80)
    ip_address = models.GenericIPAddressField("dirección IPv4", protocol="IPv4", null=True, blank=True)
    ipv6_address = models.GenericIPAddressField("dirección IPv6", protocol="IPv6", null=True, blank=True)
    redes_adicionales = ArrayField(models.CharField(max_length=49), default=list, blank=True)
    public_key = models.CharField("llave pública", max_length=44)
    private_key = SecretoField("llave privada", blank=True, default="")
    preshared_key = SecretoField("llave compartida", blank=True, default="")
    keepalive_servidor = models.PositiveIntegerField(null=True, blank=True)
    endpoint_fijo = models.CharField(max_length=260, blank=True)
    activo = models.BooleanField(default=True)
    expira_en = models.DateTimeField(null=True, blank=True)
    notas = models.TextField(blank=True)
    origen = models.CharField(max_length=10, choices=OrigenConfig.choices, default=OrigenConfig.CREADA)

    anterior_public_key = models.CharField(max_length=44, blank=True)
    anterior_preshared_key = SecretoField(blank=True, default="")
    anterior_hasta = models.DateTimeField(null=True, blank=True, help_text="Fin del solape de una rotación.")

    estado = models.CharField(max_length=10, choices=EstadoAplicacion.choices, default=EstadoAplicacion.PENDIENTE)
    generacion = models.PositiveIntegerField(default=1)
    eliminando = models.BooleanField(default=False)
    presente = models.BooleanField(default=False, help_text="Si el peer está en el servidor, según lo último aplicado.")
    ultimo_intento = models.DateTimeField(null=True, blank=True)
    ultimo_error = models.TextField(blank=True)
    ultimo_error_codigo = models.CharField(max_length=60, blank=True)

    ultimo_handshake = models.DateTimeField(null=True, blank=True)
    endpoint_visto = models.CharField(max_length=260, blank=True)
    rx_bytes = models.BigIntegerField("recibidos", default=0, help_text="Bytes recibidos del cliente.")
    tx_bytes = models.BigIntegerField("enviados", default=0, help_text="Bytes enviados al cliente.")
    leido = models.DateTimeField(null=True, blank=True)
    creado = models.DateTimeField(auto_now_add=True)
    actualizado = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "vpn_configs"
        ordering = ["nombre", "id"]
        verbose_name = "configuración VPN"
        verbose_name_plural = "configuraciones VPN"
        constraints = [
            models.UniqueConstraint(fields=["servidor_wireguard", "nombre"], name="vpn_nombre_unico"),
            models.UniqueConstraint(fields=["servidor_wireguard", "ip_address"], name="vpn_ipv4_unica"),
            models.UniqueConstraint(fields=["servidor_wireguard", "ipv6_address"], name="vpn_ipv6_unica"),
            models.UniqueConstraint(fields=["servidor_wireguard", "public_key"], name="vpn_llave_unica"),
            models.CheckConstraint(
                condition=Q(ip_address__isnull=False) | Q(origen="IMPORTADA"), name="vpn_creada_con_ipv4"
            ),
        ]
        indexes = [models.Index(fields=["estado"], name="vpn_pendiente", condition=Q(estado="PENDIENTE"))]

    def __str__(self) -> str:
        return self.nombre

    @property
    def llave_del_cliente(self) -> bool:
        """The client made the key pair and keeps the private half."""
        return not self.private_key

    @property
    def rotando(self) -> bool:
        """The old key still works beside the new one."""
        return bool(self.anterior_public_key)

    def debe_estar(self, ahora: datetime) -> bool:
        """Whether the peer must be on the server."""
        return self.activo and not self.eliminando and (self.expira_en is None or self.expira_en > ahora)

    @property
    def en_linea(self) -> bool:
        """A handshake within the life of a session."""
        return self.ultimo_handshake is not None and timezone.now() - self.ultimo_handshake < ONLINE_WITHIN
