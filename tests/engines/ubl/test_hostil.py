"""Hostile input: refused with its reason, in bounded time and memory."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from dataclasses import replace
from email.message import EmailMessage

import pytest

from tests.engines.ubl.fabrica import CLAVES, base64_de, cdata, contenedor, documento, firmar, zip_de
from tns.engines.ubl import safe_xml
from tns.engines.ubl.containers import label
from tns.engines.ubl.errors import DocumentoRechazado
from tns.engines.ubl.limits import DEFAULT_LIMITS, MIB
from tns.engines.ubl.verify import Verifier


def motivos(data: bytes, **limits) -> list[str]:
    found = Verifier(CLAVES, limits=replace(DEFAULT_LIMITS, **limits)).file(data)
    return [item.rechazo.codigo_estable if item.rechazo else "leido" for item in found]


LAUGHS = b"<!DOCTYPE a [<!ENTITY a0 'ja'>" + b"".join(
    b"<!ENTITY a%d '%s'>" % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 12)
)


@pytest.mark.parametrize(
    ("xml", "codigo"),
    [
        (LAUGHS + b"]><a>&a11;</a>", "dtd_prohibida"),
        (b"<!DOCTYPE a SYSTEM 'http://127.0.0.1:1/x.dtd'><a/>", "dtd_prohibida"),
        (b"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>", "dtd_prohibida"),
        (b"<?xml version='1.0'?><!-- c --><!DOCTYPE a><a/>", "dtd_prohibida"),
        ("<!DOCTYPE a><a/>".encode("utf-16"), "dtd_prohibida"),
        (b"<a>&desconocida;</a>", "xml_mal_formado"),
        (b"<a>" * 100 + b"</a>" * 100, "xml_demasiado_profundo"),
        (b"<a>" + b"<b/>" * 400_000 + b"</a>", "xml_demasiado_complejo"),
        (b"<a " + b" ".join(b"x%d=''" % n for n in range(700_000)) + b"/>", "xml_demasiado_complejo"),
        (b"", "xml_vacio"),
        (b"  \r\n\xef\xbb\xbf", "xml_vacio"),
        (b"\xff\xfe\x00\x00<\x00\x00\x00", "codificacion_no_admitida"),
        (b"<?xml version='1.0' encoding='UTF-7'?><a/>", "codificacion_no_admitida"),
        (b"<?xml version='1.0' encoding='utf-8'?><a>\xf1</a>", "codificacion_invalida"),
        (b"<?xml version='1.0' encoding='us-ascii'?><a>\xc3\xb1</a>", "codificacion_invalida"),
        (b"<?xml version='1.0' encoding='utf-16'?><a/>", "codificacion_no_admitida"),
        (b"<a", "xml_mal_formado"),
        (b"<a>\x00</a>", "xml_mal_formado"),
        (b"<a/><b/>", "xml_mal_formado"),
        (b"%PDF-1.7 ...", "formato_no_admitido"),
        (b"\x1f\x8b\x08", "formato_no_admitido"),
        (b"hola", "formato_no_admitido"),
        (b"PK\x03\x04 esto no es un zip", "zip_danado"),
    ],
)
def test_hostile_xml_is_refused_with_its_reason(xml: bytes, codigo: str) -> None:
    assert motivos(xml) == [codigo]


def test_declaring_many_namespaces_over_many_elements_is_refused() -> None:
    spaces = b" ".join(b"xmlns:p%d='u'" % n for n in range(300))
    assert motivos(b"<a " + spaces + b">" + b"<b/>" * 20_000 + b"</a>") == ["xml_demasiado_complejo"]


@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-1", "windows-1252", "utf-16"])
def test_the_encodings_in_use_are_read(encoding: str) -> None:
    text = documento().decode().replace('encoding="UTF-8"', f'encoding="{encoding}"')
    assert motivos(text.encode(encoding)) == ["leido"]


def test_a_byte_order_mark_or_blanks_before_the_declaration_are_forgiven() -> None:
    assert motivos(b"\xef\xbb\xbf" + documento()) == ["leido"]
    assert motivos(b"\r\n  " + documento()) == ["leido"]


def test_a_signature_over_namespaces_without_canonical_form_is_refused() -> None:
    signed = firmar(documento()).replace(b"urn:nadie", b"relativo")
    assert motivos(signed) == ["xml_no_canonico"]


def test_entities_in_attributes_are_not_expanded_into_memory() -> None:
    with pytest.raises(DocumentoRechazado):
        safe_xml.parse(b"<!DOCTYPE a [<!ENTITY b 'x'>]><a c='&b;'/>")


def test_a_file_too_big_is_refused_before_it_is_opened() -> None:
    assert motivos(b"<" + b"a" * 100, file_bytes=50) == ["archivo_demasiado_grande"]
    assert motivos(documento(), document_bytes=50) == ["xml_demasiado_grande"]


def bomba(size: int) -> bytes:
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive,
        archive.open("a.xml", "w") as entry,
    ):
        for _ in range(size // MIB):
            entry.write(b" " * MIB)
    return buffer.getvalue()


def test_a_zip_bomb_is_stopped_early_and_in_little_memory() -> None:
    data = bomba(300 * MIB)
    tracemalloc.start()
    assert motivos(data)[0] in ("zip_bomba", "descompresion_excesiva")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 120 * MIB


def test_a_lying_size_in_the_directory_is_not_believed() -> None:
    data = bytearray(bomba(60 * MIB))
    at = data.rfind(b"PK\x01\x02") + 24
    data[at : at + 4] = (10).to_bytes(4, "little")
    assert motivos(bytes(data))[0] in ("zip_danado", "zip_bomba", "descompresion_excesiva")


def test_zips_nested_too_deep_are_refused() -> None:
    data = documento()
    for _ in range(8):
        data = zip_de(a__zip=data) if data.startswith(b"PK") else zip_de(a__xml=data)
    assert motivos(data) == ["anidamiento_excesivo"]
    assert motivos(zip_de(a__zip=zip_de(b__xml=documento()))) == ["leido"]


def test_containers_nested_too_deep_are_refused() -> None:
    data = documento()
    for _ in range(7):
        data = contenedor(base64_de(data))
    assert motivos(data) == ["anidamiento_excesivo"]


def test_too_many_entries_or_documents_are_refused() -> None:
    many = {f"n{n}__xml": b"<a/>" for n in range(12)}
    assert motivos(zip_de(**many), zip_entries=10) == ["zip_con_demasiados_archivos"]
    assert motivos(zip_de(**many), documents=5)[-1] == "demasiados_documentos"


def test_a_zip_with_password_or_odd_method_is_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a.xml", documento())
    assert motivos(buffer.getvalue()) == ["zip_metodo_no_admitido"]
    ciphered = bytearray(zip_de(a__xml=documento()))
    ciphered[6] |= 1
    ciphered[ciphered.rfind(b"PK\x01\x02") + 8] |= 1
    assert motivos(bytes(ciphered)) == ["zip_cifrado"]


def test_names_inside_a_zip_are_labels_and_never_paths() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("../../../etc/cron.d/x.xml", documento())
        archive.writestr("C:\\Windows\\y\x07.xml", documento())
    found = list(Verifier(CLAVES).file(buffer.getvalue()))
    assert [item.ruta for item in found] == [("x.xml",), ("y·.xml",)]
    assert label("/") == "sin_nombre"


def test_one_bad_entry_does_not_hide_the_good_ones() -> None:
    data = zip_de(a__xml=b"<a>", b__xml=documento(), c__pdf=b"%PDF-1.4")
    assert motivos(data) == ["xml_mal_formado", "leido"]


def test_a_forwarded_message_is_opened() -> None:
    inner = EmailMessage()
    inner["Subject"] = "Factura"
    inner.set_content("Adjunta")
    inner.add_attachment(
        zip_de(ad__xml=contenedor(cdata(documento())), g__pdf=b"%PDF"), "application", "zip", filename="f.zip"
    )
    outer = EmailMessage()
    outer["Subject"] = "RV: Factura"
    outer.set_content("Reenvío")
    outer.add_attachment(inner)
    found = list(Verifier(CLAVES).file(outer.as_bytes()))
    assert [item.ruta for item in found] == [("f.zip", "ad.xml")]
    assert found[0].revision is not None


def test_a_message_without_documents_says_so() -> None:
    message = EmailMessage()
    message["Subject"] = "Hola"
    message.set_content("nada")
    assert motivos(message.as_bytes()) == ["sin_documentos"]


def test_messages_made_to_cost_time_are_refused_or_read_at_once() -> None:
    nested = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(2_000))
    assert motivos(nested) == ["mensaje_con_demasiadas_partes"]
    forwarded = b"Content-Type: message/rfc822\r\n\r\n" * 2_000
    assert motivos(forwarded) == ["mensaje_con_demasiadas_partes"]
    parameters = b"Content-Type: multipart/mixed; " + b"x*0=1; " * 400_000 + b"\r\n\r\n<a/>"
    assert motivos(parameters) == ["mensaje_danado"]
    assert motivos(b"A: b\r\n" + b"x: y\r\n" * 600_000) == ["mensaje_demasiado_largo"]
    assert motivos(b"Content-Type: multipart/mixed; x=1; x*0=1; x*=2; x*a=3\r\n\r\n<a/>")[0] in (
        "mensaje_danado",
        "sin_documentos",
    )


def test_a_message_of_too_many_parts_is_refused() -> None:
    message = EmailMessage()
    message["Subject"] = "Hola"
    message.set_content("nada")
    for _ in range(250):
        message.add_attachment(b"x", "application", "octet-stream", filename="x.bin")
    assert motivos(message.as_bytes()) == ["mensaje_con_demasiadas_partes"]
