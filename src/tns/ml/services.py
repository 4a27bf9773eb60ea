"""What can happen to models."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction

from tns.common.problemas import Conflicto
from tns.cuentas import auditoria
from tns.cuentas.models import Usuario
from tns.empresas.models import EmpresaServidor
from tns.engines.errors import TNSError
from tns.engines.progress import Progress
from tns.ml import archivos
from tns.ml.models import EstadoMlflow, EstadoModelo, ModeloML
from tns.ml.publicacion import bloquear_nit
from tns.ml.registro_mlflow import Registro, encargo_de
from tns.tareas import services as tareas
from tns.tareas.models import Tarea


class MlflowNoDisponible(TNSError):
    """The version is whole, but MLflow did not take it."""

    codigo = "mlflow_no_disponible"
    que_hacer_por_defecto = "Revise que MLflow esté en marcha e intente de nuevo."


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


def encolar_registro(*, modelo: ModeloML, usuario: Usuario | None) -> Tarea:
    """Begin to log to MLflow a version that was trained without it; raises Conflicto when that makes no sense."""
    from tns.ml.tasks import registrar_mlflow_task

    if not settings.MLFLOW_TRACKING_URI:
        raise Conflicto(
            "MLflow no está configurado.",
            codigo="mlflow_desactivado",
            que_hacer="Defina MLFLOW_TRACKING_URI y reinicie los procesos.",
        )
    if modelo.mlflow_estado == EstadoMlflow.REGISTRADO:
        raise Conflicto("Esta versión ya está en MLflow.", codigo="modelo_ya_registrado", que_hacer=modelo.mlflow_url)
    exigir_archivos(modelo)
    return tareas.encolar(
        registrar_mlflow_task,
        titulo=f"Registrar {modelo} en MLflow",
        objeto=f"modelo:{modelo.id}",
        nit_base=modelo.nit_base,
        argumentos={"modelo": modelo.id},
        usuario=usuario,
    )


def registrar_en_mlflow(*, modelo: ModeloML, progreso: Progress) -> ModeloML:
    """Log a kept version from its files; raises MlflowNoDisponible, ModeloAlterado."""
    carpeta = archivos.carpeta_de_version(settings.MODELOS_ML_DIR, modelo.modelo_id, modelo.version)
    with Registro() as registro:
        resultado = registro.registrar(encargo_de(modelo, carpeta), progreso)
    if resultado.estado != EstadoMlflow.REGISTRADO:
        raise MlflowNoDisponible(resultado.aviso or "MLflow no está configurado.")
    modelo.anotar_mlflow(estado=resultado.estado, run_id=resultado.run_id, url=resultado.url)
    modelo.save(update_fields=["mlflow_estado", "mlflow_run_id", "mlflow_url"])
    return modelo


def exigir_archivos(modelo: ModeloML) -> None:
    """Raise Conflicto for a version whose files were let go."""
    if modelo.estado == EstadoModelo.RETIRADO:
        raise Conflicto(
            f"La versión {modelo.version} ya no conserva sus archivos.",
            codigo="modelo_retirado",
            que_hacer="Elija una versión disponible o entrene de nuevo.",
        )


def activar(*, modelo: ModeloML) -> ModeloML:
    """Go back (or forward) to a version that is kept; doing it to the one in service repairs its files.

    Raises Conflicto for a retired version, ModeloAlterado when one of its files is not the recorded one.
    """
    with transaction.atomic():
        bloquear_nit(modelo.nit_base)
        modelo.refresh_from_db()
        exigir_archivos(modelo)
        antes = auditoria.fotografia(modelo)
        ModeloML.objects.filter(nit_base=modelo.nit_base, estado=EstadoModelo.EN_SERVICIO).update(
            estado=EstadoModelo.DISPONIBLE
        )
        modelo.estado = EstadoModelo.EN_SERVICIO
        modelo.save(update_fields=["estado"])
        auditoria.registrar("activar_modelo", modelo, antes=antes)
        archivos.poner_en_servicio(settings.MODELOS_ML_DIR, modelo.modelo_id, modelo.version, modelo.archivos)
    return modelo
