"""What can happen to models."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction

from tns.common.problemas import Conflicto
from tns.cuentas import auditoria
from tns.cuentas.models import Usuario
from tns.empresas.models import EmpresaServidor
from tns.ml import archivos
from tns.ml.models import EstadoModelo, ModeloML
from tns.ml.publicacion import bloquear_nit
from tns.tareas import services as tareas
from tns.tareas.models import Tarea


def encolar_entrenamiento(*, empresa: EmpresaServidor, usuario: Usuario | None) -> Tarea:
    """Begin the training of the company's NIT, with all of its companies; raises TareaEnCurso when one is under way."""
    from tns.ml.tasks import entrenar_modelos_task

    return tareas.encolar(
        entrenar_modelos_task,
        titulo=f"Entrenar modelos de {empresa.nombre} (NIT {empresa.nit})",
        objeto=f"nit:{empresa.nit_base}",
        nit_base=empresa.nit_base,
        argumentos={"nit_base": empresa.nit_base},
        usuario=usuario,
    )


def activar(*, modelo: ModeloML) -> ModeloML:
    """Go back (or forward) to a version that is kept; doing it to the one in service repairs its files.

    Raises Conflicto for a retired version, ModeloAlterado when one of its files is not the recorded one.
    """
    with transaction.atomic():
        bloquear_nit(modelo.nit_base)
        modelo.refresh_from_db()
        if modelo.estado == EstadoModelo.RETIRADO:
            raise Conflicto(
                f"La versión {modelo.version} ya no conserva sus archivos.",
                codigo="modelo_retirado",
                que_hacer="Elija una versión disponible o entrene de nuevo.",
            )
        antes = auditoria.fotografia(modelo)
        ModeloML.objects.filter(nit_base=modelo.nit_base, estado=EstadoModelo.EN_SERVICIO).update(
            estado=EstadoModelo.DISPONIBLE
        )
        modelo.estado = EstadoModelo.EN_SERVICIO
        modelo.save(update_fields=["estado"])
        auditoria.registrar("activar_modelo", modelo, antes=antes)
        archivos.poner_en_servicio(settings.MODELOS_ML_DIR, modelo.modelo_id, modelo.version, modelo.archivos)
    return modelo
