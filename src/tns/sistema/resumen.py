"""The dashboard: what there is, how fresh it is, what is going on, and what needs somebody's attention."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.utils import timezone

from tns.api_keys.models import vigentes
from tns.api_keys.selectors import llaves_visibles
from tns.cuentas.alcance import Alcance
from tns.empresas.models import EmpresaServidor
from tns.empresas.selectors import empresas_visibles
from tns.extraccion.models import EstadoEjecucion, VentanaExtraccion
from tns.extraccion.selectors import ejecuciones_visibles
from tns.ml.models import EstadoModelo, ModeloML
from tns.servidores.selectors import servidores_visibles
from tns.tareas.models import ESTADOS_VIVOS, EstadoTarea, Tarea
from tns.tareas.selectors import tareas_visibles

DIAS_FRESCA = 7
DIAS_AVISO_LLAVE = 30
MESES = 24
MAX_ATENCION = 10


def resumen(alcance: Alcance) -> dict[str, Any]:
    """Everything the first page of the console shows, of what the caller may see."""
    ahora = timezone.now()
    empresas = empresas_visibles(alcance)
    return {
        "generado": ahora,
        "servidores": servidores_visibles(alcance).count(),
        "empresas": _empresas(empresas, ahora - timedelta(days=DIAS_FRESCA)),
        "movimientos": _movimientos(alcance),
        "extracciones": _extracciones(alcance, ahora),
        "modelos": _modelos(alcance),
        "api_keys": _llaves(alcance, ahora),
        "tareas": _tareas(alcance, ahora),
        "atencion": _atencion(alcance, ahora),
    }


def _empresas(empresas: QuerySet[EmpresaServidor], limite: Any) -> dict[str, int]:
    return empresas.aggregate(
        total=Count("id"),
        nits=Count("nit_base", distinct=True),
        sin_extraer=Count("id", filter=Q(ultima_extraccion__isnull=True)),
        al_dia=Count("id", filter=Q(ultima_extraccion__gte=limite)),
        atrasadas=Count("id", filter=Q(ultima_extraccion__lt=limite)),
    )


def _movimientos(alcance: Alcance) -> dict[str, Any]:
    # The windows know how many rows each month has: counting the movements themselves would read millions.
    ventanas = alcance.filtrar(VentanaExtraccion.objects.order_by(), "empresa_servidor__nit_base")
    meses = (
        ventanas.annotate(mes=TruncMonth("desde")).values("mes").annotate(filas=Sum("filas")).order_by("-mes")[:MESES]
    )
    return {
        "total": ventanas.aggregate(n=Sum("filas"))["n"] or 0,
        "por_mes": [{"mes": fila["mes"], "filas": fila["filas"]} for fila in reversed(meses)],
    }


def _extracciones(alcance: Alcance, ahora: Any) -> dict[str, int]:
    recientes = ejecuciones_visibles(alcance).order_by().filter(iniciada__gte=ahora - timedelta(days=1))
    return recientes.aggregate(
        ultimas_24h=Count("id"),
        exito=Count("id", filter=Q(estado=EstadoEjecucion.EXITO)),
        fallo=Count("id", filter=Q(estado=EstadoEjecucion.FALLO)),
        con_diferencias=Count("id", filter=Q(diferencias__gt=0)),
    )


def _modelos(alcance: Alcance) -> dict[str, int]:
    en_servicio = alcance.filtrar(ModeloML.objects.filter(estado=EstadoModelo.EN_SERVICIO), "nit_base")
    return en_servicio.aggregate(en_servicio=Count("id"), por_reentrenar=Count("id", filter=Q(reentrenar=True)))


def _llaves(alcance: Alcance, ahora: Any) -> dict[str, int]:
    abre = vigentes(ahora)
    pronto = abre & Q(fecha_caducidad__lt=ahora + timedelta(days=DIAS_AVISO_LLAVE))
    return llaves_visibles(alcance).aggregate(
        total=Count("id"), vigentes=Count("id", filter=abre), por_caducar=Count("id", filter=pronto)
    )


def _tareas(alcance: Alcance, ahora: Any) -> dict[str, int]:
    recientes = Q(creada__gte=ahora - timedelta(days=1))
    return tareas_visibles(alcance).aggregate(
        vivas=Count("id", filter=Q(estado__in=ESTADOS_VIVOS)),
        exito_24h=Count("id", filter=recientes & Q(estado=EstadoTarea.EXITO)),
        fallo_24h=Count("id", filter=recientes & Q(estado=EstadoTarea.FALLO)),
    )


def _atencion(alcance: Alcance, ahora: Any) -> list[dict[str, Any]]:
    """At most MAX_ATENCION things of each kind, the most recent first: a code, a sentence, and the record concerned."""
    avisos: list[dict[str, Any]] = []
    fallidas = tareas_visibles(alcance).filter(estado=EstadoTarea.FALLO, terminada__gte=ahora - timedelta(days=1))
    for tarea in _sin_exito_posterior(fallidas.order_by("-terminada")[:MAX_ATENCION]):
        avisos.append(_aviso("tarea_fallida", f"{tarea.titulo}: {tarea.error_detalle}", "tarea", tarea.id))
    for llave in llaves_visibles(alcance).filter(
        vigentes(ahora), fecha_caducidad__lt=ahora + timedelta(days=DIAS_AVISO_LLAVE)
    )[:MAX_ATENCION]:
        dia = timezone.localtime(llave.fecha_caducidad)
        avisos.append(_aviso("llave_por_caducar", f"La llave {llave} caduca el {dia:%d/%m/%Y}.", "api_key", llave.id))
    por_reentrenar = ModeloML.objects.filter(estado=EstadoModelo.EN_SERVICIO, reentrenar=True)
    for modelo in alcance.filtrar(por_reentrenar, "nit_base")[:MAX_ATENCION]:
        avisos.append(_aviso("modelo_por_reentrenar", f"{modelo}: {modelo.motivo_reentrenar}", "modelo", modelo.id))
    sin_extraer = empresas_visibles(alcance).filter(ultima_extraccion__isnull=True).order_by("-creada")
    for empresa in sin_extraer[:MAX_ATENCION]:
        avisos.append(_aviso("empresa_sin_extraer", f"{empresa} no tiene movimientos.", "empresa_servidor", empresa.id))
    return avisos


def _sin_exito_posterior(fallidas: Any) -> list[Tarea]:
    """Failures that nobody has made good since, by the same kind of task on the same object."""
    lista = list(fallidas)
    exitos = Tarea.objects.filter(estado=EstadoTarea.EXITO, objeto__in={t.objeto for t in lista})
    logradas = {
        (t.tipo, t.objeto): t.terminada for t in exitos.order_by("terminada").only("tipo", "objeto", "terminada")
    }
    return [t for t in lista if not ((bien := logradas.get((t.tipo, t.objeto))) and t.terminada and bien > t.terminada)]


def _aviso(codigo: str, texto: str, objeto: str, objeto_id: Any) -> dict[str, Any]:
    return {"codigo": codigo, "texto": texto[:300], "objeto": objeto, "objeto_id": str(objeto_id)}
