"""Lines, withholdings and third party of a document, out of their rows."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tns.engines.ubl.outgoing import values
from tns.engines.ubl.outgoing.document import Renglon, Retencion, Tercero


def which_quantity(rows: list[dict[str, Any]], header_base: Decimal) -> tuple[str, Decimal]:
    """PRECIOBASE is per stock unit or per list unit, depending on the installation: the header's sum tells which."""
    gaps = []
    for name in ("CANMAT", "CANLISTA", "PARCVTA"):
        total = sum((_line_base(row, name) for row in rows), Decimal(0))
        gaps.append((abs(total - header_base), name))
    if not header_base:
        return "CANMAT", Decimal(0)
    best = min(gap for gap, _ in gaps)
    return next((name, gap) for gap, name in gaps if gap <= best + values.CENT)


def _line_base(row: dict[str, Any], how: str) -> Decimal:
    if how == "PARCVTA":
        return values.money(row["PARCVTA"])
    return (values.number(row[how]) * values.number(row["PRECIOBASE"])).quantize(values.CENT, ROUND_HALF_UP)


def line(row: dict[str, Any], how: str) -> Renglon:
    quantity = values.number(row["CANLISTA" if how == "CANLISTA" else "CANMAT"])
    base = _line_base(row, how)
    price = values.number(row["PRECIOBASE"]) if how != "PARCVTA" else (base / quantity if quantity else Decimal(0))
    return Renglon(
        codigo=values.text(row["CODIGO"]),
        descripcion=values.text(row["DESCRIP"]),
        cantidad=quantity.quantize(Decimal("0.000001")),
        precio=price.quantize(Decimal("0.000001")),
        base=base,
        unidad=values.text(row.get("UNIDAD")),
        iva=values.number(row["PORCIVA"]).quantize(values.CENT),
        consumo=(values.number(row["PRECIOICONSUMO"]) * quantity).quantize(values.CENT, ROUND_HALF_UP),
        descuento=values.number(row["DESCUENTO"]).quantize(values.CENT),
    )


def tax_problem(lines: tuple[Renglon, ...], header: Decimal) -> list[str]:
    """The IVA of the lines must be the header's, but for a peso of rounding per line."""
    total = sum(((line.base * line.iva / 100).quantize(values.CENT, ROUND_HALF_UP) for line in lines), Decimal(0))
    if not lines or abs(total - header) <= 2 + len(lines):
        return []
    return [f"el IVA de los renglones suma {total} y el encabezado dice {header}"]


def withholding(kind: str, base: Decimal, percent: Decimal, value: Decimal) -> Retencion:
    """Its rate in percent, whatever unit TNS wrote (ICA comes per thousand): what makes base × rate = value."""
    for rate in (percent, percent / 10):
        if rate and abs(base * rate / 100 - value) <= 1:
            return Retencion(kind, base, rate.normalize(), value)
    rate = (value / base * 100).quantize(Decimal("0.001"), ROUND_HALF_UP) if base else Decimal(0)
    return Retencion(kind, base, rate.normalize(), value)


def party(row: dict[str, Any]) -> Tercero:
    nit = values.text(row["T_NIT"])
    return Tercero(
        nit=nit,
        dv=values.text(row["T_DV"]),
        nombre=values.text(row["T_NOMBRE"]),
        telefono=values.text(row["T_TELEF1"]),
        direccion=values.text(row["T_DIRECC1"]),
        correo=values.text(row["T_EMAIL"]),
        tipo_documento=values.text(row["T_TIPODOCIDEN"]),
        naturaleza=values.text(row["T_NATJURIDICA"]).upper(),
        ciudad=values.text(row.get("CIUDAD")),
    )
