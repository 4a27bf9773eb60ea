"""Sending a range of dates: what is taken, what is left, and what a failure does to the rest."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.dian.conftest import Escena
from tns.dian import lote, services
from tns.dian.models import ConfiguracionDian, DocumentoDian, EstadoEnvio
from tns.engines.progress import Cancelled, NullProgress
from tns.tareas.models import Tarea

MARZO = (dt.date(2025, 3, 1), dt.date(2025, 3, 31))


def enviar(escena: Escena, **cambios: object) -> lote.ResultadoLote:
    return lote.procesar_lote(empresa=escena.empresa, desde=MARZO[0], hasta=MARZO[1], **cambios)  # type: ignore[arg-type]


def test_it_sends_what_is_posted_not_void_electronic_and_of_the_range(escena: Escena) -> None:
    escena.tns.documento(1)
    escena.tns.documento(2, FECASENTAD=None)
    escena.tns.documento(3, FECANULADO="2025-03-12")
    escena.tns.documento(4, CLIENTE=4)
    escena.tns.documento(5, FECHA="2025-04-01")
    escena.tns.documento(6, CODPREFIJO="XX")
    escena.tns.documento(7, "RS")
    escena.tns.documento(8, ESTADODIAN="EXITOSA", CUFE="ab" * 48)
    resultado = enviar(escena)
    assert (resultado.total, resultado.procesados, resultado.ya_aceptados) == (2, 1, 1)
    assert escena.proveedor.veces() == {"SETP1": 1}


def test_a_second_time_sends_nothing(escena: Escena) -> None:
    for kardex_id in (1, 2, 3):
        escena.tns.documento(kardex_id)
    assert enviar(escena).estados == {"aceptado": 3}
    assert enviar(escena).procesados == 0
    assert set(escena.proveedor.veces().values()) == {1}


def test_notes_go_after_their_invoices(escena: Escena) -> None:
    escena.tns.documento(1, "DV", NUMEROFACTANT="FE2", FECHA="2025-03-05")
    escena.tns.documento(2)
    assert enviar(escena).estados == {"aceptado": 2}
    assert [numero for numero, _ in escena.proveedor.facturas] == ["SETP2", "NC1"]


def test_one_failure_is_told_and_does_not_stop_the_rest(escena: Escena) -> None:
    escena.tns.documento(1, CLIENTE=3)
    escena.tns.documento(2)
    escena.proveedor.animos["SETP3"] = ["rechazar"]
    escena.tns.documento(3)
    resultado = enviar(escena)
    assert resultado.estados == {"error": 1, "aceptado": 1, "rechazado": 1}
    assert [(e["kardex_id"], e["codigo"]) for e in resultado.errores] == [(1, "documento_incompleto")]
    assert enviar(escena).procesados == 1  # the rejected one waits until somebody asks for it
    assert enviar(escena, reintentar_rechazados=True).estados == {"error": 1, "aceptado": 1}


def test_a_wrong_token_stops_the_batch_at_once(escena: Escena) -> None:
    ConfiguracionDian.objects.update(token="otro")
    for kardex_id in range(1, 6):
        escena.tns.documento(kardex_id)
    resultado = enviar(escena)
    assert resultado.procesados == 1
    assert "token" in resultado.detenido


def test_it_stops_between_documents_when_cancelled(escena: Escena) -> None:
    class Impaciente(NullProgress):
        hechos = 0

        def advance(self, amount: int = 1, message: str | None = None) -> None:
            self.hechos += amount
            if self.hechos == 2:
                raise Cancelled

    for kardex_id in range(1, 6):
        escena.tns.documento(kardex_id)
    with pytest.raises(Cancelled):
        enviar(escena, progreso=Impaciente())
    assert len(escena.proveedor.facturas) == 2
    assert enviar(escena).estados == {"aceptado": 3}
    assert set(escena.proveedor.veces().values()) == {1}


def test_what_was_left_in_doubt_is_taken_up_by_itself(escena: Escena, django_capture_on_commit_callbacks) -> None:
    escena.tns.documento(1)
    escena.procesar(1)
    DocumentoDian.objects.update(estado=EstadoEnvio.DESCONOCIDO)
    with django_capture_on_commit_callbacks():
        assert services.retomar_pendientes() == 1
        assert services.retomar_pendientes() == 0  # it is already waiting its turn
    assert Tarea.objects.get().objeto == f"dian:{escena.empresa.id}:1"
