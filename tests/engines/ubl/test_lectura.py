"""Reading: every root, every way a document comes inside a container, and what is refused by name."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.engines.ubl.fabrica import (
    CLAVES,
    Receta,
    base64_de,
    cdata,
    contenedor,
    documento,
    escapado,
    evento,
    firmar,
)
from tns.engines.ubl import as_json, reader, safe_xml
from tns.engines.ubl.errors import DocumentoRechazado
from tns.engines.ubl.verify import Verifier


def verificar(data: bytes):
    return list(Verifier(CLAVES).file(data))


def test_an_invoice_is_read_with_all_its_parts() -> None:
    document = reader.read(safe_xml.parse(documento()))
    assert (document.raiz, document.tipo, document.numero, document.prefijo) == (
        "Invoice",
        "01",
        "SETP990000101",
        "SETP",
    )
    assert document.emisor.identificacion.numero == "900373115"
    assert document.receptor.nombre == "Compradora de Prueba Ñandú SAS"
    assert document.receptor.responsabilidades == ("O-13", "O-15")
    assert [line.valor for line in document.lineas] == [Decimal("2000.00"), Decimal("500.50")]
    assert document.lineas[0].impuestos[0].subtotales[0].tarifa == Decimal("19.00")
    assert document.totales.a_pagar == Decimal("2905.52")
    assert document.pagos[0].medio == "42"
    assert document.autorizacion.resolucion == "18760000001"
    assert document.fecha_emision is not None


def test_a_debit_note_takes_its_requested_total() -> None:
    document = reader.read(safe_xml.parse(documento(Receta(raiz="DebitNote"))))
    assert (document.tipo, document.totales.a_pagar) == ("92", Decimal("2905.52"))


def test_an_event_is_read_with_its_rules() -> None:
    rules = (
        "<cac:LineResponse><cac:Response><cbc:ResponseCode>FAJ43b</cbc:ResponseCode>"
        "<cbc:Description>Notificación: nombre distinto al del RUT</cbc:Description></cac:Response></cac:LineResponse>"
    )
    document = reader.read(safe_xml.parse(evento("02", reglas=rules)))
    assert document.evento is not None
    assert (document.evento.codigo, document.evento.documento_numero) == ("02", "F1")
    assert [(rule.codigo, rule.clase) for rule in document.evento.reglas] == [("FAJ43b", "notificacion")]


@pytest.mark.parametrize("escribir", [cdata, escapado, base64_de, lambda xml: cdata(b"\n  " + xml)])
def test_a_container_gives_its_document_however_it_was_put_there(escribir) -> None:
    signed = firmar(documento())
    (found,) = verificar(firmar(contenedor(escribir(signed))))
    assert found.revision is not None
    assert found.revision.documento.numero == "SETP990000101"
    assert (found.revision.codigo.estado, found.revision.firma.estado) == ("verificado", "valida")
    assert found.contenedor is not None
    assert found.contenedor.firma.estado == "valida"


def test_a_document_put_as_plain_children_is_read_too() -> None:
    inside = documento().partition(b"?>")[2].decode()
    (found,) = verificar(contenedor(inside))
    assert found.revision is not None
    assert found.revision.documento.raiz == "Invoice"


def test_a_container_inside_a_container_is_opened() -> None:
    inner = contenedor(base64_de(documento()))
    (found,) = verificar(contenedor(cdata(inner)))
    assert found.revision is not None
    assert found.revision.documento.numero == "SETP990000101"


def test_the_answer_of_dian_comes_with_its_document() -> None:
    xml = documento()
    code = reader.read(safe_xml.parse(xml)).codigo
    (found,) = verificar(contenedor(cdata(xml), cdata(evento("04", de="800197268", cufe=code))))
    assert [answer.documento.evento.codigo for answer in found.respuestas] == ["04"]
    assert any("rechazó" in warning for warning in found.avisos)


def test_an_answer_about_another_document_is_remarked() -> None:
    (found,) = verificar(contenedor(cdata(documento()), cdata(evento("02"))))
    assert any("otro documento" in warning for warning in found.avisos)


def test_a_container_that_announces_another_number_is_remarked() -> None:
    (found,) = verificar(contenedor(cdata(documento()), padre="OTRA1"))
    assert any("OTRA1" in warning for warning in found.avisos)


@pytest.mark.parametrize(
    ("xml", "codigo"),
    [
        (
            b'<fe:Invoice xmlns:fe="http://www.dian.gov.co/contratos/facturaelectronica/v1"/>',
            "documento_anterior_a_2019",
        ),
        (documento().replace(b">UBL 2.1<", b">UBL 2.0<"), "documento_anterior_a_2019"),
        (b'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"/>', "respuesta_dian"),
        (b'<NominaIndividual xmlns="dian:gov:co:facturaelectronica:NominaIndividual"/>', "nomina_electronica"),
        (b"<html/>", "documento_desconocido"),
        (b'<Invoice xmlns="urn:otra"/>', "documento_desconocido"),
        (contenedor(""), "contenedor_sin_documento"),
        (contenedor("no es base64 !"), "contenedor_sin_documento"),
    ],
)
def test_what_is_no_document_is_refused_by_name(xml: bytes, codigo: str) -> None:
    (found,) = verificar(xml)
    assert found.rechazo is not None
    assert found.rechazo.codigo_estable == codigo


def test_a_container_is_told_even_if_what_it_brings_is_refused() -> None:
    (found,) = verificar(firmar(contenedor(cdata(b"<html/>"))))
    row = as_json.summary("x", found)
    assert (row["tipo"], row["numero"], row["firma"]) == ("AttachedDocument", "AD1", "valida")
    assert row["rechazo_codigo"] == "documento_desconocido"


def test_the_old_namespace_of_dians_structures_is_no_reason_to_refuse() -> None:
    old = documento().replace(
        b"dian:gov:co:facturaelectronica:Structures-2-1",
        b"http://www.dian.gov.co/contratos/facturaelectronica/v1/Structures",
    )
    document = reader.read(safe_xml.parse(old))
    assert document.autorizacion.prefijo == "SETP"


@pytest.mark.parametrize("number", ["1E999999", "NaN", "1,5", "--1", "9" * 40, "0x1"])
def test_a_number_that_is_none_is_told_and_not_computed(number: str) -> None:
    xml = documento().replace(b">2905.52</cbc:PayableAmount>", f">{number}</cbc:PayableAmount>".encode())
    document = reader.read(safe_xml.parse(xml))
    assert document.totales.a_pagar is None
    assert any("PayableAmount" in problem for problem in document.problemas)


def test_refusal_has_a_text_for_people() -> None:
    with pytest.raises(DocumentoRechazado) as refusal:
        safe_xml.parse(b"<a>")
    assert refusal.value.detalle.startswith("El XML")
