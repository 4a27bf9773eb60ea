"""Reading companies, each caller his own."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from tns.common.nit import Nit
from tns.common.problemas import NoEncontrado
from tns.cuentas.alcance import Alcance
from tns.empresas.models import EmpresaServidor


def empresas_visibles(alcance: Alcance) -> QuerySet[EmpresaServidor]:
    return alcance.filtrar(EmpresaServidor.objects.select_related("servidor"), "nit_base")


def empresa_visible(alcance: Alcance, empresa_id: int) -> EmpresaServidor:
    """One company; raises NoEncontrado for an unknown one and for one the caller may not see."""
    empresa = empresas_visibles(alcance).filter(id=empresa_id).first()
    if empresa is None:
        raise NoEncontrado(
            f"No existe una empresa con id {empresa_id}.",
            codigo="empresa_no_encontrada",
            que_hacer="Consulte la lista en /api/empresas-servidor/.",
        )
    return empresa


def empresas_del_nit(nit: Nit) -> QuerySet[EmpresaServidor]:
    """Every company with the same normalised NIT or the same base, newest fiscal year first."""
    return EmpresaServidor.objects.filter(Q(nit_base=nit.base) | Q(nit=nit.normalizado)).order_by("-anio_fiscal", "id")
