"""What a run writes down: the window beside its rows, the reconciliation, the report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import psycopg
from django.utils import timezone

from tns.engines.loading.copying import Loaded
from tns.engines.loading.fields import DECIMALS
from tns.engines.loading.stats import REJECTION_TEXT, Stats
from tns.engines.loading.windows import Window
from tns.engines.sources.day_totals import DayTotals
from tns.extraccion.cobertura import Plan, Totales, sumar
from tns.extraccion.models import EjecucionExtraccion, VentanaExtraccion

_ANOTAR = """
INSERT INTO ventanas_extraccion
    (empresa_servidor_id, desde, hasta, filas, suma_cantidad, suma_valor, huella, perfil, ejecucion_id, extraida)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""


@dataclass(frozen=True, slots=True)
class Anotador:
    """Writes the window in the transaction that loads it, replacing the ones it covers.

    Takes the company's row FOR KEY SHARE: the table of movements has no foreign key checked row by row (ADR 0030), so
    this is where a company deleted meanwhile is noticed and held.
    """

    ejecucion: EjecucionExtraccion
    huella: str

    def __call__(self, conexion: psycopg.Connection[Any], cargada: Loaded) -> None:
        from tns.extraccion.extraer import EmpresaEliminada

        empresa_id, ventana = self.ejecucion.empresa_servidor_id, cargada.window
        existe = conexion.execute(
            "SELECT 1 FROM empresas_servidor WHERE id = %s FOR KEY SHARE", [empresa_id]
        ).fetchone()
        if existe is None:
            raise EmpresaEliminada("La empresa se eliminó mientras se extraían sus movimientos.")
        conexion.execute(
            "DELETE FROM ventanas_extraccion WHERE empresa_servidor_id = %s AND desde >= %s AND hasta <= %s",
            [empresa_id, ventana.desde, ventana.hasta],
        )
        conexion.execute(
            _ANOTAR,
            [
                empresa_id,
                ventana.desde,
                ventana.hasta,
                cargada.rows,
                cargada.quantity,
                cargada.value,
                self.huella,
                self.ejecucion.perfil,
                self.ejecucion.id,
                timezone.now(),
            ],
        )


def anotar_plan(ejecucion: EjecucionExtraccion, plan: Plan, hechas: Collection[Window]) -> None:
    """Write down what the run is going to do, before it begins."""
    ejecucion.ventanas_omitidas = len([v for v in plan.omitidas if v not in hechas])
    ejecucion.ventanas_cambiadas = len(plan.cambiadas)
    ejecucion.informe = {
        **ejecucion.informe,
        "ventanas_cambiadas": [
            {"desde": v.desde.isoformat(), "hasta": v.hasta.isoformat(), "filas_extraidas": v.filas}
            for v in plan.cambiadas
        ],
    }
    ejecucion.save()


def conciliar(cargada: Loaded, origen: DayTotals | None, *, comparar_valor: bool) -> dict[str, Any]:
    """Source and target of a window side by side. What the source does not tell, what was read stands for."""
    estadisticas = cargada.stats
    rechazadas = estadisticas.read - estadisticas.written
    filas = origen.rows if origen else estadisticas.read
    cantidad = Decimal(origen.quantity if origen else estadisticas.sum_quantity).scaleb(-DECIMALS)
    valor = Decimal(origen.value if origen and comparar_valor else estadisticas.sum_value).scaleb(-DECIMALS)
    iguales = cargada.rows + rechazadas == filas and cargada.rows == estadisticas.written
    if not rechazadas:
        iguales = iguales and cargada.quantity == cantidad and cargada.value == valor
    return {
        "desde": cargada.window.desde.isoformat(),
        "hasta": cargada.window.hasta.isoformat(),
        "origen": {"filas": filas, "cantidad": str(cantidad), "valor": str(valor)},
        "destino": {"filas": cargada.rows, "cantidad": str(cargada.quantity), "valor": str(cargada.value)},
        "rechazadas": rechazadas,
        "reemplazadas": cargada.replaced,
        "iguales": iguales,
    }


def sumar_informe(informe: dict[str, Any], estadisticas: Stats) -> dict[str, Any]:
    """The report with one more window in it; a run taken up again goes on from the report it had."""
    codigos = Counter(informe.get("codigos_desconocidos", {})) + estadisticas.unknown_codes
    rechazos = Counter({r["motivo"]: r["filas"] for r in informe.get("filas_rechazadas", [])}) + estadisticas.rejected
    return {
        **informe,
        "codigos_desconocidos": dict(sorted(codigos.items())),
        "bytes_no_decodificables": informe.get("bytes_no_decodificables", 0) + estadisticas.stray_bytes,
        "filas_rechazadas": [
            {"motivo": motivo, "texto": REJECTION_TEXT[motivo], "filas": filas}
            for motivo, filas in sorted(rechazos.items())
        ],
    }


def completar(
    ejecucion: EjecucionExtraccion,
    registradas: Iterable[VentanaExtraccion],
    totales: Totales | None,
    *,
    comparar_valor: bool,
) -> None:
    """Count the windows that this run had loaded when it was killed before it could say so."""
    dichas = {fila["desde"] for fila in ejecucion.conciliacion}
    for ventana in registradas:
        if ventana.ejecucion_id != ejecucion.id or ventana.desde.isoformat() in dichas:
            continue
        origen = sumar(totales, Window(ventana.desde, ventana.hasta)) if totales is not None else None
        leidas = origen.rows if origen else ventana.filas
        estadisticas = Stats(
            read=leidas,
            written=ventana.filas,
            sum_quantity=int(ventana.suma_cantidad.scaleb(DECIMALS)),
            sum_value=int(ventana.suma_valor.scaleb(DECIMALS)),
        )
        cargada = Loaded(
            Window(ventana.desde, ventana.hasta),
            ventana.filas,
            ventana.suma_cantidad,
            ventana.suma_valor,
            estadisticas,
            0,
        )
        anotar_ventana(ejecucion, cargada, conciliar(cargada, origen, comparar_valor=comparar_valor))


def anotar_ventana(ejecucion: EjecucionExtraccion, cargada: Loaded, fila: dict[str, Any]) -> None:
    """Count a finished window in the run's row at once, so that a run cut later tells what it did."""
    ejecucion.ventanas_leidas += 1
    ejecucion.filas_leidas += cargada.stats.read
    ejecucion.filas_cargadas += cargada.stats.written
    ejecucion.filas_rechazadas += cargada.stats.read - cargada.stats.written
    ejecucion.diferencias += 0 if fila["iguales"] else 1
    ejecucion.conciliacion = [*ejecucion.conciliacion, fila]
    ejecucion.informe = sumar_informe(ejecucion.informe, cargada.stats)
    ejecucion.save()


def resumen(ejecucion: EjecucionExtraccion) -> dict[str, Any]:
    """What the task answers: small, plain, and enough for the console's dialog."""
    return {
        "ejecucion_id": ejecucion.id,
        "empresa_servidor_id": ejecucion.empresa_servidor_id,
        "perfil": ejecucion.perfil,
        "charset": ejecucion.charset,
        "ventanas_leidas": ejecucion.ventanas_leidas,
        "ventanas_omitidas": ejecucion.ventanas_omitidas,
        "ventanas_cambiadas": ejecucion.informe.get("ventanas_cambiadas", []),
        "filas_leidas": ejecucion.filas_leidas,
        "filas_cargadas": ejecucion.filas_cargadas,
        "filas_rechazadas": ejecucion.filas_rechazadas,
        "diferencias": ejecucion.diferencias,
        "codigos_desconocidos": ejecucion.informe.get("codigos_desconocidos", {}),
        "bytes_no_decodificables": ejecucion.informe.get("bytes_no_decodificables", 0),
        "rechazos": ejecucion.informe.get("filas_rechazadas", []),
        "notas": ejecucion.informe.get("notas", []),
        "mensaje": _mensaje(ejecucion),
    }


def _mensaje(ejecucion: EjecucionExtraccion) -> str:
    cambiadas = len(ejecucion.informe.get("ventanas_cambiadas", []))
    frases = [f"{ejecucion.filas_cargadas} movimientos cargados en {ejecucion.ventanas_leidas} ventanas."]
    if ejecucion.ventanas_omitidas:
        frases.append(f"{ejecucion.ventanas_omitidas} ya estaban extraídas.")
    if cambiadas:
        frases.append(f"{cambiadas} cambiaron en el origen: vuelva a extraerlas para ponerlas al día.")
    if ejecucion.diferencias:
        frases.append(f"{ejecucion.diferencias} no coinciden con el origen: revise la conciliación.")
    return " ".join(frases)
