"""Builds the JSON that the provider takes, from a document of KARDEX; and the code (CUFE, CUDE, CUDS) it should get.

The format is the public one of the REST providers that TNS installations use (resources invoice, credit-note,
support-document, sd-credit-note). Taxes are summed per real rate; amounts are text with two decimals.
"""

from __future__ import annotations

import re
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from stdnum.co import nit as stdnum_nit

from tns.engines.ubl import codes
from tns.engines.ubl.catalogs import CONSUMIDOR_FINAL
from tns.engines.ubl.codes import Claves
from tns.engines.ubl.outgoing.document import DocumentoTNS, Renglon
from tns.engines.ubl.outgoing.missing import RECURSOS, resolution

TIPOS = {"FV": 1, "DV": 4, "FC": 11, "DC": 13}
CONTINGENCIA = 3
UNIDADES = {"94": 70}  # DIAN's code of the unit → the provider's id; others come from the company's configuration
_IDENTIFICACIONES = {
    "11": 1, "12": 2, "13": 3, "21": 4, "22": 5, "31": 6, "41": 7, "42": 8, "50": 9, "91": 10, "47": 11,
    "C": 3, "N": 6, "E": 5, "P": 7, "T": 2, "R": 1,
}  # fmt: skip
_RETENCIONES = {"I": 5, "R": 6, "C": 7}
_IVA, _INC = 1, 4
_CENT = Decimal("0.01")
_HUNDRED = Decimal(100)
_MOTIVO_POR_DEFECTO = {"DV": "2", "DC": "2"}

Payload = dict[str, Any]
Taxes = dict[tuple[int, Decimal], tuple[Decimal, Decimal]]


def resource(document: DocumentoTNS) -> str:
    """The provider's resource for this document."""
    return RECURSOS[document.codcomp]


def build(
    document: DocumentoTNS, *, unidades: dict[str, int] | None = None, textos: dict[str, str] | None = None
) -> Payload:
    """The request's body. The document must have nothing missing (see `missing.find_missing`)."""
    units, texts = unidades or UNIDADES, textos or {}
    lines = [_line(line, units) for line in document.renglones]
    taxes = _taxes(document.renglones)
    gross = sum((line.base for line in document.renglones), Decimal(0))
    total_tax = sum((amount for _, amount in taxes.values()), Decimal(0))
    payload: Payload = {
        "number": int(document.numero),
        "prefix": document.prefijo,
        "type_document_id": CONTINGENCIA
        if document.contingencia and document.codcomp == "FV"
        else TIPOS[document.codcomp],
        "date": document.fecha.isoformat() if document.fecha else "",
        "time": document.hora,
        "notes": document.observaciones,
        "head_note": texts.get("CABECERADIANVM", ""),
        "foot_note": texts.get("FOOTERDIANVM", ""),
        "legal_monetary_totals": {
            "line_extension_amount": _text(gross),
            "tax_exclusive_amount": _text(gross),
            "tax_inclusive_amount": _text(gross + total_tax),
            "allowance_total_amount": "0.00",
            "charge_total_amount": "0.00",
            "payable_amount": _text(gross + total_tax),
        },
        "tax_totals": _tax_list(taxes),
    }
    party = "seller" if document.codcomp in ("FC", "DC") else "customer"
    payload[party] = _party(document)
    if document.codcomp in ("FV", "FC"):
        payload["resolution_number"] = resolution(document)
        payload["payment_form"] = _payment(document)
        payload["invoice_lines"] = lines
    else:
        payload |= _correction(document) | {"credit_note_lines": lines}
    if document.retenciones:
        payload["with_holding_tax_total"] = [
            {
                "tax_id": _RETENCIONES[item.tipo],
                "tax_amount": _text(item.valor),
                "percent": format(item.porcentaje, "f"),
                "taxable_amount": _text(item.base),
            }
            for item in document.retenciones
        ]
    return payload


def _line(line: Renglon, units: dict[str, int]) -> Payload:
    item: Payload = {
        "unit_measure_id": units.get(line.unidad or "94", UNIDADES["94"]),
        "invoiced_quantity": format(line.cantidad, "f"),
        "line_extension_amount": _text(line.base),
        "free_of_charge_indicator": False,
        "tax_totals": _tax_list(_taxes((line,))),
        "description": line.descripcion,
        "code": line.codigo,
        "type_item_identification_id": 4,
        "price_amount": format(line.precio, "f"),
        "base_quantity": format(line.cantidad, "f"),
    }
    if Decimal(0) < line.descuento < _HUNDRED:
        before = (line.base / (1 - line.descuento / _HUNDRED)).quantize(_CENT, ROUND_HALF_UP)
        item["price_amount"] = format((before / line.cantidad).quantize(Decimal("0.000001")), "f")
        item["allowance_charges"] = [
            {
                "charge_indicator": False,
                "allowance_charge_reason": f"Descuento del {line.descuento} %",
                "amount": _text(before - line.base),
                "base_amount": _text(before),
            }
        ]
    return item


def _taxes(lines: tuple[Renglon, ...]) -> Taxes:
    """Per tax and real rate: taxable base and amount."""
    found: Taxes = defaultdict(lambda: (Decimal(0), Decimal(0)))
    for line in lines:
        amount = (line.base * line.iva / _HUNDRED).quantize(_CENT, ROUND_HALF_UP)
        _add(found, (_IVA, line.iva.normalize()), line.base, amount)
        if line.consumo:
            _add(found, (_INC, _real_rate(line)), line.base, line.consumo)
    return found


def _add(taxes: Taxes, key: tuple[int, Decimal], base: Decimal, amount: Decimal) -> None:
    before = taxes[key]
    taxes[key] = (before[0] + base, before[1] + amount)


def _real_rate(line: Renglon) -> Decimal:
    """The consumption tax's own rate; within its cents it is a whole one (4, 8, 16 %)."""
    if not line.base:
        return Decimal(0)
    rate = line.consumo / line.base * _HUNDRED
    whole = rate.quantize(Decimal(1), ROUND_HALF_UP)
    exact = abs(line.base * whole / _HUNDRED - line.consumo) <= Decimal("0.01") * max(line.cantidad, Decimal(1))
    return whole.normalize() if exact else rate.quantize(_CENT, ROUND_HALF_UP).normalize()


def _tax_list(taxes: Taxes) -> list[Payload]:
    return [
        {"tax_id": tax, "tax_amount": _text(amount), "percent": format(rate, ".2f"), "taxable_amount": _text(base)}
        for (tax, rate), (base, amount) in sorted(taxes.items())
    ]


def _party(document: DocumentoTNS) -> Payload:
    party = document.tercero
    number, dv = split_nit(party.nit, party.dv)
    if number == CONSUMIDOR_FINAL:
        return {
            "identification_number": CONSUMIDOR_FINAL,
            "name": party.nombre or "CONSUMIDOR FINAL",
            "merchant_registration": "0000000-00",
            "type_document_identification_id": 3,
            "type_organization_id": 2,
        }
    kind = _IDENTIFICACIONES.get(party.tipo_documento.upper(), 6 if dv else 3)
    return {
        "identification_number": number,
        "dv": dv or (str(stdnum_nit.calc_check_digit(number)) if number.isdigit() else ""),
        "name": party.nombre,
        "phone": party.telefono,
        "address": party.direccion,
        "email": party.correo,
        "merchant_registration": "0000000-00",
        "type_document_identification_id": kind,
        "type_organization_id": 1 if party.naturaleza == "J" or (not party.naturaleza and kind == 6) else 2,
        "municipality_id_fact": int(party.ciudad) if party.ciudad.isdigit() else None,
    }


def split_nit(nit: str, dv: str = "") -> tuple[str, str]:
    """Number and check digit of a NIT as TNS writes it ("900.373.115-3", "9003731153", "900373115")."""
    body, hyphen, tail = nit.strip().rpartition("-")
    if hyphen and tail.isdigit() and len(tail) == 1:
        return re.sub(r"[^0-9A-Za-z]", "", body), tail
    number = re.sub(r"[^0-9A-Za-z]", "", nit)
    glued = len(number) == 10 and number.isdigit() and number[0] in "89"
    if glued and str(stdnum_nit.calc_check_digit(number[:-1])) == number[-1] and dv in ("", number[-1]):
        return number[:-1], number[-1]
    return number, dv if dv.isdigit() else ""


def _payment(document: DocumentoTNS) -> Payload:
    means = max(document.pagos, key=lambda payment: payment.valor).medio if document.pagos else ""
    cash = document.forma_pago == "CO"
    form: Payload = {
        "payment_form_id": 1 if cash else 2,
        "payment_method_id": int(means) if means.isdigit() else (10 if cash else 1),
    }
    if not cash:
        due = document.vence or document.fecha
        form |= {"payment_due_date": due.isoformat() if due else "", "duration_measure": document.plazo_dias}
    return form


def _correction(document: DocumentoTNS) -> Payload:
    reference = document.factura
    reason = document.motivo_devolucion or _MOTIVO_POR_DEFECTO[document.codcomp]
    return {
        "discrepancyresponsecode": int(reason) if reason.isdigit() else 2,
        "discrepancyresponsedescription": document.observaciones or "Devolución",
        "billing_reference": {
            "number": reference.numero if reference else "",
            "uuid": reference.cufe if reference else "",
            "issue_date": reference.fecha.isoformat() if reference and reference.fecha else "",
        },
    }


def expected_code(payload: Payload, *, nit: str, keys: Claves, ambiente: str) -> str:
    """The code DIAN will give this document, when the key is known; empty otherwise. It lets us ask by code."""
    kind = payload["type_document_id"]
    secret = keys.clave_tecnica if kind == TIPOS["FV"] else keys.pin
    if not secret:
        return ""
    totals, other = payload["legal_monetary_totals"], payload.get("customer") or payload.get("seller") or {}
    tax = {code: Decimal(0) for code in (_IVA, _INC)}
    for item in payload["tax_totals"]:
        tax[item["tax_id"]] = tax.get(item["tax_id"], Decimal(0)) + Decimal(item["tax_amount"])
    head = f"{payload['prefix']}{payload['number']}{payload['date']}{payload['time']}-05:00"
    head += totals["line_extension_amount"] + "01" + codes.amount(tax[_IVA])
    number = str(other.get("identification_number", ""))
    if kind in (TIPOS["FC"], TIPOS["DC"]):
        return codes.sha384(f"{head}{totals['payable_amount']}{number}{nit}{secret}{ambiente}")
    head += "04" + codes.amount(tax[_INC]) + "030.00"
    return codes.sha384(f"{head}{totals['payable_amount']}{nit}{number}{secret}{ambiente}")


def _text(value: Decimal) -> str:
    return str(value.quantize(_CENT, ROUND_HALF_UP))
