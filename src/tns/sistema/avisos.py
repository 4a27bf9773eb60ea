"""Telling somebody, by e-mail and webhook, what fails while nobody watches: once, then daily, then that it is over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import Q
from django.utils import timezone

from tns.sistema import entrega, fallas
from tns.sistema.models import Falla, RondaAvisos

MAX_LINEAS = 20
MAX_AL_DIA = 4  # of one thing that fails and recovers all day long
_DIA = timedelta(days=1)
_ENTRE_RONDAS = timedelta(minutes=4)


class Novedad(StrEnum):
    FALLA = "falla"
    SIGUE = "sigue"
    RECUPERADA = "recuperada"


def ronda() -> int:
    """One round, whichever process asks for it first; how many things it tells, 0 when another one has just made it."""
    ahora = timezone.now()
    RondaAvisos.objects.get_or_create(id=1, defaults={"empezada": ahora - _DIA})
    # A row far in the future means that the clock was set back: it must not silence the alarms until then.
    atrasada = Q(empezada__lt=ahora - _ENTRE_RONDAS) | Q(empezada__gt=ahora + _ENTRE_RONDAS)
    if not RondaAvisos.objects.filter(atrasada, id=1).update(empezada=ahora):
        return 0
    return avisar_fallas()


def avisar_fallas() -> int:
    """Send one message with everything new about unattended work; how many things it tells.

    Unattended are the tasks that no person asked for (schedules) and the schedules themselves: a run that did not
    begin, or could begin nothing. What could not be delivered is told in the next round.
    """
    if not entrega.hay_a_quien():
        return 0
    ahora = timezone.now()
    fallas.registrar(ahora)
    nuevas = [(n, falla) for falla in Falla.objects.order_by("ultima") if (n := _novedad(falla, ahora))]
    nuevas.sort(key=lambda par: list(Novedad).index(par[0]))
    if not nuevas or not entrega.entregar(
        _asunto(nuevas),
        _texto(nuevas),
        {"tareas": [_resumida(novedad, falla) for novedad, falla in nuevas[:MAX_LINEAS]]},
    ):
        return 0
    for novedad, falla in nuevas:
        _anotar(novedad, falla, ahora)
    return len(nuevas)


def _novedad(falla: Falla, ahora: datetime) -> Novedad | None:
    """What is to be told of it now, if anything."""
    if falla.cuenta >= MAX_AL_DIA and falla.cuenta_desde and ahora - falla.cuenta_desde < _DIA:
        return None
    sin_contar = falla.avisada is None or falla.ultima > falla.avisada
    if not falla.fallando:
        return Novedad.RECUPERADA if falla.aviso == Falla.Aviso.FALLA or sin_contar else None
    if falla.aviso != Falla.Aviso.FALLA:
        return Novedad.FALLA
    if sin_contar and falla.avisada is not None and ahora - falla.avisada >= _DIA:
        return Novedad.SIGUE
    return None


def _anotar(novedad: Novedad, falla: Falla, ahora: datetime) -> None:
    falla.aviso = Falla.Aviso.RECUPERADA if novedad is Novedad.RECUPERADA else Falla.Aviso.FALLA
    falla.avisada = ahora
    if falla.cuenta_desde is None or ahora - falla.cuenta_desde >= _DIA:
        falla.cuenta, falla.cuenta_desde = 0, ahora
    falla.cuenta += 1
    falla.save(update_fields=["aviso", "avisada", "cuenta", "cuenta_desde"])


def _asunto(nuevas: Sequence[tuple[Novedad, Falla]]) -> str:
    partes = []
    for novedad, una, varias in (
        (Novedad.FALLA, "falló {}", "fallaron {} tareas"),
        (Novedad.SIGUE, "sigue fallando {}", "{} siguen fallando"),
        (Novedad.RECUPERADA, "volvió a funcionar {}", "{} volvieron a funcionar"),
    ):
        suyas = [falla for cual, falla in nuevas if cual is novedad]
        if suyas:
            partes.append(una.format(suyas[0].titulo) if len(suyas) == 1 else varias.format(len(suyas)))
    return f"TNS Core: {'; '.join(partes)}"


def _texto(nuevas: Sequence[tuple[Novedad, Falla]]) -> str:
    lineas = [_linea(novedad, falla) for novedad, falla in nuevas[:MAX_LINEAS]]
    if len(nuevas) > MAX_LINEAS:
        lineas.append(f"… y {len(nuevas) - MAX_LINEAS} más.")
    return "\n".join(lineas)


def _linea(novedad: Novedad, falla: Falla) -> str:
    if novedad is Novedad.RECUPERADA:
        return f"- Volvió a funcionar: {falla.titulo}. Había fallado: {falla.detalle}"
    if novedad is Novedad.SIGUE:
        desde = timezone.localtime(falla.desde)
        texto = f"- Sigue fallando: {falla.titulo}: {falla.detalle} Falla desde el {desde:%d/%m/%Y a las %H:%M}."
    else:
        texto = f"- {falla.titulo}: {falla.detalle}"
    return f"{texto} {falla.que_hacer}".strip()


def _resumida(novedad: Novedad, falla: Falla) -> dict[str, Any]:
    return {
        "aviso": novedad.value,
        "task_id": str(falla.task_id) if falla.task_id else None,
        "tipo": falla.clave.partition("|")[0],
        "titulo": falla.titulo,
        "codigo": falla.codigo,
        "detalle": falla.detalle,
        "que_hacer": falla.que_hacer,
        "desde": falla.desde.isoformat(),
    }
