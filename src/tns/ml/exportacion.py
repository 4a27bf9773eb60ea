"""The purchase proposal as a file: CSV as Excel in Spanish opens it, or a workbook."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence

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
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def como_csv(filas: Sequence[Recomendacion]) -> bytes:
    """Semicolons, decimal comma and byte order mark."""
    destino = io.StringIO()
    escritor = csv.writer(destino, delimiter=";", lineterminator="\r\n")
    escritor.writerow(COLUMNAS.values())
    escritor.writerows([_texto(getattr(fila, columna)) for columna in COLUMNAS] for fila in filas)
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


def como_excel(filas: Sequence[Recomendacion]) -> bytes:
    """A workbook with one sheet; numbers are numbers, everything else is text."""
    import xlsxwriter

    destino = io.BytesIO()
    libro = xlsxwriter.Workbook(destino, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    hoja = libro.add_worksheet("Compras")
    hoja.freeze_panes(1, 2)
    hoja.set_column(0, len(COLUMNAS) - 1, 16)
    hoja.set_column(1, 1, 40)
    hoja.write_row(0, 0, list(COLUMNAS.values()), libro.add_format({"bold": True, "bottom": 1}))
    numero = libro.add_format({"num_format": "#,##0.##"})
    for i, fila in enumerate(filas, 1):
        for j, columna in enumerate(COLUMNAS):
            valor = getattr(fila, columna)
            if isinstance(valor, int | float) and not isinstance(valor, bool):
                hoja.write_number(i, j, valor, numero)
            elif valor is not None:
                hoja.write_string(i, j, ("sí" if valor else "no") if isinstance(valor, bool) else valor)
    hoja.autofilter(0, 0, max(len(filas), 1), len(COLUMNAS) - 1)
    libro.close()
    return destino.getvalue()


FORMATOS: dict[str, tuple[Callable[[Sequence[Recomendacion]], bytes], str, str]] = {
    "csv": (como_csv, "text/csv; charset=utf-8", "csv"),
    "excel": (como_excel, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
}
