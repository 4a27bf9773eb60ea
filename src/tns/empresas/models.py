"""A company and fiscal year of Visual TNS."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from tns.common.nit import Nit, interpretar
from tns.servidores.models import Servidor


class EmpresaServidor(models.Model):
    """One database of one company and fiscal year. (nit_base, anio_fiscal) is unique over every server."""

    servidor = models.ForeignKey(Servidor, on_delete=models.PROTECT, related_name="empresas")
    codigo = models.CharField(max_length=30)
    nombre = models.CharField(max_length=200)
    nit = models.CharField("NIT", max_length=20, help_text="Sin puntos, guiones ni espacios.")
    nit_base = models.CharField(max_length=20, editable=False)
    nit_dv = models.CharField("dígito de verificación", max_length=1, blank=True, editable=False)
    nit_dv_correcto = models.BooleanField("DV correcto", default=True, editable=False)
    anio_fiscal = models.PositiveSmallIntegerField("año fiscal")
    ruta_base = models.CharField(max_length=500)
    estado = models.CharField(max_length=20, default="ACTIVO")
    consulta_sql = models.TextField(
        blank=True, help_text="Consulta propia de extracción; vacía usa el perfil que se detecte."
    )
    ultima_extraccion = models.DateTimeField(null=True, blank=True)
    creada = models.DateTimeField(auto_now_add=True)
    actualizada = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "empresas_servidor"
        ordering = ["nombre", "-anio_fiscal"]
        verbose_name = "empresa"
        verbose_name_plural = "empresas"
        constraints = [
            models.UniqueConstraint(fields=["nit_base", "anio_fiscal"], name="empresa_nit_anio_unicos"),
            models.CheckConstraint(
                condition=Q(anio_fiscal__gte=1900, anio_fiscal__lte=2200), name="empresa_anio_valido"
            ),
            models.CheckConstraint(condition=~Q(nit_base=""), name="empresa_nit_presente"),
        ]
        indexes = [models.Index(fields=["nit"], name="empresa_nit")]

    def __str__(self) -> str:
        return f"{self.nombre} {self.anio_fiscal}"

    def asignar_nit(self, texto: str) -> None:
        """Set the NIT and the columns that follow from it; raises NitInvalido."""
        nit: Nit = interpretar(texto)
        self.nit, self.nit_base, self.nit_dv, self.nit_dv_correcto = nit.normalizado, nit.base, nit.dv, nit.dv_correcto
