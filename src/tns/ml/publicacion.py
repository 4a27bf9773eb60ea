"""A trained version becomes the one in service: registry, forecasts and files together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from django.conf import settings
from django.db import connection, transaction

from tns.engines.forecasting import MAX_HORIZON
from tns.engines.progress import Progress
from tns.ml import archivos
from tns.ml.models import EstadoModelo, ModeloML, Pronostico

if TYPE_CHECKING:
    from tns.ml.entrenamiento import Entrenado

MESES_DE_HISTORIA = 60
_LLAVE_MODELOS = 0x744E534D  # first half of the advisory lock, so that it meets no other of ours
_BANDAS = {"y_hat": "cantidad", "lo80": "minimo_80", "hi80": "maximo_80", "lo95": "minimo_95", "hi95": "maximo_95"}


def bloquear_nit(nit_base: str) -> None:
    """Let one transaction at a time change which version of a NIT serves; held until it ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_LLAVE_MODELOS, nit_base])


def publicar(entrenado: Entrenado, progreso: Progress) -> None:
    """Put the version in service; killed before the commit, nothing has happened."""
    modelo = entrenado.modelo
    destino = archivos.carpeta_de_version(settings.MODELOS_ML_DIR, modelo.modelo_id, modelo.version)
    with transaction.atomic():
        bloquear_nit(modelo.nit_base)
        ModeloML.objects.filter(nit_base=modelo.nit_base, estado=EstadoModelo.EN_SERVICIO).update(
            estado=EstadoModelo.DISPONIBLE
        )
        modelo.estado = EstadoModelo.EN_SERVICIO
        modelo.save(force_insert=True)
        _copiar_pronosticos(entrenado, progreso)
        archivos.borrar_version(settings.MODELOS_ML_DIR, modelo.modelo_id, modelo.version)  # of one that did not commit
        destino.parent.mkdir(parents=True, exist_ok=True)
        entrenado.carpeta.rename(destino)
    archivos.poner_en_servicio(settings.MODELOS_ML_DIR, modelo.modelo_id, modelo.version, modelo.archivos)
    retirar_antiguas(modelo.nit_base)


def _copiar_pronosticos(entrenado: Entrenado, progreso: Progress) -> None:
    panel, tabla = entrenado.historia.panel, entrenado.pronosticos
    forma = (panel.articles, MAX_HORIZON)
    bandas = [np.round(tabla[columna].to_numpy(np.float64).reshape(forma), 4) for columna in _BANDAS]
    historia = np.round(panel.y[:, -MESES_DE_HISTORIA:].astype(np.float64), 4)
    usados = tabla["modelo"].to_numpy().reshape(forma)[:, 0]
    progreso.stage("Guardando los pronósticos", panel.articles)
    columnas = ["modelo_id", "articulo_codigo", "articulo_nombre", "modelo_usado", *_BANDAS.values(), "historia"]
    consulta = f"COPY {Pronostico._meta.db_table} ({', '.join(columnas)}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(consulta) as copia:
        for i, codigo in enumerate(panel.ids):
            listas = [_lista(banda[i]) for banda in bandas]
            copia.write_row(
                (entrenado.modelo.id, codigo, entrenado.historia.nombres[i], usados[i], *listas, _lista(historia[i]))
            )
            progreso.advance()


def _lista(valores: Any) -> str:
    """PostgreSQL's text of an array of numbers."""
    return "{" + ",".join(map(repr, valores.tolist())) + "}"


def retirar_antiguas(nit_base: str) -> None:
    """Keep the newest settings.MODELOS_ML_VERSIONES versions and the one in service; of the others, the row alone."""
    quedan = ModeloML.objects.filter(nit_base=nit_base).exclude(estado=EstadoModelo.RETIRADO).order_by("-version")
    for modelo in quedan[settings.MODELOS_ML_VERSIONES :]:
        if modelo.estado == EstadoModelo.EN_SERVICIO:
            continue
        with transaction.atomic():
            ModeloML.objects.filter(id=modelo.id).update(estado=EstadoModelo.RETIRADO)
            Pronostico.objects.filter(modelo=modelo).delete()
        archivos.borrar_version(settings.MODELOS_ML_DIR, modelo.modelo_id, modelo.version)
