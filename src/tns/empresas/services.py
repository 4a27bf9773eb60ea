"""What can happen to companies."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from tns.common.nit import NitInvalido
from tns.common.problemas import Conflicto, DatosInvalidos
from tns.cuentas.alcance import Alcance
from tns.cuentas.models import Usuario
from tns.empresas.models import EmpresaServidor
from tns.servidores.models import Servidor
from tns.tareas import services as tareas
from tns.tareas.models import Tarea


def encolar_descubrimiento(*, servidor: Servidor, usuario: Usuario | None) -> Tarea:
    """Begin the discovery of a server; raises TareaEnCurso when one is under way."""
    from tns.empresas.tasks import descubrir_empresas_task

    return tareas.encolar(
        descubrir_empresas_task,
        titulo=f"Descubrir empresas de {servidor.nombre}",
        objeto=f"servidor:{servidor.id}",
        argumentos={"servidor_id": servidor.id},
        usuario=usuario,
    )


def guardar_empresa(*, empresa: EmpresaServidor, nit: str | None = None, alcance: Alcance) -> EmpresaServidor:
    """Save a company written by hand.

    Raises DatosInvalidos for a bad NIT or one outside `alcance` (of whoever writes), Conflicto for a taken NIT + year.
    """
    if nit is not None:
        try:
            empresa.asignar_nit(nit)
        except NitInvalido as error:
            raise DatosInvalidos({"nit": [str(error)]}) from error
    if not alcance.permite(empresa.nit_base):
        raise DatosInvalidos({"nit": ["Ese NIT no está entre los que usted administra."]})
    try:
        with transaction.atomic():
            empresa.save()
    except IntegrityError as error:
        otra = (
            EmpresaServidor.objects.select_related("servidor")
            .filter(nit_base=empresa.nit_base, anio_fiscal=empresa.anio_fiscal)
            .exclude(id=empresa.id)
            .first()
        )
        if otra is None:
            raise
        raise Conflicto(
            f"El NIT {empresa.nit} del año {empresa.anio_fiscal} ya está registrado en «{otra.servidor.nombre}».",
            codigo="empresa_duplicada",
            que_hacer="Abra la empresa existente en lugar de crear otra.",
            datos={"empresa_servidor_id": otra.id},
        ) from error
    return empresa
