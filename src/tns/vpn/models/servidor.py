"""A WireGuard server that is managed over SSH."""

from __future__ import annotations

import ipaddress
from contextlib import suppress

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from tns.common.cifrado import SecretoField
from tns.engines.wireguard.ssh import HostKey, SSHTarget
from tns.engines.wireguard.values import IPNetwork, networks

_PUERTO = [MinValueValidator(1), MaxValueValidator(65535)]


class ServidorWireGuard(models.Model):
    nombre = models.CharField(max_length=120, unique=True)
    ssh_host = models.CharField("host SSH", max_length=253)
    ssh_puerto = models.PositiveIntegerField("puerto SSH", default=22, validators=_PUERTO)
    ssh_usuario = models.CharField("usuario SSH", max_length=64, default="root")
    ssh_password = SecretoField("contraseña SSH", blank=True, default="")
    ssh_llave = SecretoField("llave SSH privada", blank=True, default="")
    usar_sudo = models.BooleanField(default=False, help_text="Ejecutar con sudo, que no debe pedir contraseña.")
    llave_aprobada = models.TextField(blank=True, help_text="Llave pública del servidor SSH que se aprobó.")
    llave_presentada = models.TextField(blank=True, help_text="Última llave que el servidor SSH presentó.")
    alarma_desde = models.DateTimeField(null=True, blank=True, help_text="Desde cuándo presenta otra llave.")

    interfaz = models.CharField(max_length=15, default="wg0")
    archivo = models.CharField(
        max_length=255, blank=True, help_text="Vacío: /etc/wireguard/<interfaz>.conf en ese servidor."
    )
    endpoint_host = models.CharField(max_length=253, help_text="Nombre o IP pública a la que se conectan los clientes.")
    endpoint_puerto = models.PositiveIntegerField(default=51820, validators=_PUERTO)
    red_ipv4 = models.CharField("red IPv4", max_length=18, help_text="Por ejemplo 10.8.3.0/24.")
    direccion_ipv4 = models.GenericIPAddressField(
        protocol="IPv4", help_text="La del propio servidor; si se omite, la primera de la red."
    )
    red_ipv6 = models.CharField("red IPv6", max_length=49, blank=True)
    direccion_ipv6 = models.GenericIPAddressField(protocol="IPv6", null=True, blank=True)
    redes_permitidas = ArrayField(
        models.CharField(max_length=49),
        default=list,
        blank=True,
        help_text="Redes que el cliente alcanza por el túnel; vacío: las del servidor.",
    )
    dns = ArrayField(models.CharField(max_length=253), default=list, blank=True, verbose_name="DNS")
    mtu = models.PositiveIntegerField(
        "MTU", null=True, blank=True, validators=[MinValueValidator(576), MaxValueValidator(9000)]
    )
    keepalive = models.PositiveIntegerField(
        null=True, blank=True, default=25, validators=[MaxValueValidator(65535)], help_text="Segundos; vacío: ninguno."
    )

    public_key = models.CharField(
        "llave pública", max_length=44, blank=True, help_text="La lee la prueba del servidor."
    )
    ocupadas = ArrayField(
        models.CharField(max_length=49),
        default=list,
        blank=True,
        help_text="Direcciones y redes que ya usan el servidor y peers ajenos, según la última lectura.",
    )
    ultima_lectura = models.DateTimeField(null=True, blank=True)
    ultimo_error = models.TextField(blank=True)
    ultima_reconciliacion = models.JSONField(null=True, blank=True)
    creado = models.DateTimeField(auto_now_add=True)
    actualizado = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "servidores_wireguard"
        ordering = ["nombre"]
        verbose_name = "servidor WireGuard"
        verbose_name_plural = "servidores WireGuard"
        constraints = [
            models.UniqueConstraint(fields=["ssh_host", "ssh_puerto", "interfaz"], name="servidor_wg_interfaz_unica"),
            models.CheckConstraint(condition=~Q(ssh_host=""), name="servidor_wg_con_host"),
        ]

    def __str__(self) -> str:
        return self.nombre

    @property
    def ruta(self) -> str:
        """The interface's file on the server."""
        return self.archivo or f"/etc/wireguard/{self.interfaz}.conf"

    @property
    def redes(self) -> tuple[IPNetwork, ...]:
        """Its one or two networks."""
        return networks(red for red in (self.red_ipv4, self.red_ipv6) if red)

    @property
    def endpoint(self) -> str:
        """Where clients connect, IPv6 in brackets."""
        host = self.endpoint_host
        with suppress(ValueError):
            host = f"[{ipaddress.IPv6Address(host)}]"
        return f"{host}:{self.endpoint_puerto}"

    @property
    def huella_aprobada(self) -> str:
        return HostKey.parse(self.llave_aprobada).fingerprint if self.llave_aprobada else ""

    @property
    def huella_presentada(self) -> str:
        return HostKey.parse(self.llave_presentada).fingerprint if self.llave_presentada else ""

    @property
    def listo(self) -> bool:
        """Approved and tested: configurations may be made."""
        return bool(self.llave_aprobada and self.public_key and not self.alarma_desde)

    def destino(self) -> SSHTarget:
        """How to log in; decrypts the credentials."""
        return SSHTarget(
            host=self.ssh_host,
            port=self.ssh_puerto,
            user=self.ssh_usuario,
            host_key=self.llave_aprobada,
            password=self.ssh_password.revelar(),
            private_key=self.ssh_llave.revelar(),
        )
