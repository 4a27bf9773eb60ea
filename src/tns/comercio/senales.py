"""A look or a host name has changed: forget what was resolved and the files nobody shows, once it is committed."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

import redis
from django.db import models, transaction
from django.db.models.signals import post_delete, post_save, pre_save
from django.dispatch import receiver

from tns.comercio import medios, selectors
from tns.comercio.models import EmpresaDominio, EmpresaEcommerceConfig, EmpresaPersonalizacion
from tns.empresas.models import EmpresaServidor

logger = logging.getLogger(__name__)
# Extraction stamps its date on the company all the time; the shop does not tell it.
_AJENOS = {"ultima_extraccion", "consulta_sql", "ruta_base", "actualizada"}


def olvidar_dominios(sender: type[Any], update_fields: Iterable[str] | None = None, **_: Any) -> None:
    if not (update_fields and set(update_fields) <= _AJENOS):
        transaction.on_commit(_olvidar)


def _olvidar() -> None:
    try:
        selectors.olvidar()
    except redis.RedisError as error:
        logger.warning("No se olvidaron los dominios resueltos: %s", type(error).__name__)


for _modelo in (EmpresaDominio, EmpresaEcommerceConfig, EmpresaPersonalizacion, EmpresaServidor):
    post_save.connect(olvidar_dominios, sender=_modelo, dispatch_uid=f"comercio.guardar.{_modelo.__name__}")
    post_delete.connect(olvidar_dominios, sender=_modelo, dispatch_uid=f"comercio.borrar.{_modelo.__name__}")


@receiver(post_save, sender=EmpresaServidor, dispatch_uid="comercio.seguir_nit")
def seguir_nit(sender: type[EmpresaServidor], instance: EmpresaServidor, created: bool, **_: Any) -> None:
    """A company whose NIT was corrected takes its host names along."""
    if not created:
        instance.dominios.exclude(nit=instance.nit, nit_base=instance.nit_base).update(
            nit=instance.nit, nit_base=instance.nit_base
        )


def soltar_cambiados(sender: type[models.Model], instance: models.Model, **_: Any) -> None:
    """The files that a look showed until now and will not any more."""
    columnas = _columnas(sender)
    antes = sender._default_manager.filter(pk=instance.pk).values(*columnas).first() or {}
    _soltar(direccion for columna, direccion in antes.items() if direccion != getattr(instance, columna))


def soltar_todos(sender: type[models.Model], instance: models.Model, **_: Any) -> None:
    _soltar(getattr(instance, columna) for columna in _columnas(sender))


def _columnas(sender: type[models.Model]) -> list[str]:
    return [columna for modelo, columna in medios.COLUMNAS if modelo is sender]


def _soltar(direcciones: Iterable[str]) -> None:
    sueltas = [direccion for direccion in direcciones if direccion]
    if sueltas:
        transaction.on_commit(lambda: medios.olvidar(sueltas))


for _modelo in (EmpresaEcommerceConfig, EmpresaPersonalizacion):
    pre_save.connect(soltar_cambiados, sender=_modelo, dispatch_uid=f"comercio.medios.cambiar.{_modelo.__name__}")
    post_delete.connect(soltar_todos, sender=_modelo, dispatch_uid=f"comercio.medios.borrar.{_modelo.__name__}")
