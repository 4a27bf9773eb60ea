"""Makes DIAN documents of its own, coded and signed by an authority of its own: nothing official is copied."""

from __future__ import annotations

import base64
import functools
import hashlib
import io
import zipfile
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID
from lxml import etree

from tns.engines.ubl import c14n, codes, reader, safe_xml
from tns.engines.ubl.codes import Claves
from tns.engines.ubl.xades import POLICY_SHA256, POLICY_URL

CLAVE = "693ff6f2a553c3646a063436fd4dd9ded0311471"
PIN = "75315"
CLAVES = Claves(clave_tecnica=CLAVE, pin=PIN)
UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
DS = "http://www.w3.org/2000/09/xmldsig#"


@dataclass(frozen=True)
class Autoridad:
    """A root, and a signer's certificate issued by it."""

    root: x509.Certificate
    certificate: x509.Certificate
    key: rsa.RSAPrivateKey


def _certificate(subject, issuer, public_key, signing_key, *, ca, since, until):
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    )
    return builder.sign(signing_key, hashes.SHA256())


@functools.cache
def autoridad(desde: int = -365, hasta: int = 365) -> Autoridad:
    """A fresh authority whose signer is in force from `desde` to `hasta` days around today."""
    now = datetime.now(UTC)
    names = [
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, n)]) for n in ("Raíz de ensayo", "Comercial de Ensayo SAS")
    ]
    root_key = rsa.generate_private_key(65537, 2048)
    key = rsa.generate_private_key(65537, 2048)
    root = _certificate(
        names[0], names[0], root_key.public_key(), root_key, ca=True,
        since=now - timedelta(days=3650), until=now + timedelta(days=3650),
    )  # fmt: skip
    leaf = _certificate(
        names[1], names[0], key.public_key(), root_key, ca=False,
        since=now + timedelta(days=desde), until=now + timedelta(days=hasta),
    )  # fmt: skip
    return Autoridad(root, leaf, key)


@dataclass
class Receta:
    """What a document of the factory says; every amount is text, as in the XML."""

    raiz: str = "Invoice"
    tipo: str = "01"
    numero: str = "SETP990000101"
    fecha: str = "2026-03-10"
    hora: str = "09:15:23-05:00"
    ambiente: str = "2"
    emisor: tuple[str, str] = ("900373115", "3")
    receptor: tuple[str, str] = ("800197268", "4")
    lineas: list[tuple[str, str, str]] = field(
        default_factory=lambda: [("2", "1000.00", "19.00"), ("1", "500.50", "5.00")]
    )
    inc: str = ""
    moneda: str = "COP"
    codigo: str | None = None
    nota: str = ""


def documento(receta: Receta | None = None, claves: Claves = CLAVES) -> bytes:
    """An unsigned document with its right code (or the one the recipe imposes)."""
    recipe = receta or Receta()
    xml = _xml(recipe, "0" * 96)
    if recipe.codigo is None:
        read = reader.read(safe_xml.parse(xml))
        code = codes.sha384(codes.compose(read, codes.secret_for(read, claves)))
    else:
        code = recipe.codigo
    return xml.replace(b"0" * 96, code.encode())


def _xml(recipe: Receta, code: str) -> bytes:
    prefix = {"Invoice": "Invoiced", "CreditNote": "Credited", "DebitNote": "Debited"}[recipe.raiz]
    lines, taxes = _lines(recipe, prefix)
    gross = sum((Decimal(q) * Decimal(p) for q, p, _ in recipe.lineas), Decimal(0)).quantize(Decimal("0.01"))
    total_tax = sum((amount for _, amount in taxes.values()), Decimal(0))
    inc = Decimal(recipe.inc or 0)
    total = gross + total_tax + inc
    monetary = "RequestedMonetaryTotal" if recipe.raiz == "DebitNote" else "LegalMonetaryTotal"
    kind = f"<cbc:{recipe.raiz}TypeCode>{recipe.tipo}</cbc:{recipe.raiz}TypeCode>" if recipe.raiz != "DebitNote" else ""
    subtotals = "".join(_subtotal(base, amount, rate, "01", "IVA") for rate, (base, amount) in taxes.items())
    inc_total = (
        f"<cac:TaxTotal><cbc:TaxAmount currencyID='COP'>{inc}</cbc:TaxAmount>"
        f"{_subtotal(gross, inc, '', '04', 'INC')}</cac:TaxTotal>"
        if recipe.inc
        else ""
    )
    note = f"<cbc:Note>{recipe.nota}</cbc:Note>" if recipe.nota else ""
    security = codes.software_security_code("soft-1", PIN, recipe.numero)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<{recipe.raiz} xmlns="{UBL}{recipe.raiz}-2" xmlns:cac="{UBL}CommonAggregateComponents-2"
 xmlns:cbc="{UBL}CommonBasicComponents-2" xmlns:ext="{UBL}CommonExtensionComponents-2"
 xmlns:sts="dian:gov:co:facturaelectronica:Structures-2-1" xmlns:unused="urn:nadie">
  <ext:UBLExtensions>
    <ext:UBLExtension><ext:ExtensionContent><sts:DianExtensions>
      <sts:InvoiceControl><sts:InvoiceAuthorization>18760000001</sts:InvoiceAuthorization>
        <sts:AuthorizationPeriod><cbc:StartDate>2026-01-19</cbc:StartDate><cbc:EndDate>2030-01-19</cbc:EndDate>
        </sts:AuthorizationPeriod>
        <sts:AuthorizedInvoices><sts:Prefix>SETP</sts:Prefix><sts:From>990000000</sts:From><sts:To>995000000</sts:To>
        </sts:AuthorizedInvoices></sts:InvoiceControl>
      <sts:SoftwareProvider><sts:ProviderID schemeID="3">900373115</sts:ProviderID>
        <sts:SoftwareID>soft-1</sts:SoftwareID></sts:SoftwareProvider>
      <sts:SoftwareSecurityCode>{security}</sts:SoftwareSecurityCode>
      <sts:QRCode>NumFac: {recipe.numero}</sts:QRCode>
    </sts:DianExtensions></ext:ExtensionContent></ext:UBLExtension>
    <ext:UBLExtension><ext:ExtensionContent/></ext:UBLExtension>
  </ext:UBLExtensions>
  <cbc:UBLVersionID>UBL 2.1</cbc:UBLVersionID><cbc:CustomizationID>10</cbc:CustomizationID>
  <cbc:ProfileID>DIAN 2.1</cbc:ProfileID><cbc:ProfileExecutionID>{recipe.ambiente}</cbc:ProfileExecutionID>
  <cbc:ID>{recipe.numero}</cbc:ID><cbc:UUID schemeID="{recipe.ambiente}">{code}</cbc:UUID>
  <cbc:IssueDate>{recipe.fecha}</cbc:IssueDate><cbc:IssueTime>{recipe.hora}</cbc:IssueTime>{kind}{note}
  <cbc:DocumentCurrencyCode>{recipe.moneda}</cbc:DocumentCurrencyCode>
  {_party("AccountingSupplierParty", recipe.emisor, "Comercial de Ensayo SAS")}
  {_party("AccountingCustomerParty", recipe.receptor, "Compradora de Prueba Ñandú SAS")}
  <cac:PaymentMeans><cbc:ID>2</cbc:ID><cbc:PaymentMeansCode>42</cbc:PaymentMeansCode>
    <cbc:PaymentDueDate>2026-04-10</cbc:PaymentDueDate></cac:PaymentMeans>
  <cac:TaxTotal><cbc:TaxAmount currencyID="COP">{total_tax}</cbc:TaxAmount>{subtotals}</cac:TaxTotal>{inc_total}
  <cac:{monetary}><cbc:LineExtensionAmount currencyID="COP">{gross}</cbc:LineExtensionAmount>
    <cbc:TaxExclusiveAmount currencyID="COP">{gross}</cbc:TaxExclusiveAmount>
    <cbc:TaxInclusiveAmount currencyID="COP">{total}</cbc:TaxInclusiveAmount>
    <cbc:PayableAmount currencyID="COP">{total}</cbc:PayableAmount></cac:{monetary}>
  {lines}
</{recipe.raiz}>""".encode()


def _lines(recipe, prefix):
    taxes: dict[str, tuple[Decimal, Decimal]] = {}
    lines = []
    for number, (quantity, price, rate) in enumerate(recipe.lineas, 1):
        value = (Decimal(quantity) * Decimal(price)).quantize(Decimal("0.01"))
        tax = (value * Decimal(rate) / 100).quantize(Decimal("0.01"))
        base, amount = taxes.get(rate, (Decimal(0), Decimal(0)))
        taxes[rate] = (base + value, amount + tax)
        lines.append(
            f"<cac:{recipe.raiz}Line><cbc:ID>{number}</cbc:ID><cbc:{prefix}Quantity unitCode='94'>{quantity}"
            f"</cbc:{prefix}Quantity><cbc:LineExtensionAmount currencyID='COP'>{value}</cbc:LineExtensionAmount>"
            f"<cac:TaxTotal><cbc:TaxAmount currencyID='COP'>{tax}</cbc:TaxAmount>"
            f"{_subtotal(value, tax, rate, '01', 'IVA')}</cac:TaxTotal>"
            f"<cac:Item><cbc:Description>Artículo {number}</cbc:Description><cac:SellersItemIdentification>"
            f"<cbc:ID>A{number}</cbc:ID></cac:SellersItemIdentification></cac:Item>"
            f"<cac:Price><cbc:PriceAmount currencyID='COP'>{price}</cbc:PriceAmount>"
            f"<cbc:BaseQuantity unitCode='94'>1.000000</cbc:BaseQuantity></cac:Price></cac:{recipe.raiz}Line>"
        )
    if recipe.inc:  # the consumption tax of these recipes is charged once, on the first line
        extra = f"<cac:TaxTotal><cbc:TaxAmount currencyID='COP'>{recipe.inc}</cbc:TaxAmount>"
        extra += _subtotal(Decimal(0), Decimal(recipe.inc), "", "04", "INC") + "</cac:TaxTotal><cac:Item>"
        lines[0] = lines[0].replace("<cac:Item>", extra, 1)
    return "".join(lines), taxes


def _subtotal(base, amount, rate, code, name):
    percent = f"<cbc:Percent>{rate}</cbc:Percent>" if rate else ""
    return (
        f"<cac:TaxSubtotal><cbc:TaxableAmount currencyID='COP'>{base}</cbc:TaxableAmount>"
        f"<cbc:TaxAmount currencyID='COP'>{amount}</cbc:TaxAmount><cac:TaxCategory>{percent}"
        f"<cac:TaxScheme><cbc:ID>{code}</cbc:ID><cbc:Name>{name}</cbc:Name></cac:TaxScheme></cac:TaxCategory>"
        "</cac:TaxSubtotal>"
    )


def _party(tag, who, name):
    number, dv = who
    return (
        f"<cac:{tag}><cbc:AdditionalAccountID>1</cbc:AdditionalAccountID><cac:Party><cac:PartyTaxScheme>"
        f"<cbc:RegistrationName>{name}</cbc:RegistrationName>"
        f"<cbc:CompanyID schemeID='{dv}' schemeName='31'>{number}</cbc:CompanyID>"
        f"<cbc:TaxLevelCode>O-13;O-15</cbc:TaxLevelCode></cac:PartyTaxScheme></cac:Party></cac:{tag}>"
    )


def evento(
    codigo: str = "030",
    *,
    de: str = "800197268",
    para: str = "900373115",
    referido: str = "F1",
    cufe: str = "ab" * 48,
    pin: str = PIN,
    reglas: str = "",
) -> bytes:
    """An ApplicationResponse with its right code."""
    xml = f"""<ApplicationResponse xmlns="{UBL}ApplicationResponse-2" xmlns:cac="{UBL}CommonAggregateComponents-2"
 xmlns:cbc="{UBL}CommonBasicComponents-2" xmlns:ext="{UBL}CommonExtensionComponents-2">
<ext:UBLExtensions><ext:UBLExtension><ext:ExtensionContent/></ext:UBLExtension></ext:UBLExtensions>
<cbc:UBLVersionID>UBL 2.1</cbc:UBLVersionID><cbc:ProfileExecutionID>2</cbc:ProfileExecutionID><cbc:ID>EV7</cbc:ID>
<cbc:UUID>{"0" * 96}</cbc:UUID><cbc:IssueDate>2026-03-11</cbc:IssueDate><cbc:IssueTime>10:00:00-05:00</cbc:IssueTime>
<cac:SenderParty><cac:PartyTaxScheme><cbc:RegistrationName>Quien envía</cbc:RegistrationName>
<cbc:CompanyID>{de}</cbc:CompanyID></cac:PartyTaxScheme></cac:SenderParty>
<cac:ReceiverParty><cac:PartyTaxScheme><cbc:RegistrationName>Quien recibe</cbc:RegistrationName>
<cbc:CompanyID>{para}</cbc:CompanyID></cac:PartyTaxScheme></cac:ReceiverParty>
<cac:DocumentResponse><cac:Response><cbc:ResponseCode>{codigo}</cbc:ResponseCode><cbc:Description>x</cbc:Description>
</cac:Response><cac:DocumentReference><cbc:ID>{referido}</cbc:ID><cbc:UUID>{cufe}</cbc:UUID>
<cbc:DocumentTypeCode>01</cbc:DocumentTypeCode></cac:DocumentReference>{reglas}</cac:DocumentResponse>
</ApplicationResponse>""".encode()
    read = reader.read(safe_xml.parse(xml))
    return xml.replace(b"0" * 96, codes.sha384(codes.compose(read, pin)).encode())


def contenedor(dentro: str, respuesta: str = "", padre: str = "SETP990000101") -> bytes:
    """An AttachedDocument; `dentro` and `respuesta` are written as they must appear (CDATA, escaped, base64)."""
    answer = (
        "<cac:ParentDocumentLineReference><cbc:LineID>1</cbc:LineID><cac:DocumentReference><cac:Attachment>"
        f"<cac:ExternalReference><cbc:Description>{respuesta}</cbc:Description></cac:ExternalReference></cac:Attachment>"
        "</cac:DocumentReference></cac:ParentDocumentLineReference>"
        if respuesta
        else ""
    )
    return f"""<?xml version="1.0" encoding="utf-8"?>
<AttachedDocument xmlns="{UBL}AttachedDocument-2" xmlns:cac="{UBL}CommonAggregateComponents-2"
 xmlns:cbc="{UBL}CommonBasicComponents-2" xmlns:ext="{UBL}CommonExtensionComponents-2">
<ext:UBLExtensions><ext:UBLExtension><ext:ExtensionContent/></ext:UBLExtension></ext:UBLExtensions>
<cbc:UBLVersionID>UBL 2.1</cbc:UBLVersionID><cbc:ID>AD1</cbc:ID><cbc:IssueDate>2026-03-10</cbc:IssueDate>
<cbc:ParentDocumentID>{padre}</cbc:ParentDocumentID>
<cac:Attachment><cac:ExternalReference><cbc:Description>{dentro}</cbc:Description></cac:ExternalReference>
</cac:Attachment>
{answer}</AttachedDocument>""".encode()


def cdata(xml: bytes) -> str:
    return f"<![CDATA[{xml.decode()}]]>"


def escapado(xml: bytes) -> str:
    return xml.decode().replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def base64_de(xml: bytes) -> str:
    return base64.b64encode(xml).decode()


def firmar(
    xml: bytes, quien: Autoridad | None = None, *, resumen: str = "sha256", cuando: datetime | None = None
) -> bytes:
    """Sign XAdES-EPES, enveloped, as DIAN asks: document, KeyInfo and SignedProperties."""
    who = quien or autoridad()
    moment = (cuando or datetime.now(UTC)).isoformat()
    root = etree.fromstring(xml)
    place = root.findall(f".//{{{UBL}CommonExtensionComponents-2}}ExtensionContent")[-1]
    digest_uri = {
        "sha256": "http://www.w3.org/2001/04/xmlenc#sha256",
        "sha384": "http://www.w3.org/2001/04/xmldsig-more#sha384",
        "sha512": "http://www.w3.org/2001/04/xmlenc#sha512",
    }[resumen]
    document = _b64(hashlib.new(resumen, c14n.canonical_document(root)).digest())
    der = who.certificate.public_bytes(serialization.Encoding.DER)
    signature = etree.fromstring(_signature(der, document, digest_uri, resumen, moment))
    place.append(signature)
    ns = {"ds": DS, "xades": "http://uri.etsi.org/01903/v1.3.2#"}
    values = signature.findall("ds:SignedInfo/ds:Reference/ds:DigestValue", ns)
    parts = (signature.find("ds:KeyInfo", ns), signature.find(".//xades:SignedProperties", ns))
    for value, part in zip(values[1:], parts, strict=True):
        value.text = _b64(hashlib.new(resumen, c14n.canonical_element(part)).digest())
    algorithm = {"sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()}[resumen]
    signed = c14n.canonical_element(signature.find("ds:SignedInfo", ns))
    signature.find("ds:SignatureValue", ns).text = _b64(who.key.sign(signed, padding.PKCS1v15(), algorithm))
    return etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8")


def _signature(der: bytes, document: str, digest_uri: str, digest: str, moment: str) -> bytes:
    def reference(attributes, value, transforms=""):
        return (
            f"<ds:Reference {attributes}>{transforms}<ds:DigestMethod Algorithm='{digest_uri}'/>"
            f"<ds:DigestValue>{value}</ds:DigestValue></ds:Reference>"
        )

    enveloped = f"<ds:Transforms><ds:Transform Algorithm='{DS}enveloped-signature'/></ds:Transforms>"
    fingerprint = _b64(hashlib.sha256(der).digest())
    sha256 = "http://www.w3.org/2001/04/xmlenc#sha256"
    return f"""<ds:Signature xmlns:ds="{DS}" xmlns:xades="http://uri.etsi.org/01903/v1.3.2#" Id="firma"><ds:SignedInfo>
<ds:CanonicalizationMethod Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"/>
<ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-{digest}"/>
{reference("Id='ref0' URI=''", document, enveloped)}{reference("URI='#llave'", "")}
{reference("Type='http://uri.etsi.org/01903#SignedProperties' URI='#propiedades'", "")}
</ds:SignedInfo><ds:SignatureValue/><ds:KeyInfo Id="llave"><ds:X509Data><ds:X509Certificate>{_b64(der)}
</ds:X509Certificate></ds:X509Data></ds:KeyInfo><ds:Object><xades:QualifyingProperties Target="#firma">
<xades:SignedProperties Id="propiedades"><xades:SignedSignatureProperties>
<xades:SigningTime>{moment}</xades:SigningTime>
<xades:SigningCertificate><xades:Cert><xades:CertDigest><ds:DigestMethod Algorithm="{sha256}"/>
<ds:DigestValue>{fingerprint}</ds:DigestValue></xades:CertDigest></xades:Cert></xades:SigningCertificate>
<xades:SignaturePolicyIdentifier><xades:SignaturePolicyId><xades:SigPolicyId><xades:Identifier>{POLICY_URL}
</xades:Identifier></xades:SigPolicyId><xades:SigPolicyHash><ds:DigestMethod Algorithm="{sha256}"/>
<ds:DigestValue>{POLICY_SHA256}</ds:DigestValue></xades:SigPolicyHash></xades:SignaturePolicyId></xades:SignaturePolicyIdentifier><xades:SignerRole>
<xades:ClaimedRoles><xades:ClaimedRole>supplier</xades:ClaimedRole></xades:ClaimedRoles></xades:SignerRole>
</xades:SignedSignatureProperties></xades:SignedProperties></xades:QualifyingProperties></ds:Object></ds:Signature>""".encode()


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def zip_de(**archivos: bytes) -> bytes:
    """A ZIP; `__` in a name stands for a dot."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in archivos.items():
            archive.writestr(name.replace("__", "."), content)
    return buffer.getvalue()
