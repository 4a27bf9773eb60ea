"""Random damage: whatever is done to a file, the answer is a verdict or a clean refusal, never an exception."""

from __future__ import annotations

import copy
import functools
import random

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from tests.engines.ubl.fabrica import CLAVES, Receta, base64_de, cdata, contenedor, documento, evento, firmar, zip_de
from tns.engines.ubl import as_json
from tns.engines.ubl.verify import Verifier

ESTADOS = {"verificado", "no_coincide", "no_verificable"}
FIRMAS = {"valida", "cuerpo_alterado", "firma_falsa", "sin_firma"}
TROZOS = (
    b"<!DOCTYPE a>", b"<![CDATA[", b"]]>", b"&lt;", b"&#0;", b"\x00", b"\xff\xfe", b"<", b">", b"</", b"xmlns=''",
    b"\xc3", b"1E9999", b"Id='firma'", b"URI='#firma'", b"-99999999999999999999", b"<ds:Signature/>", b"PK\x03\x04",
    b"PK\x01\x02", b"=?utf-8?q?=ff?=", b"Content-Type: multipart/mixed; boundary=\n\n",
)  # fmt: skip


@functools.cache
def semillas() -> tuple[bytes, ...]:
    signed = firmar(documento())
    attached = firmar(contenedor(cdata(signed), cdata(evento("02", de="800197268"))))
    message = (
        b"Subject: factura\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n"
        b"Content-Type: application/zip; name=f.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64_de(zip_de(a__xml=attached)).encode()
        + b"\r\n--x--\r\n"
    )
    note = contenedor(base64_de(documento(Receta(raiz="CreditNote", tipo="91"))))
    return (
        signed, attached, evento(), note, zip_de(a__xml=signed, b__zip=zip_de(c__xml=attached), d__pdf=b"%PDF"),
        message, signed.decode().encode("utf-16"),
    )  # fmt: skip


def danar(data: bytes, rnd: random.Random) -> bytes:
    """Some random edits: bytes flipped, pieces cut, repeated, moved or put in."""
    damaged = bytearray(data)
    for _ in range(rnd.choice((1, 1, 2, 5, 20))):
        at = rnd.randrange(len(damaged) + 1)
        end = min(len(damaged), at + rnd.choice((1, 3, 30, 900)))
        kind = rnd.randrange(5)
        if kind == 0 and at < len(damaged):
            damaged[at] = rnd.choice((rnd.randrange(32, 127), rnd.randrange(32, 127), rnd.randrange(256)))
        elif kind == 1:
            del damaged[at:end]
        elif kind == 2:
            damaged[at:at] = damaged[at:end] * rnd.choice((1, 2, 40))
        elif kind == 3:
            damaged[at:at] = rnd.choice(TROZOS)
        else:
            damaged[at:end] = bytes(rnd.randrange(256) for _ in range(end - at))
    return bytes(damaged)


def danar_arbol(data: bytes, rnd: random.Random) -> bytes:
    """Well-formed damage: elements deleted, repeated, moved elsewhere, with other texts and attributes."""
    root = etree.fromstring(data)
    for _ in range(rnd.choice((1, 2, 4, 12))):
        elements = [element for element in root.iter() if isinstance(element.tag, str) and element is not root]
        if not elements:
            break
        element, other = rnd.choice(elements), rnd.choice(elements)
        kind = rnd.randrange(6)
        if kind == 0:
            element.getparent().remove(element)
        elif kind == 1:
            element.addnext(copy.deepcopy(element))
        elif kind == 2:
            other.append(copy.deepcopy(element))
        elif kind == 3:
            element.text = rnd.choice(("", "-1", "1E99", "9" * 300, "ñ", "<![CDATA[", "2019-13-45", other.text or ""))
        elif kind == 4:
            element.set(
                rnd.choice(("Id", "URI", "Algorithm", "schemeID", "Type")), rnd.choice(("", "#firma", "x" * 500))
            )
        else:
            element.tag = other.tag
    return etree.tostring(root)


def comprobar(data: bytes) -> None:
    for found in Verifier(CLAVES).file(data):
        row = as_json.summary("x", found)
        if found.rechazo is not None:
            assert row["rechazo"]
            assert row["rechazo_codigo"] != "error_interno"
        else:
            assert row["codigo"] in ESTADOS
            assert row["firma"] in FIRMAS
            assert row["totales"] in ("ok", "difieren", None)


@settings(max_examples=400, deadline=None)
@given(st.integers(0, 6), st.randoms(use_true_random=False))
def test_a_damaged_document_gives_a_verdict_or_a_clean_refusal(seed: int, rnd: random.Random) -> None:
    comprobar(danar(semillas()[seed], rnd))


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 3), st.randoms(use_true_random=False))
def test_a_well_formed_document_with_anything_anywhere_is_read_or_refused(seed: int, rnd: random.Random) -> None:
    comprobar(danar_arbol(semillas()[seed], rnd))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=2_000))
def test_random_bytes_are_refused_cleanly(data: bytes) -> None:
    comprobar(data)


@settings(max_examples=150, deadline=None)
@given(st.randoms(use_true_random=False))
def test_a_damaged_body_never_passes_for_valid(rnd: random.Random) -> None:
    """One byte changed inside a text of the body: altered, false or refused, but never valid."""
    signed = semillas()[0]
    start, end = signed.index(b"<cbc:UBLVersionID>"), signed.rindex(b"</Invoice>")
    at = rnd.randrange(start, end)
    if not (48 <= signed[at] <= 57):
        return
    damaged = signed[:at] + bytes([48 + (signed[at] - 47) % 10]) + signed[at + 1 :]
    for found in Verifier(CLAVES).file(damaged):
        assert found.rechazo is not None or found.revision is None or found.revision.firma.estado == "cuerpo_alterado"
