"""Reading tasks, each caller his own."""

from __future__ import annotations

import uuid

from django.db.models import QuerySet

from tns.common.problemas import DatosInvalidos, NoEncontrado
from tns.cuentas.alcance import Alcance
from tns.tareas.models import Tarea


def tareas_visibles(alcance: Alcance) -> QuerySet[Tarea]:
    """The tasks about NITs that the caller may see; those about many NITs only for whoever sees all."""
    return alcance.filtrar(Tarea.objects.all(), "nit_base")


def tarea_visible(alcance: Alcance, task_id: str) -> Tarea:
    """The task of that id; raises DatosInvalidos for what is no id and NoEncontrado for one nobody knows."""
    try:
        identificador = uuid.UUID(task_id)
    except ValueError:
        raise DatosInvalidos({"task_id": ["No es un identificador de tarea válido."]}) from None
    tarea = tareas_visibles(alcance).filter(id=identificador).first()
    if tarea is None:
        raise NoEncontrado("No existe una tarea con ese identificador.", codigo="tarea_no_encontrada")
    return tarea
