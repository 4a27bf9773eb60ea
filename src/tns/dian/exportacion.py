"""Received documents as CSV, Excel or JSON, row by row: memory does not grow with their number."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import QuerySet

from tns.common.hoja import en_csv
from tns.dian.models import DocumentoRecibido

COLUMNAS: tuple[tuple[str, str], ...] = (
    ("fecha", "Fecha"), ("tipo_nombre", "Tipo"), ("numero", "Número"), ("emisor_nit", "NIT emisor"),
    ("emisor_nombre", "Emisor"), ("receptor_nit", "NIT receptor"), ("receptor_nombre", "Receptor"),
    ("moneda", "Moneda"), ("impuestos", "Impuestos"), ("total", "Total"), ("codigo", "CUFE, CUDE o CUDS"),
    ("estado_codigo", "Código"), ("estado_firma", "Firma"), ("estado_totales", "Totales"),
    ("veredicto_dian", "Respuesta DIAN"), ("en_conflicto", "En conflicto"), ("sentido", "Sentido"),
    ("recibido_en", "Recibido"),
)  # fmt: skip
MAX_EXCEL = 200_000
_CAMPOS = tuple(campo for campo, _ in COLUMNAS)


def _filas(consulta: QuerySet[DocumentoRecibido]) -> Iterator[tuple[Any, ...]]:
    return consulta.values_list(*_CAMPOS).iterator(chunk_size=1_000)


def como_csv(consulta: QuerySet[DocumentoRecibido]) -> Iterator[bytes]:
    """CSV as Excel in Spanish opens it."""
    filas = ([None if valor is None else _texto(valor) for valor in fila] for fila in _filas(consulta))
    return en_csv([titulo for _, titulo in COLUMNAS], filas)


def como_json(consulta: QuerySet[DocumentoRecibido]) -> Iterator[bytes]:
    """A JSON list of objects with the names of the API."""
    yield b"["
    for posicion, fila in enumerate(_filas(consulta)):
        objeto = {campo: _jsonable(valor) for campo, valor in zip(_CAMPOS, fila, strict=True)}
        yield (b",\n" if posicion else b"\n") + json.dumps(objeto, ensure_ascii=False).encode()
    yield b"\n]\n"


def como_excel(consulta: QuerySet[DocumentoRecibido]) -> Iterator[bytes]:
    """A workbook with one sheet, written in constant memory to a temporary file; at most MAX_EXCEL rows."""
    import xlsxwriter

    with tempfile.TemporaryFile() as archivo:
        libro = xlsxwriter.Workbook(
            archivo, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        )
        hoja = libro.add_worksheet("Documentos")
        titulo = libro.add_format({"bold": True, "bottom": 1})
        dinero = libro.add_format({"num_format": "#,##0.00"})
        hoja.freeze_panes(1, 0)
        hoja.set_column(0, len(COLUMNAS) - 1, 18)
        hoja.write_row(0, 0, [nombre for _, nombre in COLUMNAS], titulo)
        for numero, fila in enumerate(_filas(consulta[:MAX_EXCEL]), 1):
            for columna, valor in enumerate(fila):
                if _CAMPOS[columna] in ("impuestos", "total") and valor is not None:
                    hoja.write_number(numero, columna, float(valor), dinero)
                elif valor is not None:
                    hoja.write_string(numero, columna, _texto(valor))
        libro.close()
        archivo.seek(0)
        while pedazo := archivo.read(256 * 1024):
            yield pedazo


def _texto(valor: Any) -> str:
    if isinstance(valor, bool):
        return "sí" if valor else "no"
    return valor.isoformat(sep=" ", timespec="seconds") if hasattr(valor, "hour") else str(valor)


def _jsonable(valor: Any) -> Any:
    return valor if isinstance(valor, bool | str) or valor is None else _texto(valor)


FORMATOS: dict[str, tuple[Callable[[QuerySet[DocumentoRecibido]], Iterator[bytes]], str, str]] = {
    "csv": (como_csv, "text/csv; charset=utf-8", "documentos.csv"),
    "excel": (como_excel, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "documentos.xlsx"),
    "json": (como_json, "application/json", "documentos.json"),
}
