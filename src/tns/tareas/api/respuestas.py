"""The 202 that every long operation answers."""

from __future__ import annotations

from rest_framework import status
from rest_framework.response import Response
from rest_framework.reverse import reverse

from tns.tareas.models import Tarea


def aceptada(tarea: Tarea) -> Response:
    """202 with the `task_id` and where to follow it."""
    cuerpo = {
        "task_id": str(tarea.id),
        "estado": tarea.estado,
        "titulo": tarea.titulo,
        "estado_url": f"{reverse('sistema-estado-tarea')}?task_id={tarea.id}",
        "eventos_url": reverse("tarea-eventos", args=[tarea.id]),
    }
    return Response(cuerpo, status=status.HTTP_202_ACCEPTED, headers={"Location": cuerpo["estado_url"]})
