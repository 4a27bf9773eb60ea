"""Databases that differ: older ones without the columns of electronic invoicing, list units, foreign schemas."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.dian import contabilidad
from tests.dian.conftest import Escena, montar
from tests.dian.proveedor import TOKEN, Proveedor
from tns.dian import lote
from tns.dian.envio import abrir
from tns.dian.models import ConfiguracionDian
from tns.engines.ubl.outgoing.source import BaseSinKardex


def test_an_older_database_is_sent_from_and_keeps_no_verdict(
    db: None, firebird_server: Any, proveedor: Proveedor, ajustes_dian: Any
) -> None:
    escena = montar(contabilidad.crear(firebird_server, nueva=False), proveedor)
    escena.tns.documento(1)
    resultado = escena.procesar(1)
    assert (resultado.estado, resultado.escrito) == ("aceptado", True)
    assert escena.procesar(1).estado == "aceptado"
    assert escena.proveedor.veces() == {"SETP1": 1}


def test_without_the_mark_of_electronic_prefixes_no_purchase_goes_in_a_batch(
    db: None, firebird_server: Any, proveedor: Proveedor, ajustes_dian: Any
) -> None:
    base = contabilidad.crear(firebird_server)
    base.escribir(("ALTER TABLE PREFIJO DROP FACTELECTRONICA", ()))
    escena = montar(base, proveedor)
    escena.tns.documento(1)
    escena.tns.documento(2, "FC")
    hecho = lote.procesar_lote(empresa=escena.empresa, desde=date(2025, 3, 1), hasta=date(2025, 3, 31))
    assert hecho.estados == {"aceptado": 1}
    assert escena.proveedor.veces() == {"SETP1": 1}


def test_address_and_token_may_come_from_the_accounting_itself(
    db: None, firebird_server: Any, proveedor: Proveedor, ajustes_dian: Any
) -> None:
    base = contabilidad.crear(firebird_server, url=proveedor.url, token=TOKEN)
    escena = montar(base, proveedor)
    ConfiguracionDian.objects.all().delete()
    escena.tns.documento(1)
    assert escena.procesar(1).estado == "aceptado"


def test_prices_per_list_unit_are_told_from_prices_per_stock_unit(escena: Escena) -> None:
    escena.tns.documento(1)
    escena.tns.escribir(("UPDATE DEKARDEX SET CANMAT = CANMAT * 12", ()))
    escena.procesar(1)
    lineas = escena.proveedor.cuerpos["SETP1"]["invoice_lines"]
    assert [linea["invoiced_quantity"] for linea in lineas] == ["2.000000", "1.000000"]
    assert escena.proveedor.cuerpos["SETP1"]["legal_monetary_totals"]["line_extension_amount"] == "2500.00"


def test_a_withholding_per_thousand_is_told_in_percent(escena: Escena) -> None:
    escena.tns.documento(1, VRRICA=24.15)
    escena.tns.insertar("CONCEPTO", CONCID=9, CODIGO="RI", DESCRIP="RETEICA", RETTIPO="C")
    escena.tns.insertar(
        "DEKARDEXDTO", DEKARDEXDTOID=900, KARDEXID=1, CONCID=9, BASERETD=2500.0, PORCRETD=9.66, VALORDTO=24.15
    )
    escena.procesar(1)
    retenciones = {r["tax_id"]: r["percent"] for r in escena.proveedor.cuerpos["SETP1"]["with_holding_tax_total"]}
    assert retenciones == {6: "2.5", 7: "0.966"}


def test_a_database_that_is_not_visual_tns_is_told(escena: Escena, firebird_server: Any) -> None:
    ruta = firebird_server.database("OTRA_COSA.GDB")
    with firebird_server.create_database(ruta, charset="NONE") as conexion:
        conexion.execute_immediate("CREATE TABLE COSAS (ID INTEGER)")
        conexion.commit()
    escena.empresa.ruta_base = str(ruta)
    with pytest.raises(BaseSinKardex):
        abrir(escena.empresa)
