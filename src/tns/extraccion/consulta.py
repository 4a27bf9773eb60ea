"""The preview of how a company would be read: columns, where they go, first rows, and what is wrong."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import replace
from typing import Any

from tns.empresas.models import EmpresaServidor
from tns.engines.loading.fields import BY_SOURCE, document_type
from tns.engines.loading.plan import Plan, make_plan
from tns.engines.sources import Part, Source, open_source
from tns.extraccion import selectors
from tns.extraccion.extraer import limites

# A preview answers inside a web request, so it waits less than an extraction.
SEGUNDOS = 12


def probar_consulta(
    *, empresa: EmpresaServidor, consulta_sql: str | None, desde: dt.date, hasta: dt.date, filas: int
) -> dict[str, Any]:
    """Prepare the query and read its first rows; raises SourceError with the precise `codigo`.

    `consulta_sql` None means the one the company has (none: the profile that fits its database).
    """
    propia = empresa.consulta_sql if consulta_sql is None else consulta_sql
    topes = replace(limites(), statement=SEGUNDOS, own_statement=SEGUNDOS, silence=SEGUNDOS)
    reglas = selectors.reglas_de_bodega(empresa.id)
    with open_source(empresa.servidor.conexion(empresa.ruta_base), own_query=propia, limits=topes) as origen:
        consultas = [
            _consulta(origen, parte, make_plan(parte.layout, reglas), desde, hasta, filas) for parte in origen.parts
        ]
        return {
            "perfil": origen.profile.name,
            "charset": origen.charset,
            "desde": desde,
            "hasta": hasta,
            "consultas": consultas,
            "notas": list(origen.profile.notes),
        }


def _consulta(origen: Source, parte: Part, plan: Plan, desde: dt.date, hasta: dt.date, filas: int) -> dict[str, Any]:
    destinos = dict(plan.used)
    muestra = origen.preview(parte, desde, hasta, filas)
    nombres = [columna.name for columna in parte.layout.columns]
    return {
        "nombre": parte.query.name,
        "sql": parte.query.sql,
        "columnas": [
            {
                "nombre": columna.name,
                "tipo": columna.source_type,
                "destino": list(destinos.get(columna.name, ())),
                "obligatoria": columna.name in BY_SOURCE and BY_SOURCE[columna.name].required,
            }
            for columna in parte.layout.columns
        ],
        "ausentes": list(plan.absent),
        "desconocidas": list(plan.unknown),
        "filas": [dict(zip(nombres, fila, strict=True)) for fila in muestra],
        "problemas": _problemas(plan, nombres, muestra, desde, hasta),
    }


def _problemas(
    plan: Plan, nombres: list[str], muestra: list[tuple[Any, ...]], desde: dt.date, hasta: dt.date
) -> list[str]:
    problemas = []
    if plan.unknown:
        problemas.append(f"Estas columnas no se conocen y no se guardan: {', '.join(plan.unknown)}.")
    if not muestra:
        return [*problemas, "La consulta no devolvió filas en este rango de fechas."]
    columna = {nombre: [fila[i] for fila in muestra] for i, nombre in enumerate(nombres)}
    codigos = Counter(str(c or "").strip() for c in columna["TIPO_DOCUMENTO"] if document_type(str(c or "")) is None)
    if codigos:
        lista = ", ".join(f"«{codigo}» ({veces})" for codigo, veces in sorted(codigos.items()))
        problemas.append(f"Códigos de documento desconocidos, que se guardan como OTRO: {lista}.")
    for nombre, frase in (
        ("ARTICULO_CODIGO", "sin código de artículo"),
        ("CANTIDAD", "sin cantidad"),
        ("FECHA", "sin fecha"),
    ):
        if vacias := sum(1 for valor in columna[nombre] if valor is None or valor == ""):
            problemas.append(f"{vacias} de {len(muestra)} filas vienen {frase} y se rechazan.")
    fuera = sum(1 for fecha in columna["FECHA"] if fecha is not None and not desde <= fecha <= hasta)
    if fuera:
        problemas.append(f"{fuera} de {len(muestra)} filas tienen una fecha fuera del rango pedido y se rechazan.")
    return problemas
