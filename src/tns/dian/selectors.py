"""Reading documents, each caller his own."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet

from tns.common.nit import NitInvalido, interpretar
from tns.common.problemas import DatosInvalidos, NoEncontrado
from tns.cuentas.alcance import Alcance
from tns.dian.models import ConfiguracionDian, DocumentoDian, DocumentoRecibido, EventoDian
from tns.empresas.models import EmpresaServidor
from tns.empresas.selectors import empresa_visible, empresas_del_nit


def documentos_visibles(alcance: Alcance) -> QuerySet[DocumentoDian]:
    consulta = DocumentoDian.objects.select_related("empresa_servidor")
    return alcance.filtrar(consulta, "nit_base")


def con_historial(consulta: QuerySet[DocumentoDian]) -> QuerySet[DocumentoDian]:
    return consulta.prefetch_related(Prefetch("eventos", queryset=EventoDian.objects.order_by("id")))


def recibidos_visibles(alcance: Alcance) -> QuerySet[DocumentoRecibido]:
    """Without the heavy columns, which only the detail and the downloads read."""
    consulta = DocumentoRecibido.objects.select_related("empresa_servidor", "archivo").defer(
        "xml", "contenido", "verificacion", "archivo__contenido"
    )
    return alcance.filtrar(consulta, "nit_base")


def configuraciones_visibles(alcance: Alcance) -> QuerySet[ConfiguracionDian]:
    return alcance.filtrar(ConfiguracionDian.objects.all(), "nit_base")


def empresa_pedida(
    alcance: Alcance, *, empresa_servidor_id: int | None, nit: str, anio_fiscal: int | None
) -> EmpresaServidor:
    """The company a request means: by its id, or the newest (or the given) fiscal year of its NIT.

    Raises DatosInvalidos for a NIT that is none, NoEncontrado for what the caller may not see.
    """
    if empresa_servidor_id is not None:
        return empresa_visible(alcance, empresa_servidor_id)
    try:
        consulta = alcance.filtrar(empresas_del_nit(interpretar(nit)), "nit_base").select_related("servidor")
    except NitInvalido as error:
        raise DatosInvalidos({"nit": [str(error)]}) from error
    if anio_fiscal is not None:
        consulta = consulta.filter(anio_fiscal=anio_fiscal)
    empresa = consulta.first()
    if empresa is None:
        raise NoEncontrado(
            "No hay una empresa con ese NIT" + (f" y año {anio_fiscal}." if anio_fiscal else "."),
            codigo="empresa_no_encontrada",
            que_hacer="Consulte la lista en /api/empresas-servidor/.",
        )
    return empresa
