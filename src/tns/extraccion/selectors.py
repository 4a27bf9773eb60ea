"""Reading movements, windows and runs, each caller his own."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from typing import Any

from django.db.models import Max, Min, QuerySet, Sum

from tns.common.nit import NitInvalido, interpretar
from tns.common.problemas import DatosInvalidos
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


def empresas_por_id(ids: Iterable[int]) -> list[EmpresaServidor]:
    """Those companies that still exist, newest fiscal year first, so that what is looked at most comes first."""
    return list(EmpresaServidor.objects.filter(id__in=list(ids)).order_by("-anio_fiscal", "nombre", "id"))


def grupo_de_empresas(
    alcance: Alcance, *, servidor_id: int | None = None, nit: str | None = None, ids: Iterable[int] | None = None
) -> dict[str, Any]:
    """The companies of a server, of a NIT, or those named, that the caller may see; with the group's title and key.

    Raises DatosInvalidos for a bad NIT, or when one of those named is not there for the caller.
    """
    visibles = empresas_visibles(alcance).order_by("-anio_fiscal", "nombre", "id")
    if servidor_id is not None:
        empresas = list(visibles.filter(servidor_id=servidor_id))
        nombre = empresas[0].servidor.nombre if empresas else str(servidor_id)
        return {"empresas": empresas, "titulo": f"Extraer datos de {nombre}", "objeto": f"servidor:{servidor_id}"}
    if ids is not None:
        return _grupo_elegido(visibles, set(ids))
    try:
        interpretado = interpretar(nit or "")
    except NitInvalido as error:
        raise DatosInvalidos({"nit": [str(error)]}) from error
    empresas = list(visibles.filter(nit_base=interpretado.base))
    return {
        "empresas": empresas,
        "titulo": f"Extraer datos del NIT {interpretado.normalizado}",
        "objeto": f"nit:{interpretado.base}",
    }


def _grupo_elegido(visibles: QuerySet[EmpresaServidor], ids: set[int]) -> dict[str, Any]:
    empresas = list(visibles.filter(id__in=ids))
    if faltan := sorted(ids - {empresa.id for empresa in empresas}):
        raise DatosInvalidos({"empresas": [f"No existe la empresa {faltan[0]}."]})
    # The same choice has the same key, however it was ordered; the key must fit in its column.
    huella = hashlib.sha256(",".join(map(str, sorted(ids))).encode()).hexdigest()[:16]
    titulo = (
        f"Extraer datos de {len(empresas)} empresas" if len(empresas) > 1 else f"Extraer datos de {empresas[0].nombre}"
    )
    return {"empresas": empresas, "titulo": titulo, "objeto": f"empresas:{huella}"}


def ventanas_de(empresa_id: int) -> list[VentanaExtraccion]:
    return list(VentanaExtraccion.objects.filter(empresa_servidor_id=empresa_id).order_by("desde"))


def cobertura_de(empresa: EmpresaServidor) -> dict[str, Any]:
    """What is extracted of a company: its windows, their sums, and the days missing between the first and the last."""
    ventanas = ventanas_de(empresa.id)
    _marcar_cambiadas(empresa, ventanas)
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


def _marcar_cambiadas(empresa: EmpresaServidor, ventanas: list[VentanaExtraccion]) -> None:
    """Say of each window whether a run after its extraction found that the source had changed.

    A later run that read the window again renewed `extraida`, so what was found before no longer counts.
    """
    halladas: dict[str, dt.datetime] = {}
    corridas = EjecucionExtraccion.objects.filter(empresa_servidor=empresa, ventanas_cambiadas__gt=0)
    for iniciada, informe in corridas.order_by("iniciada").values_list("iniciada", "informe"):
        halladas |= {cambiada["desde"]: iniciada for cambiada in informe.get("ventanas_cambiadas", [])}
    for ventana in ventanas:
        hallada = halladas.get(ventana.desde.isoformat())
        ventana.cambiada = hallada is not None and hallada > ventana.extraida


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
