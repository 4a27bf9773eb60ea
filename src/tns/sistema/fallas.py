"""What fails by itself at this moment: the latest end of every kind of unattended work on every object."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Case, F, Max, Q, Value, When
from django.db.models.functions import Concat
from django.utils import timezone

from tns.sistema import horario
from tns.sistema.models import Falla, Programacion
from tns.tareas.models import EstadoTarea, Tarea

VENTANA = timedelta(days=2)
_CREADAS = timedelta(days=30)  # bounds the search by an index; no task waits longer
OLVIDAR_RECUPERADA, OLVIDAR = timedelta(days=3), timedelta(days=40)
_PROGRAMACION = "programacion"
_SIN_PERSONA = Q(estado=EstadoTarea.FALLO, creada_por=None)
_CLAVE = Concat("tipo", Value("|"), Case(When(objeto="", then=F("titulo")), default=F("objeto")))


@dataclass(slots=True)
class Vista:
    """The latest failure and the latest success of one thing; `fallo` is None when it did not fail by itself."""

    clave: str
    fallo: datetime | None
    exito: datetime | None
    titulo: str = ""
    codigo: str = ""
    detalle: str = ""
    que_hacer: str = ""
    task_id: uuid.UUID | None = None


def registrar(ahora: datetime) -> None:
    """Bring the rows of Falla up to date with the tasks and the schedules; doing it twice changes nothing."""
    vistas = [*_de_tareas(ahora - VENTANA, ahora - _CREADAS), *_de_programaciones(ahora)]
    conocidas = Falla.objects.in_bulk([vista.clave for vista in vistas], field_name="clave")
    for vista in vistas:
        if (falla := _aplicada(conocidas.get(vista.clave), vista)) is not None:
            falla.save()
    activas = [_clave_de(i) for i in Programacion.objects.filter(activa=True).values_list("id", flat=True)]
    # Whoever paused or deleted a schedule knows that it does not run.
    Falla.objects.filter(clave__startswith=f"{_PROGRAMACION}|").exclude(clave__in=activas).delete()


def olvidar(ahora: datetime) -> None:
    """Forget what is over: recovered things after days, those nobody runs any more after a month."""
    Falla.objects.filter(
        Q(fallando=False, ultima__lt=ahora - OLVIDAR_RECUPERADA) | Q(ultima__lt=ahora - OLVIDAR)
    ).delete()


def _aplicada(falla: Falla | None, vista: Vista) -> Falla | None:
    """The row after what was seen; None when it stays as it was."""
    cambiada = False
    if vista.fallo is not None and (falla is None or vista.fallo > falla.ultima):
        if falla is None:
            falla = Falla(clave=vista.clave, desde=vista.fallo)
        elif not falla.fallando:
            falla.desde = vista.fallo
        falla.titulo, falla.task_id = vista.titulo[:200], vista.task_id
        falla.codigo, falla.detalle, falla.que_hacer = vista.codigo, vista.detalle, vista.que_hacer
        falla.ultima, falla.fallando, cambiada = vista.fallo, True, True
    if falla is not None and falla.fallando and vista.exito is not None and vista.exito > falla.ultima:
        falla.fallando, cambiada = False, True
    return falla if cambiada else None


def _de_tareas(desde: datetime, creadas: datetime) -> Iterator[Vista]:
    terminadas = Tarea.objects.filter(creada__gte=creadas, terminada__gte=desde).order_by()
    finales = {
        fila["clave"]: fila
        for fila in terminadas.annotate(clave=_CLAVE)
        .values("clave")
        .annotate(
            fallo=Max("terminada", filter=_SIN_PERSONA),
            exito=Max("terminada", filter=Q(estado=EstadoTarea.EXITO)),
        )
    }
    fallos = [fila["fallo"] for fila in finales.values() if fila["fallo"]]
    for tarea in terminadas.filter(_SIN_PERSONA, terminada__in=fallos).annotate(clave=_CLAVE):
        fila = finales[tarea.clave]
        if tarea.terminada == fila["fallo"]:
            yield Vista(
                tarea.clave, fila["fallo"], fila["exito"], tarea.titulo, tarea.error_codigo,
                tarea.error_detalle, tarea.error_que_hacer, tarea.id,
            )  # fmt: skip
    for clave, fila in finales.items():
        if not fila["fallo"] and fila["exito"]:
            yield Vista(clave, None, fila["exito"])


def _de_programaciones(ahora: datetime) -> Iterator[Vista]:
    for programacion in Programacion.objects.filter(activa=True):
        vista = Vista(
            _clave_de(programacion.id), None, programacion.ultima_corrida, f"Programación «{programacion.nombre}»"
        )
        if (debida := horario.perdida(programacion, ahora)) is not None:
            _como_perdida(vista, debida, "y no ha corrido")
        elif error := programacion.ultimo_error:
            vista.fallo, vista.exito = programacion.ultima_corrida, None
            vista.codigo, vista.detalle, vista.que_hacer = error["codigo"], error["detalle"], error["que_hacer"]
        elif programacion.ultima_perdida is not None and programacion.ultima_perdida >= ahora - VENTANA:
            _como_perdida(vista, programacion.ultima_perdida, "y no corrió a tiempo")
        yield vista


def _como_perdida(vista: Vista, debida: datetime, que_paso: str) -> None:
    local = timezone.localtime(debida)
    vista.fallo, vista.codigo = debida, "programacion_perdida"
    vista.detalle = f"Debía correr el {local:%d/%m/%Y} a las {local.hour}:{local.minute:02} {que_paso}."
    vista.que_hacer = "Revise en Sistema que el programador, la cola y los trabajadores estén en marcha."


def _clave_de(programacion_id: int) -> str:
    return f"{_PROGRAMACION}|{programacion_id}"
