"""What Prometheus reads: computed from the database and the broker at each scrape, so every process tells the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import redis
from django.db.models import Avg, Count, F, Max, Sum
from django.utils import timezone
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from tns.common.valkey import cliente
from tns.empresas.models import EmpresaServidor
from tns.extraccion.models import EjecucionExtraccion, EstadoEjecucion
from tns.ml.models import EstadoModelo, ModeloML
from tns.sistema.estado import COLAS, versiones
from tns.tareas.models import EstadoTarea, Tarea


def exposicion() -> bytes:
    """The page of metrics, in Prometheus' text format."""
    registro = CollectorRegistry(auto_describe=False)
    registro.register(_Instalacion())
    return generate_latest(registro)


class _Instalacion(Collector):
    """One scrape: six queries and one round trip to the broker."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        ahora = timezone.now()
        yield from self._tareas(ahora - timedelta(days=1))
        yield self._colas()
        yield self._frescura(ahora)
        yield self._velocidad(ahora - timedelta(days=1))
        yield self._modelos()
        informacion = GaugeMetricFamily("tns_version", "Versión del programa.", labels=["version"])
        informacion.add_metric([versiones()["tns"]], 1)
        yield informacion

    def _tareas(self, desde: object) -> Iterator[GaugeMetricFamily]:
        cuantas = GaugeMetricFamily("tns_tareas", "Tareas vivas, y terminadas en 24 h.", labels=["tipo", "estado"])
        duracion = GaugeMetricFamily("tns_tarea_segundos", "Duración media en 24 h.", labels=["tipo"])
        recientes = Tarea.objects.order_by().filter(terminada__gte=desde) | Tarea.objects.order_by().filter(
            terminada__isnull=True
        )
        for tipo, estado, n in recientes.values_list("tipo", "estado").annotate(n=Count("id")):
            cuantas.add_metric([tipo, estado], n)
        terminadas = Tarea.objects.order_by().filter(terminada__gte=desde, estado=EstadoTarea.EXITO)
        for tipo, media in terminadas.values_list("tipo").annotate(s=Avg(F("terminada") - F("iniciada"))):
            if media is not None:
                duracion.add_metric([tipo], media.total_seconds())
        yield cuantas
        yield duracion

    def _colas(self) -> GaugeMetricFamily:
        familia = GaugeMetricFamily("tns_cola_mensajes", "Mensajes en espera; -1 si no se sabe.", labels=["cola"])
        try:
            tuberia = cliente().pipeline(transaction=False)
            for cola in COLAS:
                tuberia.llen(cola)
            largos = tuberia.execute()
        except redis.RedisError:
            largos = [-1] * len(COLAS)
        for cola, largo in zip(COLAS, largos, strict=True):
            familia.add_metric([cola], largo)
        return familia

    def _frescura(self, ahora: object) -> GaugeMetricFamily:
        familia = GaugeMetricFamily(
            "tns_empresa_segundos_desde_extraccion", "Edad de la última extracción.", labels=["nit", "anio", "empresa"]
        )
        filas = EmpresaServidor.objects.exclude(ultima_extraccion=None)
        for pk, nit, anio, cuando in filas.values_list("id", "nit", "anio_fiscal", "ultima_extraccion"):
            familia.add_metric([nit, str(anio), str(pk)], (ahora - cuando).total_seconds())
        return familia

    def _velocidad(self, desde: object) -> GaugeMetricFamily:
        familia = GaugeMetricFamily("tns_extraccion_filas_por_segundo", "Filas cargadas por segundo en 24 h.")
        hechas = EjecucionExtraccion.objects.order_by().filter(terminada__gte=desde, estado=EstadoEjecucion.EXITO)
        suma = hechas.aggregate(filas=Sum("filas_cargadas"), tiempo=Sum(F("terminada") - F("iniciada")))
        if suma["filas"] and suma["tiempo"]:
            familia.add_metric([], suma["filas"] / max(0.001, suma["tiempo"].total_seconds()))
        return familia

    def _modelos(self) -> GaugeMetricFamily:
        familia = GaugeMetricFamily("tns_modelo_error", "WAPE de los meses ocurridos tras entrenar.", labels=["nit"])
        modelos = ModeloML.objects.filter(estado=EstadoModelo.EN_SERVICIO).exclude(error_reciente=None).order_by()
        for nit, error in modelos.values_list("nit").annotate(e=Max("error_reciente")):
            familia.add_metric([nit], error)
        return familia
