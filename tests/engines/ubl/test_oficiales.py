"""The official and public examples, read from where they are kept; skipped where they are not."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest

from tns.engines.ubl.codes import Claves
from tns.engines.ubl.verify import Verifier

EJEMPLOS = Path(os.environ.get("TNS_EJEMPLOS_DIAN") or Path(__file__).parents[4] / "shared/data/dian")
pytestmark = pytest.mark.skipif(not EJEMPLOS.is_dir(), reason="faltan los ejemplos oficiales de la DIAN")
CLAVE = "fc8eac422eba16e22ffd8c6f94b3f40a6e38162c"
TABLA = {
    "phax_Generica.xml": ("Invoice", "no_coincide", "cuerpo_alterado", "ok"),
    "phax_Consumidor_Final.xml": ("Invoice", "verificado", "cuerpo_alterado", "ok"),
    "phax_CreditNote.xml": ("CreditNote", "no_coincide", "valida", "ok"),
    "stenfrank_invoice_signed.xml": ("Invoice", "no_coincide", "valida", "ok"),
    "stenfrank_creditnote_signed.xml": ("CreditNote", "no_coincide", "valida", "ok"),
    "stenfrank_debitnote_unsigned.xml": ("DebitNote", "no_verificable", "sin_firma", "ok"),
    "nobelio_documento-soporte-residente.xml": ("Invoice", "verificado", "sin_firma", "ok"),
}
RECHAZADOS = {
    "legacy_ubl20_facturark_signed_invoice.xml": "documento_anterior_a_2019",
    "stenfrank_soap_getstatuszip_response_errors.xml": "respuesta_dian",
    "stenfrank_soap_sendtestasync_success.xml": "respuesta_dian",
}


def verificar(nombre: str, claves: Claves):
    (found,) = Verifier(claves).file((EJEMPLOS / nombre).read_bytes())
    return found


@pytest.mark.parametrize("nombre", TABLA)
def test_each_example_is_what_its_table_says(nombre: str) -> None:
    pin = "12345" if "soporte" in nombre else "20191"
    revision = verificar(nombre, Claves(CLAVE, pin)).revision
    assert revision is not None
    assert revision.totales is not None
    found = (revision.documento.raiz, revision.codigo.estado, revision.firma.estado, revision.totales.estado)
    assert found == TABLA[nombre]


@pytest.mark.parametrize("nombre", TABLA)
def test_without_keys_no_example_is_called_false(nombre: str) -> None:
    revision = verificar(nombre, Claves()).revision
    assert revision is not None
    assert revision.codigo.estado == "no_verificable"


@pytest.mark.parametrize("nombre", ["phax_Generica.xml", "phax_CreditNote.xml", "stenfrank_invoice_signed.xml"])
def test_the_nit_that_was_hashed_is_named(nombre: str) -> None:
    revision = verificar(nombre, Claves(CLAVE, "20191")).revision
    assert revision is not None
    found = revision.codigo.discrepancia
    assert found is not None
    assert (found.campo, found.en_el_codigo, found.en_el_documento) == ("NIT del emisor", "900508908", "800197268")
    assert revision.codigo_seguridad == "verificado"


@pytest.mark.parametrize("nombre", RECHAZADOS)
def test_what_is_no_current_document_is_refused_by_name(nombre: str) -> None:
    refusal = verificar(nombre, Claves()).rechazo
    assert refusal is not None
    assert refusal.codigo_estable == RECHAZADOS[nombre]


def test_the_published_hashes_are_reproduced() -> None:
    for vector in json.loads((EJEMPLOS / "vectors.json").read_text()):
        assert hashlib.sha384(vector["input"].encode()).hexdigest() == vector["sha384"], vector["name"]
