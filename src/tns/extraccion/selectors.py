"""Reading movements, windows and runs, each caller his own."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Max, Min, QuerySet, Sum

from tns.cuentas.alcance import Alcance
from tns.empresas.models import EmpresaServidor
from tns.empresas.selectors import empresas_visibles
from tns.engines.loading.fields import DEFAULT_WAREHOUSE_RULES, WarehouseRule
from tns.engines.loading.windows import Window, missing
from tns.extraccion.models import EjecucionExtraccion, MovimientoInventario, ReglaTipoBodega, VentanaExtraccion


def movimientos_visibles(alcance: Alcance) -> QuerySet[MovimientoInventario]:
    """Movements of the companies that the caller may see."""
    consulta = MovimientoInventario.objects.all()
    return consulta if alcance.todo else consulta.filter(empresa_servidor__in=empresas_visibles(alcance).values("id"))


def ejecuciones_visibles(alcance: Alcance) -> QuerySet[EjecucionExtraccion]:
    """Runs of the companies that the caller may see, newest first."""
    return alcance.filtrar(EjecucionExtraccion.objects.select_related("empresa_servidor"), "empresa_servidor__nit_base")


def ventanas_de(empresa_id: int) -> list[VentanaExtraccion]:
    return list(VentanaExtraccion.objects.filter(empresa_servidor_id=empresa_id).order_by("desde"))


def cobertura_de(empresa: EmpresaServidor) -> dict[str, Any]:
    """What is extracted of a company: its windows, their sums, and the days missing between the first and the last."""
    ventanas = ventanas_de(empresa.id)
    resumen = VentanaExtraccion.objects.filter(empresa_servidor=empresa).aggregate(
        desde=Min("desde"), hasta=Max("hasta"), filas=Sum("filas")
    )
    huecos: list[Window] = []
    if resumen["desde"]:
        huecos = missing(resumen["desde"], resumen["hasta"], [Window(v.desde, v.hasta) for v in ventanas])
    return {
        "empresa_servidor_id": empresa.id,
        "desde": resumen["desde"],
        "hasta": resumen["hasta"],
        "filas": resumen["filas"] or 0,
        "ventanas": ventanas,
        "huecos": [{"desde": hueco.desde, "hasta": hueco.hasta} for hueco in huecos],
    }


def reglas_de_bodega(empresa_id: int) -> tuple[WarehouseRule, ...]:
    """The company's own rules, else the general ones, else the ones the program comes with."""
    for filtro in ({"empresa_servidor_id": empresa_id}, {"empresa_servidor__isnull": True}):
        reglas = ReglaTipoBodega.objects.filter(**filtro).order_by("orden")
        if propias := tuple(WarehouseRule(regla.contiene, regla.tipo_bodega) for regla in reglas):
            return propias
    return DEFAULT_WAREHOUSE_RULES


MESES = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio",
    "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre",
)  # fmt: skip


def nombre_del_mes(dia: dt.date) -> str:
    """marzo de 2025"""
    return f"{MESES[dia.month - 1]} de {dia.year}"
