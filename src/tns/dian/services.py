"""What can be asked for: sending one document, sending a range, taking up what was left in doubt."""

from __future__ import annotations

import datetime as dt
from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from tns.cuentas.models import Usuario
from tns.dian.models import ACEPTADOS, EN_DUDA, DocumentoDian, EstadoEnvio
from tns.empresas.models import EmpresaServidor
from tns.tareas import services as tareas
from tns.tareas.models import Tarea
from tns.tareas.services import TareaEnCurso

_DIAS_DE_INSISTENCIA = 3
_MAX_RETOMADOS = 200


def encolar_factura(*, empresa: EmpresaServidor, kardex_id: int, usuario: Usuario | None) -> Tarea:
    """Begin to send one document; raises TareaEnCurso when it is being sent."""
    from tns.dian.tasks import procesar_factura_dian_task

    return tareas.encolar(
        procesar_factura_dian_task,
        titulo=f"Enviar a la DIAN el documento {kardex_id} de {empresa}",
        objeto=f"dian:{empresa.id}:{kardex_id}",
        nit_base=empresa.nit_base,
        argumentos={"empresa_servidor_id": empresa.id, "kardex_id": kardex_id},
        usuario=usuario,
    )


def encolar_lote(
    *,
    empresa: EmpresaServidor,
    desde: dt.date,
    hasta: dt.date,
    codcomps: list[str],
    reintentar_rechazados: bool,
    usuario: Usuario | None,
) -> Tarea:
    """Begin to send a range of dates; raises TareaEnCurso when the company's batch is under way."""
    from tns.dian.tasks import procesar_lote_dian_task

    return tareas.encolar(
        procesar_lote_dian_task,
        titulo=f"Enviar a la DIAN los documentos de {empresa} del {desde} al {hasta}",
        objeto=f"dian-lote:{empresa.id}",
        nit_base=empresa.nit_base,
        argumentos={
            "empresa_servidor_id": empresa.id,
            "fecha_inicio": desde,
            "fecha_fin": hasta,
            "codcomps": codcomps,
            "reintentar_rechazados": reintentar_rechazados,
        },
        usuario=usuario,
    )


def retomar_pendientes() -> int:
    """Ask again for what is in doubt and write what TNS still lacks; answers how many were taken up."""
    ahora = timezone.now()
    quietos = ahora - timedelta(seconds=settings.DIAN_ESPERA_CONSULTA_S)
    sin_escribir = Q(estado__in=[*ACEPTADOS, EstadoEnvio.RECHAZADO], escrito_en__isnull=True)
    filas = (
        DocumentoDian.objects.select_related("empresa_servidor")
        .filter(Q(estado__in=EN_DUDA) | sin_escribir, actualizado__lt=quietos)
        .filter(enviado_en__gt=ahora - timedelta(days=_DIAS_DE_INSISTENCIA))
        .order_by("actualizado")[:_MAX_RETOMADOS]
    )
    retomados = 0
    for fila in filas:
        try:
            encolar_factura(empresa=fila.empresa_servidor, kardex_id=fila.kardex_id, usuario=None)
        except TareaEnCurso:
            continue
        retomados += 1
    return retomados
