"""Reading servers, each caller his own."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet

from tns.cuentas.alcance import Alcance
from tns.servidores.models import Servidor


def servidores_visibles(alcance: Alcance) -> QuerySet[Servidor]:
    """Servers with `total_empresas`; whoever is limited to some NITs sees those that hold a company of theirs."""
    todos = Servidor.objects.order_by("nombre")
    if alcance.todo:
        return todos.annotate(total_empresas=Count("empresas"))
    suyas = Q(empresas__nit_base__in=alcance.nits_base)
    return todos.annotate(total_empresas=Count("empresas", filter=suyas)).filter(total_empresas__gt=0)
