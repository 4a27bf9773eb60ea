"""The audit trail's one entrance: `registrar(...)` inside the transaction that makes the change.

    antes = auditoria.fotografia(servidor)
    servidor.host = nuevo
    servidor.save()
    auditoria.registrar("actualizar", servidor, antes=antes)

Who acts and from where is taken from the request or task that is running (`tns.common.contexto`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import connection, models, transaction

from tns.common import contexto
from tns.common.cifrado import Secreto
from tns.cuentas.models import ActorTipo, RegistroAuditoria

CREAR, ACTUALIZAR, ELIMINAR = "crear", "actualizar", "eliminar"
MASCARA: Final = "••••••••"
_MASCARA_NUEVA: Final = "•••••••• (nuevo)"
_MAX_TEXTO = 500
_NOMBRES_SECRETOS = ("password", "secreto", "secret", "clave", "token", "private_key", "hash", "preshared")


@dataclass(frozen=True, slots=True)
class Fotografia:
    """A record as it was: its columns by name, and what names it, which a deletion takes away."""

    columnas: Mapping[str, Any]
    id: str
    nombre: str
    nit_base: str


class _Oculto:
    """A secret's place in a photograph: told apart from another by equality alone, never shown."""

    def __init__(self, valor: object) -> None:
        self._valor = valor

    def __eq__(self, otro: object) -> bool:
        return isinstance(otro, _Oculto) and otro._valor == self._valor

    def __hash__(self) -> int:
        return hash(self._valor)

    def __bool__(self) -> bool:
        return bool(self._valor)

    def __repr__(self) -> str:
        return MASCARA


def fotografia(objeto: models.Model) -> Fotografia:
    """The columns of a record as they are now, secrets hidden; to be given as `antes` once it has changed."""
    columnas = {
        campo.attname: _presentable(campo.attname, getattr(objeto, campo.attname))
        for campo in objeto._meta.concrete_fields
        if not getattr(campo, "auto_now", False)
    }
    return Fotografia(columnas, "" if objeto.pk is None else str(objeto.pk), str(objeto), _nit_de(objeto))


def registrar(
    accion: str,
    objeto: models.Model | None = None,
    *,
    antes: Fotografia | None = None,
    detalle: Mapping[str, Any] | None = None,
    nit_base: str | None = None,
    actor: Any = None,
) -> RegistroAuditoria | None:
    """Write one act down; None when it was an update that changed nothing.

    Args:
        accion: short verb: crear, actualizar, eliminar, revocar, entrar…
        objeto: the record acted upon; its columns are compared with `antes` (with nothing when it was created).
        antes: `fotografia` of the record before the change; `eliminar` needs it, being what was lost.
        detalle: more facts worth keeping, told as values after the act; names that look secret are masked.
        nit_base: whose data it concerns; taken from the record when it has it.
        actor: who acts, when the running request does not know (a sign-in that failed, a command).
    """
    retrato = antes if accion == ELIMINAR else fotografia(objeto) if objeto is not None else None
    cambios = _diferencia(accion, antes, retrato) | {
        nombre: [None, _legible(_presentable(nombre, valor))] for nombre, valor in (detalle or {}).items()
    }
    if accion == ACTUALIZAR and not cambios:
        return None
    ahora = contexto.actual()
    tipo, actor_id, actor_nombre = _identificar(actor if actor is not None else ahora.quien)
    return RegistroAuditoria.objects.create(
        actor_tipo=tipo,
        actor_id=actor_id,
        actor_nombre=actor_nombre[:200],
        accion=accion,
        objeto_tipo=objeto._meta.model_name or "" if objeto is not None else "",
        objeto_id=retrato.id if retrato else "",
        objeto_nombre=retrato.nombre[:200] if retrato else "",
        nit_base=nit_base if nit_base is not None else retrato.nit_base if retrato else "",
        cambios=cambios,
        ip=ahora.ip,
        id_peticion=ahora.id_peticion,
        tarea=ahora.tarea,
    )


def purgar(*, antes_de: datetime) -> int:
    """Forget the acts before that moment: the only deletion that the table's trigger lets through."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL tns.purga_auditoria = 'si'")
        cursor.execute("DELETE FROM auditoria WHERE momento < %s", [antes_de])
        borrados = int(cursor.rowcount)
        cursor.execute("SET LOCAL tns.purga_auditoria = ''")  # the caller's transaction may go on
    return borrados


def _diferencia(accion: str, antes: Fotografia | None, retrato: Fotografia | None) -> dict[str, list[Any]]:
    if retrato is None or (antes is None and accion != CREAR):
        return {}
    viejos = antes.columnas if antes else {}
    nuevos = {} if accion == ELIMINAR else retrato.columnas
    cambios = {}
    for campo in [*viejos, *(c for c in nuevos if c not in viejos)]:
        viejo, nuevo = viejos.get(campo), nuevos.get(campo)
        if viejo != nuevo and not (antes is None and nuevo in ("", [], {})):
            cambios[campo] = [_legible(viejo), _legible(nuevo, nuevo=bool(viejo))]
    return cambios


def _presentable(nombre: str, valor: Any) -> Any:
    if isinstance(valor, Secreto):
        return _Oculto(valor.token)
    if any(parte in nombre.lower() for parte in _NOMBRES_SECRETOS) and not isinstance(valor, bool | None):
        return _Oculto(valor)
    return valor


def _legible(valor: Any, *, nuevo: bool = False) -> Any:
    if isinstance(valor, _Oculto):
        return (_MASCARA_NUEVA if nuevo else MASCARA) if valor else ""
    if isinstance(valor, str):
        return valor if len(valor) <= _MAX_TEXTO else valor[:_MAX_TEXTO] + "…"
    if valor is None or isinstance(valor, bool | int | float | Decimal | date | datetime | UUID):
        return valor
    if isinstance(valor, Mapping):
        return {str(c): _legible(_presentable(str(c), v)) for c, v in valor.items()}
    if isinstance(valor, list | tuple | set | frozenset):
        return [_legible(v) for v in valor]
    return str(valor)[:_MAX_TEXTO]


def _identificar(quien: Any) -> tuple[ActorTipo, int | None, str]:
    if quien is None or not getattr(quien, "is_authenticated", False):
        return ActorTipo.SISTEMA, None, ""
    if getattr(quien, "es_llave", False):
        return ActorTipo.LLAVE, quien.pk, str(quien)
    return ActorTipo.USUARIO, quien.pk, quien.get_username()


def _nit_de(objeto: models.Model | None) -> str:
    empresa = getattr(objeto, "empresa_servidor", None)
    return str(getattr(objeto, "nit_base", "") or getattr(empresa, "nit_base", "") or "")
