"""Sending one document: each answer of the provider, and what TNS, the row and its history say afterwards."""

from __future__ import annotations

import pytest

from tests.dian.conftest import Escena
from tests.dian.proveedor import CLAVES
from tns.dian.envio import DocumentoIncompleto, EstadoDesconocido, NumeroRepetido
from tns.dian.models import DocumentoDian, EstadoEnvio
from tns.engines.ubl.outgoing.provider import CredencialesDelProveedor, NadaEnviado
from tns.engines.ubl.outgoing.source import DocumentoNoEncontrado


def test_an_accepted_invoice_is_written_back(escena: Escena) -> None:
    escena.tns.documento(1)
    resultado = escena.procesar(1)
    assert (resultado.estado, resultado.escrito) == ("aceptado", True)
    cufe, estado, mensaje = escena.tns.veredicto(1)
    assert (cufe, estado) == (resultado.cufe, "EXITOSA")
    assert "autorizada" in mensaje
    assert escena.fila(1).cufe == escena.fila(1).codigo_esperado
    assert escena.acciones(1) == ["creado", "enviando", "respuesta", "escrito"]
    assert escena.proveedor.veces() == {"SETP1": 1}


def test_what_is_sent_is_the_accounting(escena: Escena) -> None:
    escena.tns.documento(2)
    escena.procesar(2)
    cuerpo = escena.proveedor.cuerpos["SETP2"]
    assert (cuerpo["number"], cuerpo["prefix"], cuerpo["type_document_id"]) == (2, "SETP", 1)
    assert (cuerpo["date"], cuerpo["time"]) == ("2025-03-10", "14:05:00")
    assert cuerpo["resolution_number"] == "18760000001"
    assert cuerpo["customer"]["identification_number"] == "900373115"
    assert cuerpo["customer"]["dv"] == "3"
    assert cuerpo["legal_monetary_totals"]["payable_amount"] == "2945.00"
    impuestos = {(i["tax_id"], i["percent"]): (i["taxable_amount"], i["tax_amount"]) for i in cuerpo["tax_totals"]}
    assert impuestos == {
        (1, "5.00"): ("500.00", "25.00"),
        (1, "19.00"): ("2000.00", "380.00"),
        (4, "8.00"): ("500.00", "40.00"),
    }
    assert cuerpo["with_holding_tax_total"] == [
        {"tax_id": 6, "tax_amount": "62.50", "percent": "2.5", "taxable_amount": "2500.00"}
    ]
    assert cuerpo["payment_form"] == {"payment_form_id": 1, "payment_method_id": 10}
    assert cuerpo["foot_note"] == "Gracias por su compra."


def test_sending_it_again_sends_nothing(escena: Escena) -> None:
    escena.tns.documento(3)
    escena.procesar(3)
    assert escena.procesar(3).estado == "aceptado"
    assert escena.proveedor.veces() == {"SETP3": 1}


def test_notices_do_not_reject(escena: Escena) -> None:
    escena.tns.documento(4)
    escena.proveedor.animo = "notificar"
    resultado = escena.procesar(4)
    assert resultado.estado == "aceptado_con_notificaciones"
    assert [(r["codigo"], r["clase"]) for r in resultado.reglas] == [("FAJ43b", "notificacion")]
    assert escena.tns.veredicto(4)[1] == "EXITOSA"


def test_a_rejection_keeps_its_rules_and_can_be_sent_again_once_corrected(escena: Escena) -> None:
    escena.tns.documento(5)
    escena.proveedor.animos["SETP5"] = ["rechazar"]
    primero = escena.procesar(5)
    assert primero.estado == "rechazado"
    assert [r["codigo"] for r in primero.reglas] == ["FAD06"]
    assert escena.tns.veredicto(5)[1] == "NO EXITOSA"
    clave = escena.fila(5).clave_idempotencia
    assert escena.procesar(5).estado == "aceptado"
    assert escena.fila(5).clave_idempotencia != clave
    assert escena.tns.veredicto(5)[1] == "EXITOSA"
    assert escena.proveedor.veces() == {"SETP5": 1}


def test_fields_that_the_provider_refuses_are_kept(escena: Escena) -> None:
    escena.tns.documento(6)
    escena.proveedor.animo = "invalido"
    assert escena.procesar(6).estado == "rechazado"
    assert escena.fila(6).errores == [{"campo": "customer.email", "mensaje": "Obligatorio"}]


@pytest.mark.parametrize(
    "animo", ["facturar_y_callar", "facturar_y_cortar", "facturar_y_500", "basura", "enorme", "a_medias"]
)
def test_an_answer_lost_after_invoicing_is_asked_for_and_never_sent_again(escena: Escena, animo: str) -> None:
    escena.tns.documento(7)
    escena.proveedor.animo = animo
    assert escena.procesar(7).estado == "aceptado"
    assert escena.proveedor.veces() == {"SETP7": 1}
    assert escena.acciones(7) == ["creado", "enviando", "sin_respuesta", "consulta", "escrito"]
    assert escena.tns.veredicto(7)[0] == escena.fila(7).cufe != ""


@pytest.mark.parametrize("animo", ["callar", "cortar_antes", "caido"])
def test_a_request_lost_before_invoicing_is_sent_again_only_after_asking(escena: Escena, animo: str) -> None:
    escena.tns.documento(8)
    escena.proveedor.animos["SETP8"] = [animo]
    with pytest.raises(EstadoDesconocido):
        escena.procesar(8)
    assert escena.fila(8).estado == EstadoEnvio.DESCONOCIDO
    assert escena.tns.veredicto(8) == (None, None, None)
    clave = escena.fila(8).clave_idempotencia
    assert escena.procesar(8).estado == "aceptado"
    assert escena.proveedor.veces() == {"SETP8": 1}
    assert escena.fila(8).clave_idempotencia == clave
    metodos = [ruta for _, ruta, _ in escena.proveedor.pedidos]
    assert metodos.index("status") < len(metodos) - 1 - metodos[::-1].index("invoice")


def test_while_the_first_request_may_be_under_way_nothing_is_sent_again(escena: Escena, ajustes_dian) -> None:
    ajustes_dian.DIAN_ESPERA_CONSULTA_S = 3600.0
    escena.tns.documento(9)
    escena.proveedor.animos["SETP9"] = ["callar"]
    for _ in range(3):
        with pytest.raises(EstadoDesconocido):
            escena.procesar(9)
    assert [ruta for _, ruta, _ in escena.proveedor.pedidos].count("invoice") == 1


def test_a_crash_between_sending_and_writing_the_verdict_is_recovered_by_asking(escena: Escena) -> None:
    escena.tns.documento(10)
    escena.procesar(10)
    DocumentoDian.objects.update(estado=EstadoEnvio.ENVIADO, cufe="", escrito_en=None)
    escena.tns.escribir(("UPDATE KARDEX SET CUFE = NULL, ESTADODIAN = NULL", ()))
    assert escena.procesar(10).estado == "aceptado"
    assert escena.proveedor.veces() == {"SETP10": 1}
    assert escena.tns.veredicto(10)[1] == "EXITOSA"


def test_already_processed_is_a_success_with_its_code(escena: Escena) -> None:
    escena.tns.documento(11)
    escena.procesar(11)
    DocumentoDian.objects.all().delete()
    escena.tns.escribir(("UPDATE KARDEX SET CUFE = NULL, ESTADODIAN = NULL", ()))
    escena.proveedor.estricto = True
    resultado = escena.procesar(11)
    assert resultado.estado == "aceptado"
    assert resultado.cufe == escena.proveedor.facturas[0][1]
    assert escena.proveedor.veces() == {"SETP11": 1}


def test_without_keys_the_document_is_asked_for_by_number(escena: Escena) -> None:
    from tns.dian.models import ConfiguracionDian

    ConfiguracionDian.objects.update(clave_tecnica="", pin="")
    escena.tns.documento(12)
    escena.proveedor.animo = "facturar_y_callar"
    assert escena.procesar(12).cufe == escena.proveedor.facturas[0][1]
    assert "status" in [ruta for _, ruta, _ in escena.proveedor.pedidos]


def test_a_code_that_is_not_this_documents_is_accepted_with_a_warning(escena: Escena) -> None:
    from tns.dian.models import ConfiguracionDian

    ConfiguracionDian.objects.update(clave_tecnica="otra clave")
    escena.tns.documento(28)
    resultado = escena.procesar(28)
    assert resultado.estado == "aceptado_con_notificaciones"
    assert "no es el de este documento" in resultado.reglas[0]["mensaje"]
    assert resultado.cufe == escena.proveedor.facturas[0][1]


def test_what_tns_already_sent_is_not_sent(escena: Escena) -> None:
    escena.tns.documento(13, CUFE="ab" * 48, ESTADODIAN="EXITOSA", MENSAJEFE="Validado")
    resultado = escena.procesar(13)
    assert (resultado.estado, resultado.cufe) == ("aceptado", "ab" * 48)
    assert escena.proveedor.pedidos == []


def test_everything_that_tns_lacks_is_listed(escena: Escena) -> None:
    escena.tns.documento(14, CLIENTE=3, CODPREFIJO="XX", FECASENTAD=None)
    escena.tns.escribir(("UPDATE DEKARDEX SET MATID = 3 WHERE DEKARDEXID = 140", ()))
    with pytest.raises(DocumentoIncompleto) as error:
        escena.procesar(14)
    campos = {faltante["campo"] for faltante in error.value.datos["faltantes"]}
    assert campos == {"FECASENTAD", "FACTELECTRONICA", "RESOLUCION", "DIRECC1", "CIUDANEID", "EMAIL", "CODUNIDADID"}
    assert escena.proveedor.pedidos == []
    assert escena.fila(14).estado == EstadoEnvio.BORRADOR


@pytest.mark.parametrize("cambios", [{"CLIENTE": 4}, {"FECANULADO": "2025-03-11"}])
def test_a_void_document_is_not_sent(escena: Escena, cambios: dict) -> None:
    escena.tns.documento(15, **cambios)
    with pytest.raises(DocumentoIncompleto):
        escena.procesar(15)
    assert escena.proveedor.pedidos == []


def test_amounts_that_do_not_agree_are_not_sent(escena: Escena) -> None:
    escena.tns.documento(16, VRBASE=9999.0)
    with pytest.raises(DocumentoIncompleto) as error:
        escena.procesar(16)
    assert "no cuadran" in error.value.detalle


def test_the_final_consumer_needs_no_address(escena: Escena) -> None:
    escena.tns.documento(17, CLIENTE=2)
    assert escena.procesar(17).estado == "aceptado"
    assert escena.proveedor.cuerpos["SETP17"]["customer"]["identification_number"] == "222222222222"


def test_a_note_carries_the_code_of_the_invoice_it_corrects(escena: Escena) -> None:
    escena.tns.documento(18)
    escena.tns.documento(19, "DV", NUMEROFACTANT="FE000018", MOTIVODEVID=1)
    with pytest.raises(DocumentoIncompleto, match="aún no tiene CUFE"):
        escena.procesar(19)
    cufe = escena.procesar(18).cufe
    assert escena.procesar(19).estado == "aceptado"
    cuerpo = escena.proveedor.cuerpos["NC19"]
    assert cuerpo["type_document_id"] == 4
    assert cuerpo["billing_reference"] == {"number": "SETP18", "uuid": cufe, "issue_date": "2025-03-10"}
    assert len(cuerpo["credit_note_lines"]) == 2
    assert "invoice_lines" not in cuerpo


def test_purchases_from_who_does_not_invoice_go_as_support_documents(escena: Escena) -> None:
    escena.tns.documento(20, "FC")
    assert escena.procesar(20).estado == "aceptado"
    cuerpo = escena.proveedor.cuerpos["DS20"]
    assert (cuerpo["type_document_id"], cuerpo["seller"]["identification_number"]) == (11, "900373115")
    escena.tns.documento(21, "DC", NUMEROFACTANT="DS20")
    assert escena.procesar(21).estado == "aceptado"
    assert escena.proveedor.cuerpos["NC21"]["type_document_id"] == 13


def test_a_number_already_taken_is_not_sent_from_another_document(escena: Escena) -> None:
    escena.tns.documento(22)
    escena.procesar(22)
    escena.tns.documento(23, NUMERO="000022")
    with pytest.raises(NumeroRepetido):
        escena.procesar(23)
    assert escena.proveedor.veces() == {"SETP22": 1}


def test_a_provider_out_of_reach_leaves_it_as_never_sent(escena: Escena) -> None:
    from tns.dian.models import ConfiguracionDian

    escena.tns.documento(24)
    buena = escena.proveedor.url
    ConfiguracionDian.objects.update(url_proveedor="http://127.0.0.1:1")
    with pytest.raises(NadaEnviado):
        escena.procesar(24)
    assert escena.fila(24).estado == EstadoEnvio.BORRADOR
    ConfiguracionDian.objects.update(url_proveedor=buena)
    assert escena.procesar(24).estado == "aceptado"


def test_a_wrong_token_is_told_and_sends_nothing(escena: Escena) -> None:
    from tns.dian.models import ConfiguracionDian

    escena.tns.documento(25)
    ConfiguracionDian.objects.update(token="otro")
    with pytest.raises(CredencialesDelProveedor):
        escena.procesar(25)
    assert escena.fila(25).estado == EstadoEnvio.BORRADOR


def test_an_address_without_tls_is_refused(escena: Escena, ajustes_dian) -> None:
    ajustes_dian.DIAN_PERMITIR_HTTP = False
    escena.tns.documento(26)
    with pytest.raises(NadaEnviado) as error:
        escena.procesar(26)
    assert error.value.codigo_estable == "direccion_proveedor_invalida"


def test_a_document_that_is_not_there_is_told(escena: Escena) -> None:
    with pytest.raises(DocumentoNoEncontrado):
        escena.procesar(999)


def test_no_secret_is_kept_in_clear_nor_shown(escena: Escena) -> None:
    from tns.dian.configuracion import ajustes_de
    from tns.dian.models import ConfiguracionDian

    fila = ConfiguracionDian.objects.get()
    assert CLAVES.clave_tecnica not in repr(ajustes_de(escena.empresa, {}))
    assert CLAVES.clave_tecnica not in fila.clave_tecnica.token
    escena.tns.documento(27)
    escena.procesar(27)
    historia = str(list(escena.fila(27).eventos.values())) + str(escena.fila(27).cuerpo)
    assert CLAVES.clave_tecnica not in historia
