"""The purchase proposal and the forecast as files: CSV as Excel in Spanish opens it, or a workbook."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tns.ml.recomendaciones import Recomendacion

COLUMNAS: dict[str, str] = {
    "articulo_codigo": "Código",
    "articulo_nombre": "Artículo",
    "clase_abc": "ABC",
    "clase_xyz": "XYZ",
    "cantidad_sugerida": "Cantidad sugerida",
    "costo_unitario": "Costo unitario",
    "valor_sugerido": "Valor sugerido",
    "stock": "Stock",
    "punto_reorden": "Punto de reorden",
    "stock_seguridad": "Stock de seguridad",
    "nivel_objetivo": "Nivel objetivo",
    "lead_time_dias": "Días de espera",
    "demanda_proximo_mes": "Demanda del próximo mes",
    "demanda_12_meses": "Demanda de 12 meses",
    "valor_12_meses": "Venta de 12 meses",
    "cobertura_meses": "Cobertura (meses)",
    "rotacion_anual": "Rotación anual",
    "inventario_muerto": "Inventario muerto",
    "motivo": "Motivo",
}
COLUMNAS_DE_PRONOSTICO = (
    "Código", "Artículo", "Mes", "Pronóstico", "Mínimo 80 %", "Máximo 80 %", "Mínimo 95 %", "Máximo 95 %",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Hoja:
    """A table to be written: its name, its columns, and rows of texts, numbers, booleans and blanks."""

    nombre: str
    columnas: Sequence[str]
    filas: Sequence[Sequence[object]]


def hoja_de_compras(recomendaciones: Iterable[Recomendacion]) -> Hoja:
    filas = [[getattr(fila, columna) for columna in COLUMNAS] for fila in recomendaciones]
    return Hoja("Compras", list(COLUMNAS.values()), filas)


def hoja_de_pronostico(articulos: Iterable[Mapping[str, Any]]) -> Hoja:
    """One row per article and month of what `prediccion.predecir` answers."""
    filas = [
        [articulo["articulo_codigo"], articulo["articulo_nombre"], *mes.values()]
        for articulo in articulos
        for mes in articulo["pronostico"]
    ]
    return Hoja("Pronóstico", COLUMNAS_DE_PRONOSTICO, filas)


def como_csv(hoja: Hoja) -> bytes:
    """Semicolons, decimal comma and byte order mark."""
    destino = io.StringIO()
    escritor = csv.writer(destino, delimiter=";", lineterminator="\r\n")
    escritor.writerow(hoja.columnas)
    escritor.writerows([_texto(valor) for valor in fila] for fila in hoja.filas)
    return b"\xef\xbb\xbf" + destino.getvalue().encode()


def _texto(valor: object) -> str:
    """A cell; a text that a spreadsheet would take for a formula is quoted, since customers name their articles."""
    if valor is None:
        return ""
    if isinstance(valor, bool):
        return "sí" if valor else "no"
    if isinstance(valor, float):
        return f"{valor:.2f}".rstrip("0").rstrip(".").replace(".", ",")
    texto = str(valor)
    return f"'{texto}" if texto.startswith(_FORMULA) else texto


def como_excel(hoja: Hoja) -> bytes:
    """A workbook with one sheet; numbers are numbers, everything else is text."""
    import xlsxwriter

    destino = io.BytesIO()
    libro = xlsxwriter.Workbook(destino, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    pagina = libro.add_worksheet(hoja.nombre)
    pagina.freeze_panes(1, 2)
    pagina.set_column(0, len(hoja.columnas) - 1, 16)
    pagina.set_column(1, 1, 40)
    pagina.write_row(0, 0, hoja.columnas, libro.add_format({"bold": True, "bottom": 1}))
    numero = libro.add_format({"num_format": "#,##0.##"})
    for i, fila in enumerate(hoja.filas, 1):
        for j, valor in enumerate(fila):
            if isinstance(valor, int | float) and not isinstance(valor, bool):
                pagina.write_number(i, j, valor, numero)
            elif valor is not None:
                pagina.write_string(i, j, ("sí" if valor else "no") if isinstance(valor, bool) else str(valor))
    pagina.autofilter(0, 0, max(len(hoja.filas), 1), len(hoja.columnas) - 1)
    libro.close()
    return destino.getvalue()


FORMATOS: dict[str, tuple[Callable[[Hoja], bytes], str, str]] = {
    "csv": (como_csv, "text/csv; charset=utf-8", "csv"),
    "excel": (como_excel, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
}
