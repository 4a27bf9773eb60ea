"""From the XML tree to the typed document: invoices, notes, support documents, containers and events."""

from __future__ import annotations

from typing import Any

from tns.engines.ubl import tree
from tns.engines.ubl.errors import refuse
from tns.engines.ubl.events import read_event
from tns.engines.ubl.model import (
    Autorizacion,
    CargoDescuento,
    Documento,
    Linea,
    Pago,
    Referencia,
    Software,
    Totales,
)
from tns.engines.ubl.parties import read_party
from tns.engines.ubl.taxes import read_taxes

_ROOTS = {
    "Invoice": "",
    "CreditNote": "91",
    "DebitNote": "92",
    "ApplicationResponse": "96",
    "AttachedDocument": "",
}
_REFERENCES = (
    ("cac:BillingReference/cac:InvoiceDocumentReference", "factura"),
    ("cac:BillingReference/cac:CreditNoteDocumentReference", "nota_credito"),
    ("cac:BillingReference/cac:DebitNoteDocumentReference", "nota_debito"),
    ("cac:OrderReference", "orden"),
    ("cac:DespatchDocumentReference", "despacho"),
    ("cac:ReceiptDocumentReference", "recibo"),
    ("cac:AdditionalDocumentReference", "otro"),
)


def read(root: Any) -> Documento:
    """Read one parsed document.

    Raises:
        DocumentoRechazado: documento_anterior_a_2019, respuesta_dian, nomina_electronica or documento_desconocido.
    """
    _refuse_what_is_no_ubl21(root)
    name = tree.local(root)
    numbers = tree.Numbers()
    if name == "ApplicationResponse":
        return read_event(root)
    monetary = tree.one(root, "cac:LegalMonetaryTotal")
    if monetary is None:
        monetary = tree.one(root, "cac:RequestedMonetaryTotal")
    dian = next(tree.extensions(root, "DianExtensions"), None)
    authorization = _authorization(dian)
    number = tree.text(root, "cbc:ID")
    container = name == "AttachedDocument"
    return Documento(
        raiz=name,
        tipo=_type(root, name),
        numero=number,
        prefijo=authorization.prefijo if number.startswith(authorization.prefijo) else "",
        codigo=tree.text(root, "cbc:UUID"),
        algoritmo_codigo=tree.attribute(root, "cbc:UUID", "schemeName"),
        ambiente=tree.text(root, "cbc:ProfileExecutionID") or tree.attribute(root, "cbc:UUID", "schemeID"),
        fecha=tree.text(root, "cbc:IssueDate"),
        hora=tree.text(root, "cbc:IssueTime"),
        emisor=read_party(tree.one(root, "cac:SenderParty" if container else "cac:AccountingSupplierParty")),
        receptor=read_party(tree.one(root, "cac:ReceiverParty" if container else "cac:AccountingCustomerParty")),
        vence=tree.text(root, "cbc:DueDate"),
        operacion=tree.text(root, "cbc:CustomizationID"),
        perfil=tree.text(root, "cbc:ProfileID"),
        moneda=tree.text(root, "cbc:DocumentCurrencyCode") or "COP",
        tasa_cambio=numbers.read(root, "cac:PaymentExchangeRate/cbc:CalculationRate"),
        notas=tuple(tree.text(note) for note in tree.many(root, "cbc:Note")),
        lineas=_lines(root, name, numbers),
        impuestos=read_taxes(root, "cac:TaxTotal", numbers),
        retenciones=read_taxes(root, "cac:WithholdingTaxTotal", numbers),
        cargos_descuentos=_allowances(root, numbers),
        totales=_totals(monetary, numbers),
        referencias=_references(root),
        pagos=_payments(root),
        autorizacion=authorization,
        software=_software(dian),
        qr=tree.text_local(dian, "QRCode") if dian is not None else "",
        problemas=tuple(numbers.problemas),
    )


def _type(root: Any, name: str) -> str:
    return (
        tree.text(root, "cbc:InvoiceTypeCode")
        or tree.text(root, "cbc:CreditNoteTypeCode")
        or tree.text(root, "cbc:DebitNoteTypeCode")
        or tree.text(root, "cbc:DocumentTypeCode")
        or _ROOTS[name]
    )


def _refuse_what_is_no_ubl21(root: Any) -> None:
    name, space = tree.local(root), tree.namespace(root)
    version = tree.text(root, "cbc:UBLVersionID").upper().removeprefix("UBL").strip()
    if space == tree.LEGACY or (name in _ROOTS and version == "2.0"):
        raise refuse(
            "documento_anterior_a_2019",
            "Es un documento electrónico anterior a 2019 (UBL 2.0, CUFE con SHA-1), que ya no se lee.",
            "Pida a su emisor la representación vigente o consérvelo como soporte histórico.",
        )
    if name == "Envelope" and "envelope" in space:
        raise refuse(
            "respuesta_dian",
            "Es una respuesta del servicio web de la DIAN (SOAP), no un documento electrónico.",
            "Verifique el XML del documento o su AttachedDocument.",
        )
    if name.startswith("NominaIndividual"):
        raise refuse("nomina_electronica", "Es un documento de nómina electrónica, que no es una factura.")
    if name not in _ROOTS or not space.startswith(tree.UBL):
        raise refuse(
            "documento_desconocido",
            f"El XML no es un documento electrónico de la DIAN: su raíz es «{name[:60]}».",
            "Revise que sea el XML de una factura, nota, documento soporte, evento o AttachedDocument.",
        )


def _lines(root: Any, name: str, numbers: tree.Numbers) -> tuple[Linea, ...]:
    kind = {"Invoice": "Invoiced", "CreditNote": "Credited", "DebitNote": "Debited"}.get(name)
    if kind is None:
        return ()
    return tuple(_line(line, f"cbc:{kind}Quantity", numbers) for line in tree.many(root, f"cac:{name}Line"))


def _line(line: Any, quantity: str, numbers: tree.Numbers) -> Linea:
    item = tree.one(line, "cac:Item")
    return Linea(
        numero=tree.text(line, "cbc:ID"),
        descripcion=" ".join(filter(None, (tree.text(d) for d in tree.many(item, "cbc:Description")))),
        codigo=tree.text(item, "cac:SellersItemIdentification/cbc:ID"),
        codigo_estandar=tree.text(item, "cac:StandardItemIdentification/cbc:ID"),
        cantidad=numbers.read(line, quantity),
        unidad=tree.attribute(line, quantity, "unitCode"),
        precio=numbers.read(line, "cac:Price/cbc:PriceAmount"),
        cantidad_base=numbers.read(line, "cac:Price/cbc:BaseQuantity"),
        valor=numbers.read(line, "cbc:LineExtensionAmount"),
        gratis=tree.text(line, "cbc:FreeOfChargeIndicator").lower() == "true",
        notas=tuple(tree.text(note) for note in tree.many(line, "cbc:Note")),
        cargos_descuentos=_allowances(line, numbers),
        impuestos=read_taxes(line, "cac:TaxTotal", numbers),
        retenciones=read_taxes(line, "cac:WithholdingTaxTotal", numbers),
    )


def _allowances(element: Any, numbers: tree.Numbers) -> tuple[CargoDescuento, ...]:
    return tuple(
        CargoDescuento(
            es_cargo=tree.text(item, "cbc:ChargeIndicator").lower() == "true",
            valor=numbers.read(item, "cbc:Amount"),
            base=numbers.read(item, "cbc:BaseAmount"),
            porcentaje=numbers.read(item, "cbc:MultiplierFactorNumeric"),
            razon=tree.text(item, "cbc:AllowanceChargeReason"),
        )
        for item in tree.many(element, "cac:AllowanceCharge")
    )


def _totals(monetary: Any, numbers: tree.Numbers) -> Totales:
    return Totales(
        bruto=numbers.read(monetary, "cbc:LineExtensionAmount"),
        base_imponible=numbers.read(monetary, "cbc:TaxExclusiveAmount"),
        con_impuestos=numbers.read(monetary, "cbc:TaxInclusiveAmount"),
        descuentos=numbers.read(monetary, "cbc:AllowanceTotalAmount"),
        cargos=numbers.read(monetary, "cbc:ChargeTotalAmount"),
        anticipos=numbers.read(monetary, "cbc:PrepaidAmount"),
        redondeo=numbers.read(monetary, "cbc:PayableRoundingAmount"),
        a_pagar=numbers.read(monetary, "cbc:PayableAmount"),
    )


def _references(root: Any) -> tuple[Referencia, ...]:
    found = [
        Referencia(
            clase="correccion",
            numero=tree.text(item, "cbc:ReferenceID"),
            tipo=tree.text(item, "cbc:ResponseCode"),
            descripcion=tree.text(item, "cbc:Description"),
        )
        for item in tree.many(root, "cac:DiscrepancyResponse")
    ]
    for expression, kind in _REFERENCES:
        found.extend(
            Referencia(
                clase=kind,
                numero=tree.text(item, "cbc:ID"),
                codigo=tree.text(item, "cbc:UUID"),
                fecha=tree.text(item, "cbc:IssueDate"),
                tipo=tree.text(item, "cbc:DocumentTypeCode"),
                descripcion=tree.text(item, "cbc:DocumentDescription"),
            )
            for item in tree.many(root, expression)
        )
    if tree.local(root) == "AttachedDocument":
        found.append(Referencia(clase="factura", numero=tree.text(root, "cbc:ParentDocumentID")))
    return tuple(found)


def _payments(root: Any) -> tuple[Pago, ...]:
    return tuple(
        Pago(
            forma=tree.text(item, "cbc:ID"),
            medio=tree.text(item, "cbc:PaymentMeansCode"),
            vence=tree.text(item, "cbc:PaymentDueDate"),
            referencia=tree.text(item, "cbc:PaymentID"),
        )
        for item in tree.many(root, "cac:PaymentMeans")
    )


def _authorization(dian: Any) -> Autorizacion:
    control = tree.find_local(dian, "InvoiceControl") if dian is not None else None
    if control is None:
        return Autorizacion()
    return Autorizacion(
        resolucion=tree.text_local(control, "InvoiceAuthorization"),
        desde=tree.text_local(control, "AuthorizationPeriod", "StartDate"),
        hasta=tree.text_local(control, "AuthorizationPeriod", "EndDate"),
        prefijo=tree.text_local(control, "AuthorizedInvoices", "Prefix"),
        primero=tree.text_local(control, "AuthorizedInvoices", "From"),
        ultimo=tree.text_local(control, "AuthorizedInvoices", "To"),
    )


def _software(dian: Any) -> Software:
    if dian is None:
        return Software()
    provider = tree.find_local(dian, "SoftwareProvider", "ProviderID")
    return Software(
        proveedor="" if provider is None else tree.text(provider),
        proveedor_dv="" if provider is None else tree.attribute(provider, "", "schemeID"),
        identificador=tree.text_local(dian, "SoftwareProvider", "SoftwareID"),
        codigo_seguridad=tree.text_local(dian, "SoftwareSecurityCode"),
    )
