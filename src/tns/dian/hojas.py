"""The readable sheet of a document, as HTML and as PDF, both with the QR of DIAN's page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from tns.dian.presentacion import Presentacion

if TYPE_CHECKING:
    from fpdf import FPDF

_ANCHOS = (9, 24, 66, 20, 15, 28, 28)
_TITULOS = ("#", "Código", "Descripción", "Cantidad", "Unidad", "Precio", "Valor")
_TIPO = "Helvetica"


def como_html(hoja: Presentacion) -> str:
    """A page on its own: no script, nothing from outside."""
    return render_to_string("dian/documento.html", {"hoja": hoja, "qr": _qr_svg(hoja.qr_url)})


def _qr_svg(url: str) -> SafeString:
    if not url:
        return SafeString("")
    import segno

    # Segno writes the markup from the modules alone; the address never appears in it as text.
    return mark_safe(segno.make(url, error="m").svg_inline(omitsize=True, border=1))  # noqa: S308


def como_pdf(hoja: Presentacion) -> bytes:
    """The same sheet, letter size."""
    from fpdf import FPDF

    pdf = FPDF(format="letter")
    pdf.core_fonts_encoding = "windows-1252"
    pdf.set_auto_page_break(True, margin=15)
    pdf.set_title(_imprimible(f"{hoja.titulo} {hoja.numero}"))
    pdf.add_page()
    _encabezado(pdf, hoja)
    _interesados(pdf, hoja)
    _tabla(pdf, _TITULOS, hoja.renglones, _ANCHOS, derecha=(3, 5, 6))
    if hoja.renglones_omitidos:
        _linea(pdf, f"… y {hoja.renglones_omitidos} renglones más.")
    _tabla(pdf, ("Tributo", "Tarifa", "Base", "Valor"), hoja.impuestos, (60, 30, 50, 50), derecha=(1, 2, 3))
    for nombre, valor in hoja.totales:
        _linea(pdf, f"{nombre}: {valor}", derecha=True)
    pdf.ln(2)
    for comprobacion in hoja.comprobaciones:
        _linea(pdf, f"{comprobacion.que}: {comprobacion.estado}. {comprobacion.motivo}")
    for texto in (*hoja.avisos, *hoja.notas):
        _linea(pdf, texto)
    return bytes(pdf.output())


def _imprimible(texto: str) -> str:
    """What the PDF's own fonts can print: Windows-1252, which holds all of Spanish."""
    return texto.replace("›", ">").encode("cp1252", "replace").decode("cp1252")


def _linea(pdf: FPDF, texto: str, *, derecha: bool = False) -> None:
    pdf.set_font(_TIPO, size=8)
    pdf.multi_cell(0, 4.2, _imprimible(texto), align="R" if derecha else "L", new_x="LMARGIN", new_y="NEXT")


def _encabezado(pdf: FPDF, hoja: Presentacion) -> None:
    if hoja.qr_url:
        import io

        import segno

        imagen = io.BytesIO()
        segno.make(hoja.qr_url, error="m").save(imagen, kind="png", scale=6, border=1)
        pdf.image(imagen, x=pdf.w - 45, y=10, w=34)
    pdf.set_font(_TIPO, style="B", size=14)
    pdf.multi_cell(145, 7, _imprimible(hoja.titulo), align="L", new_x="LMARGIN", new_y="NEXT")
    pdf.set_font(_TIPO, style="B", size=11)
    pdf.multi_cell(145, 6, _imprimible(hoja.numero), new_x="LMARGIN", new_y="NEXT")
    pdf.set_font(_TIPO, size=8)
    for nombre, valor in hoja.cabecera:
        pdf.multi_cell(145, 4.2, _imprimible(f"{nombre}: {valor}"), new_x="LMARGIN", new_y="NEXT")
    pdf.set_font("Courier", size=6.5)
    pdf.multi_cell(145, 3.5, _imprimible(hoja.codigo), new_x="LMARGIN", new_y="NEXT")
    pdf.set_y(max(pdf.get_y(), 46) + 2)


def _interesados(pdf: FPDF, hoja: Presentacion) -> None:
    for parte in hoja.interesados:
        pdf.set_font(_TIPO, style="B", size=9)
        pdf.multi_cell(0, 5, _imprimible(f"{parte.papel}: {parte.nombre}"), new_x="LMARGIN", new_y="NEXT")
        _linea(pdf, " · ".join((parte.identificacion, *parte.datos)))
    pdf.ln(2)


def _tabla(
    pdf: FPDF,
    titulos: tuple[str, ...],
    filas: tuple[tuple[str, ...], ...],
    anchos: tuple[int, ...],
    *,
    derecha: tuple[int, ...],
) -> None:
    if not filas:
        return
    pdf.set_font(_TIPO, size=7.5)
    alineacion = tuple("RIGHT" if i in derecha else "LEFT" for i in range(len(titulos)))
    with pdf.table(
        col_widths=anchos, text_align=alineacion, line_height=4.2, borders_layout="HORIZONTAL_LINES"
    ) as tabla:
        for fila in (titulos, *filas):
            renglon = tabla.row()
            for celda in fila:
                renglon.cell(_imprimible(celda))
    pdf.ln(2)
