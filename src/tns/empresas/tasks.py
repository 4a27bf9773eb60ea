from __future__ import annotations

from tns.empresas.descubrimiento import ResultadoDescubrimiento, descubrir_empresas
from tns.servidores.models import Servidor
from tns.tareas.contexto import ContextoTarea
from tns.tareas.ejecucion import tarea_celery


@tarea_celery(tipo="descubrimiento", cola="rapidas")
def descubrir_empresas_task(contexto: ContextoTarea, *, servidor_id: int) -> ResultadoDescubrimiento:
    """Discover the companies of one server."""
    return descubrir_empresas(servidor=Servidor.objects.get(id=servidor_id), progreso=contexto)
