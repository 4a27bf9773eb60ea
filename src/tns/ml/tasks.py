from __future__ import annotations

from celery import shared_task

from tns.ml.entrenamiento import ResultadoEntrenamiento, entrenar
from tns.ml.models import ModeloML
from tns.ml.services import registrar_en_mlflow
from tns.ml.vigencia import revisar_modelos
from tns.tareas.contexto import ContextoTarea
from tns.tareas.ejecucion import tarea_celery


@tarea_celery(tipo="entrenamiento", cola="ml")
def entrenar_modelos_task(contexto: ContextoTarea, *, nit_base: str) -> ResultadoEntrenamiento:
    """Train the models of one NIT with all of its companies."""
    return entrenar(nit_base=nit_base, tarea_id=contexto.tarea_id, progreso=contexto)


@tarea_celery(tipo="registro_mlflow", cola="ml")
def registrar_mlflow_task(contexto: ContextoTarea, *, modelo: int) -> dict[str, str]:
    """Log to MLflow a version that was trained without it."""
    return registrar_en_mlflow(modelo=ModeloML.objects.get(id=modelo), progreso=contexto).resumen_mlflow()


@shared_task(queue="ml", expires=3600)
def revisar_modelos_task() -> None:
    """Every hour: note which models have become old."""
    revisar_modelos()
