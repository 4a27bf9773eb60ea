"""Companies come from below, by discovery or by hand: the keys of their NIT follow by themselves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver

from tns.empresas.models import EmpresaServidor


@receiver(post_save, sender=EmpresaServidor, dispatch_uid="api_keys.seguir_empresa")
def seguir_empresa(
    sender: type[EmpresaServidor],
    instance: EmpresaServidor,
    created: bool,
    raw: bool = False,
    update_fields: Iterable[str] | None = None,
    **_: Any,
) -> None:
    from tns.api_keys.services import actualizar_por_empresa

    toca_el_nit = update_fields is None or {"nit", "nit_base"} & set(update_fields)
    if not raw and (created or toca_el_nit):
        actualizar_por_empresa(instance)
