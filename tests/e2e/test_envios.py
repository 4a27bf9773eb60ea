"""Suppliers' documents, and own queries against a real accounting database, by clicks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.dian import contabilidad
from tests.dian.conftest import Escena, montar
from tests.dian.proveedor import Proveedor, encendido
from tests.e2e.conftest import CLAVE
from tests.e2e.navegante import Navegante
from tests.engines.ubl.fabrica import documento, firmar, zip_de
from tests.mundo import ANDINA
from tests.pila import Trabajador
from tns.dian.models import DocumentoDian, DocumentoRecibido
from tns.extraccion.models import MovimientoInventario

if TYPE_CHECKING:
    from tns.local.firebird import FirebirdServer

pytestmark = pytest.mark.navegador


@pytest.fixture
def escena(
    navegante: Navegante,
    servidores_tns: list[FirebirdServer],
    trabajador: Trabajador,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Escena]:
    """A company with accounting and provider, and the worker told that this provider has no TLS."""
    monkeypatch.setenv("DIAN_PERMITIR_HTTP", "true")
    trabajador.stop()
    trabajador.start()
    with encendido(Proveedor(nit=ANDINA)) as proveedor:
        yield montar(contabilidad.crear(servidores_tns[0], url=proveedor.url, token="x"), proveedor)
    trabajador.stop()  # the next test that needs it starts it again, without this test's environment


def test_an_invoice_of_a_supplier_is_received_and_seen(navegante: Navegante, escena: Escena, tmp_path: Path) -> None:
    compra = tmp_path / "compra.zip"
    compra.write_bytes(zip_de(factura__xml=firmar(documento())))
    navegante.abrir("/dian/recibidos")
    navegante.entrar("marcela", CLAVE)
    navegante.ver("Ningún documento por aquí")
    navegante.pagina.locator("input[type=file]").set_input_files(compra)
    navegante.pulsar("Recibir 1 archivo")
    navegante.ver("1 documento nuevo")
    recibido = DocumentoRecibido.objects.get()
    navegante.pulsar(f"Ver {recibido.numero}")
    navegante.ver(recibido.codigo)
    assert recibido.emisor_nombre in navegante.dialogo.inner_text()
    assert navegante.barreras() == []


def test_a_document_is_sent_to_the_dian_and_what_is_refused_says_why(navegante: Navegante, escena: Escena) -> None:
    escena.tns.documento(501)
    escena.tns.documento(502)
    escena.proveedor.animos["SETP502"].append("rechazar")
    navegante.abrir("/dian/enviados")
    navegante.entrar("marcela", CLAVE)
    navegante.ver("Ningún documento enviado por aquí")
    _enviar(navegante, escena, 501)
    navegante.ver("Enviar a la DIAN", segundos=5)
    emergente = navegante.pagina.locator(".swal2-popup")
    emergente.get_by_text("terminada").wait_for(timeout=60_000)
    navegante.pulsar("Cerrar", dentro=emergente)
    fila = DocumentoDian.objects.get(kardex_id=501)
    navegante.pulsar(f"Ver {fila.prefijo}{fila.numero}")
    panel = navegante.dialogo
    panel.get_by_text(fila.cufe).wait_for()
    assert "Aceptado" in panel.inner_text()
    assert navegante.barreras() == []
    assert escena.tns.veredicto(501)[0] == fila.cufe
    assert escena.proveedor.veces()["SETP501"] == 1
    navegante.pagina.keyboard.press("Escape")
    panel.wait_for(state="detached")

    _enviar(navegante, escena, 502)
    emergente.get_by_text("terminada").wait_for(timeout=60_000)
    assert "SETP502: rechazado" in emergente.inner_text()
    navegante.pulsar("Cerrar", dentro=emergente)
    navegante.pulsar("Ver SETP502")
    navegante.ver("FAD06")


def _enviar(navegante: Navegante, escena: Escena, kardex_id: int) -> None:
    navegante.pulsar("Enviar documentos")
    panel = navegante.dialogo
    panel.get_by_role("combobox").click()
    navegante.pulsar(escena.empresa.nombre, exacto=False, rol="option")
    navegante.escribir("kardex_id", str(kardex_id))
    navegante.pulsar("Enviar", dentro=panel)


def test_an_own_query_is_tried_before_it_is_kept(navegante: Navegante, escena: Escena) -> None:
    navegante.tolerar("422")  # what is no SELECT is refused
    escena.tns.documento(502)
    navegante.abrir(f"/empresas/{escena.empresa.id}/consulta")
    navegante.entrar("marcela", CLAVE)
    consulta = navegante.pagina.get_by_label("Consulta propia")
    consulta.fill("DELETE FROM KARDEX")
    navegante.pulsar("Probar")
    navegante.pagina.get_by_role("alert").first.wait_for()
    consulta.fill(
        "SELECT K.FECHA, 'FACTURA_VENTA' AS TIPO_DOCUMENTO, 'A-1' AS ARTICULO_CODIGO, 'Taladro' AS ARTICULO_NOMBRE,"
        " 1 AS CANTIDAD FROM KARDEX K WHERE K.FECHA BETWEEN ? AND ?"
    )
    navegante.pulsar("Probar")
    tabla = navegante.pagina.get_by_role("region", name=re.compile("Primeras filas"))
    tabla.get_by_text("Taladro").first.wait_for()
    assert not MovimientoInventario.objects.exists()
    assert navegante.barreras() == []
    navegante.pulsar("Guardar")
    navegante.ver("Consulta guardada")
    escena.empresa.refresh_from_db()
    assert (escena.empresa.consulta_sql or "").startswith("SELECT K.FECHA")
