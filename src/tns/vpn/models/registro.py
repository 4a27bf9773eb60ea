"""What was seen of a tunnel (samples) and what was handed out (one-time links)."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from tns.vpn.models.configuracion import VpnConfig


class VpnMuestra(models.Model):
    """State of a tunnel at one moment; the server counts bytes from zero at each restart of the interface."""

    config = models.ForeignKey(VpnConfig, on_delete=models.CASCADE, related_name="muestras")
    instante = models.DateTimeField()
    en_linea = models.BooleanField()
    ultimo_handshake = models.DateTimeField(null=True)
    endpoint = models.CharField(max_length=260, blank=True)
    rx_bytes = models.BigIntegerField()
    tx_bytes = models.BigIntegerField()

    class Meta:
        db_table = "vpn_muestras"
        ordering = ["-instante"]
        verbose_name = "muestra de VPN"
        verbose_name_plural = "muestras de VPN"
        indexes = [
            models.Index(fields=["config", "-instante"], name="vpn_muestra_config"),
            models.Index(fields=["instante"], name="vpn_muestra_instante"),
        ]

    def __str__(self) -> str:
        return f"{self.config_id} {self.instante:%Y-%m-%d %H:%M}"


class VpnEnlace(models.Model):
    """A link that gives a configuration once; only the hash of its token is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    config = models.ForeignKey(VpnConfig, on_delete=models.CASCADE, related_name="enlaces")
    token_sha256 = models.CharField(max_length=64, unique=True)
    creado = models.DateTimeField(auto_now_add=True)
    creado_por = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    expira = models.DateTimeField()
    usado = models.DateTimeField(null=True)

    class Meta:
        db_table = "vpn_enlaces"
        ordering = ["-creado"]
        verbose_name = "enlace de VPN"
        verbose_name_plural = "enlaces de VPN"

    def __str__(self) -> str:
        return f"{self.config} hasta {self.expira:%Y-%m-%d %H:%M}"
