"""The signature: valid, body altered, false, absent; and what each attempt to cheat becomes."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from lxml import etree

from tests.engines.ubl.fabrica import DS, UBL, Receta, autoridad, contenedor, documento, escapado, firmar
from tns.engines.ubl import c14n, reader, safe_xml
from tns.engines.ubl.certificates import Cadena, Vigencia
from tns.engines.ubl.errors import DocumentoRechazado
from tns.engines.ubl.signature import EstadoFirma, check_signature
from tns.engines.ubl.xades import Politica

NS = {"ds": DS, "ext": f"{UBL}CommonExtensionComponents-2", "xades": "http://uri.etsi.org/01903/v1.3.2#"}


def revisar(xml: bytes, roots=()):
    return check_signature(safe_xml.parse(xml), roots)


@pytest.mark.parametrize("resumen", ["sha256", "sha384", "sha512"])
@pytest.mark.parametrize("raiz", ["Invoice", "CreditNote", "DebitNote"])
def test_a_right_signature_is_valid(raiz: str, resumen: str) -> None:
    verdict = revisar(firmar(documento(Receta(raiz=raiz)), resumen=resumen))
    assert verdict.estado is EstadoFirma.VALIDA
    assert verdict.politica is Politica.CONFORME
    assert verdict.rol == "supplier"


def test_a_container_is_verified_like_any_document() -> None:
    assert revisar(firmar(contenedor(escapado(documento())))).estado is EstadoFirma.VALIDA


def test_a_document_without_signature_says_so() -> None:
    assert revisar(documento()).estado is EstadoFirma.SIN_FIRMA


@pytest.mark.parametrize(
    ("antes", "despues"),
    [
        (b"1000.00", b"1000.01"),
        (b"<cbc:ID>SETP990000101</cbc:ID>", b"<cbc:ID>SETP990000102</cbc:ID>"),
        (b"  <cac:PaymentMeans>", b"   <cac:PaymentMeans>"),
        ("Artículo 1".encode(), "Artículo  1".encode()),
        (b'unitCode="94"', b'unitCode="EA"'),
    ],
)
def test_any_change_of_the_body_is_told_as_altered(antes: bytes, despues: bytes) -> None:
    signed = firmar(documento())
    altered = signed.replace(antes, despues, 1)
    assert altered != signed
    assert revisar(altered).estado is EstadoFirma.CUERPO_ALTERADO


def test_reindenting_breaks_the_body_and_not_the_signature() -> None:
    root = etree.fromstring(firmar(documento()), etree.XMLParser(remove_blank_text=True))
    for child in root:
        if child.tag != f"{{{NS['ext']}}}UBLExtensions":
            etree.indent(child, space="      ")
    assert revisar(etree.tostring(root)).estado is EstadoFirma.FIRMA_FALSA  # SignedInfo itself lost its blanks
    signed = firmar(documento())
    again = signed.replace(b"><cac:Item>", b">\n      <cac:Item>")
    assert revisar(again).estado is EstadoFirma.CUERPO_ALTERADO


def test_comments_and_attribute_quotes_do_not_matter() -> None:
    signed = firmar(documento())
    assert (
        revisar(signed.replace(b"<cbc:UBLVersionID>", b"<!-- nada --><cbc:UBLVersionID>")).estado is EstadoFirma.VALIDA
    )
    assert revisar(signed.replace(b'unitCode="94"', b"unitCode='94'")).estado is EstadoFirma.VALIDA


def test_a_comment_cannot_cut_what_is_read_under_a_valid_signature() -> None:
    signed = firmar(documento())
    commented = signed.replace(b">2905.52</cbc:PayableAmount>", b">29<!-- -->05.52</cbc:PayableAmount>")
    commented = commented.replace(b">SETP990000101<", b">SETP99<!-- -->0000101<")
    root = safe_xml.parse(commented)
    assert check_signature(root).estado is EstadoFirma.VALIDA
    read, original = reader.read(root), reader.read(safe_xml.parse(signed))
    assert (read.numero, read.totales) == (original.numero, original.totales)


def test_a_false_signature_value_is_told_from_an_altered_body() -> None:
    root = etree.fromstring(firmar(documento()))
    value = root.find(".//ds:SignatureValue", NS)
    raw = bytearray(base64.b64decode(value.text))
    raw[10] ^= 1
    value.text = base64.b64encode(bytes(raw)).decode()
    assert revisar(etree.tostring(root)).estado is EstadoFirma.FIRMA_FALSA


def test_an_altered_body_with_its_digest_redone_is_a_false_signature() -> None:
    signed = firmar(documento())
    forged = etree.fromstring(firmar(documento(Receta(numero="SETP990000999"))))
    original = etree.fromstring(signed)
    forged.find(".//ds:SignatureValue", NS).text = original.find(".//ds:SignatureValue", NS).text
    assert revisar(etree.tostring(forged)).estado is EstadoFirma.FIRMA_FALSA


def test_another_certificate_under_the_same_signature_is_false() -> None:
    other = etree.fromstring(firmar(documento(), autoridad(-364, 364)))
    root = etree.fromstring(firmar(documento()))
    root.find(".//ds:X509Certificate", NS).text = other.find(".//ds:X509Certificate", NS).text
    assert revisar(etree.tostring(root)).estado is EstadoFirma.FIRMA_FALSA


def test_changed_signed_properties_are_false() -> None:
    signed = firmar(documento())
    assert revisar(signed.replace(b">supplier<", b">third party<")).estado is EstadoFirma.FIRMA_FALSA


@pytest.mark.parametrize(
    ("antes", "despues"),
    [
        (b"xmldsig-more#rsa-sha256", b"xmldsig-more#hmac-sha256"),
        (b"xmldsig-more#rsa-sha256", b"xmldsig#rsa-sha1"),
        (b"xmlenc#sha256", b"xmldsig#sha1"),
        (b"xmldsig#enveloped-signature", b"TR/1999/REC-xslt-19991116"),
        (b"<ds:KeyInfo", b"<ds:KeyInfoX"),
        (b"<ds:SignatureValue>", b"<ds:SignatureValue>!"),
    ],
)
def test_what_dian_does_not_admit_is_false(antes: bytes, despues: bytes) -> None:
    signed = firmar(documento()).replace(antes, despues, 1)
    if despues.endswith(b"KeyInfoX"):
        signed = signed.replace(b"</ds:KeyInfo>", b"</ds:KeyInfoX>")
    assert revisar(signed).estado is EstadoFirma.FIRMA_FALSA


def test_a_signed_original_wrapped_inside_a_forgery_is_false() -> None:
    original = etree.fromstring(firmar(documento()))
    forged = etree.fromstring(documento(Receta(numero="SETP990000777")))
    original.set("Id", "original")
    signature = original.find(".//ds:Signature", NS)
    signature.find("ds:SignedInfo/ds:Reference", NS).set("URI", "#original")
    places = forged.findall(".//ext:ExtensionContent", NS)
    places[-1].append(signature)
    places[0].append(original)
    assert revisar(etree.tostring(forged)).estado is EstadoFirma.FIRMA_FALSA


def test_a_signature_out_of_its_place_is_false() -> None:
    root = etree.fromstring(firmar(documento()))
    root.append(root.find(".//ds:Signature", NS))
    assert revisar(etree.tostring(root)).estado is EstadoFirma.FIRMA_FALSA


def test_a_repeated_id_that_the_signature_refers_to_is_refused() -> None:
    root = etree.fromstring(firmar(documento()))
    root.find(f".//{{{UBL}CommonAggregateComponents-2}}PaymentMeans").set("Id", "propiedades")
    with pytest.raises(DocumentoRechazado) as refusal:
        revisar(etree.tostring(root))
    assert refusal.value.codigo_estable == "ids_duplicados"


def test_a_second_bogus_signature_spoils_the_verdict() -> None:
    root = etree.fromstring(firmar(documento()))
    content = root.findall(".//ext:ExtensionContent", NS)[-1]
    content.append(etree.fromstring(f'<ds:Signature xmlns:ds="{DS}"/>'))
    assert revisar(etree.tostring(root)).estado is EstadoFirma.FIRMA_FALSA


def test_a_signature_that_does_not_cover_the_document_is_false() -> None:
    root = etree.fromstring(firmar(documento()))
    info = root.find(".//ds:SignedInfo", NS)
    info.remove(info.find("ds:Reference", NS))
    who = autoridad()
    resigned = who.key.sign(c14n.canonical_element(info), padding.PKCS1v15(), hashes.SHA256())
    root.find(".//ds:SignatureValue", NS).text = base64.b64encode(resigned).decode()
    verdict = revisar(etree.tostring(root))
    assert verdict.estado is EstadoFirma.FIRMA_FALSA
    assert "no cubre" in verdict.motivo


def test_chain_and_dates_are_told_apart_from_the_signature() -> None:
    who = autoridad()
    signed = firmar(documento(), who)
    assert revisar(signed).cadena is Cadena.SIN_RAICES
    assert revisar(signed, [who.root]).cadena is Cadena.CONFIABLE
    assert revisar(signed, [autoridad(-300, 300).root]).cadena is Cadena.NO_CONFIABLE
    assert revisar(signed).vigencia is Vigencia.VIGENTE
    expired = autoridad(-200, -100)
    late = revisar(firmar(documento(), expired), [expired.root])
    assert (late.estado, late.vigencia, late.cadena) == (EstadoFirma.VALIDA, Vigencia.VENCIDO, Cadena.CONFIABLE)
    in_time = firmar(documento(), expired, cuando=datetime.now(UTC) - timedelta(days=150))
    assert revisar(in_time).vigencia is Vigencia.VIGENTE


def test_verifying_leaves_the_tree_as_it_was() -> None:
    root = safe_xml.parse(firmar(documento()))
    before = etree.tostring(root)
    check_signature(root)
    assert etree.tostring(root) == before
    assert check_signature(root).estado is EstadoFirma.VALIDA
