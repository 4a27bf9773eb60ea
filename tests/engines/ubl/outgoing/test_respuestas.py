"""What the provider's answers mean, in all the shapes they come; and nothing it says breaks the reading."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tns.engines.ubl.outgoing.answers import Veredicto, error_texts, parse_rules, read_answer

CODIGO = "ab" * 48


def dian(valida: Any, mensajes: Any, **mas: Any) -> dict[str, Any]:
    resultado = {"IsValid": valida, "StatusCode": "00", "ErrorMessage": mensajes, "StatusDescription": "x", **mas}
    return {
        "success": True,
        "ResponseDian": {"Envelope": {"Body": {"SendBillSyncResponse": {"SendBillSyncResult": resultado}}}},
    }


@pytest.mark.parametrize(
    ("cuerpo", "veredicto"),
    [
        (dian("true", {}), Veredicto.ACEPTADO),
        (dian(True, []), Veredicto.ACEPTADO),
        (dian("true", {"string": "Regla: FAJ43b, Notificación: Nombre"}), Veredicto.ACEPTADO_CON_NOTIFICACIONES),
        (dian("true", {"string": ["Regla: A1, Notificacion: x", "otra"]}), Veredicto.ACEPTADO_CON_NOTIFICACIONES),
        (dian("false", {"string": "Regla: FAD06, Rechazo: CUFE"}), Veredicto.RECHAZADO),
        (dian("false", {"string": ["Regla: 90, Rechazo: Documento procesado anteriormente."]}), Veredicto.YA_PROCESADO),
        (dian("false", "Documento procesado anteriormente"), Veredicto.YA_PROCESADO),
        (dian("false", {}, StatusCode="98", StatusDescription="En Proceso"), Veredicto.DESCONOCIDO),
        (dian("false", {}, StatusCode="66"), Veredicto.DESCONOCIDO),
        ({"success": True, "message": "ok"}, Veredicto.DESCONOCIDO),
        ({"message": "Este documento fue procesado anteriormente"}, Veredicto.YA_PROCESADO),
        ([], Veredicto.DESCONOCIDO),
        (None, Veredicto.DESCONOCIDO),
        ("texto", Veredicto.DESCONOCIDO),
    ],
)  # fmt: skip
def test_each_shape_has_its_verdict(cuerpo: Any, veredicto: Veredicto) -> None:
    assert read_answer(200, cuerpo).veredicto is veredicto


def test_a_server_error_decides_nothing_even_if_it_quotes_an_acceptance() -> None:
    assert read_answer(500, dian("true", {})).veredicto is Veredicto.DESCONOCIDO


def test_only_an_explicit_word_says_that_a_document_is_unknown() -> None:
    assert read_answer(404, {"success": False, "message": "No existe"}, asked=True).veredicto is Veredicto.NO_EXISTE
    assert read_answer(200, {"exists": False}, asked=True).veredicto is Veredicto.NO_EXISTE
    assert read_answer(404, {"message": "Not Found"}, asked=True).veredicto is Veredicto.DESCONOCIDO
    assert read_answer(404, None, asked=True).veredicto is Veredicto.DESCONOCIDO
    assert read_answer(404, {"success": False, "message": "No existe"}).veredicto is not Veredicto.NO_EXISTE


def test_complaints_about_fields_are_kept() -> None:
    answer = read_answer(422, {"message": "mal", "errors": {"customer.email": ["Obligatorio", "Inválido"], "x": "y"}})
    assert answer.veredicto is Veredicto.RECHAZADO
    assert answer.errores == (("customer.email", "Obligatorio"), ("customer.email", "Inválido"), ("x", "y"))


def test_a_complaint_that_it_was_processed_before_is_no_rejection() -> None:
    answer = read_answer(422, {"message": "mal", "errors": {"number": ["Documento procesado anteriormente."]}})
    assert answer.veredicto is Veredicto.YA_PROCESADO


def test_the_code_is_taken_from_where_it_is() -> None:
    for name in ("cufe", "cude", "cuds"):
        assert read_answer(200, dian("true", {}) | {name: CODIGO.upper()}).codigo == CODIGO
    assert read_answer(200, dian("true", {}, XmlDocumentKey=CODIGO)).codigo == CODIGO
    assert read_answer(200, dian("true", {}) | {"cufe": "corto"}).codigo == ""


def test_rules_keep_code_kind_and_text() -> None:
    (rule,) = parse_rules(["Regla: FAB27b, Rechazo: Huella no corresponde\n     a un software autorizado."])
    assert (rule.codigo, rule.clase, rule.mensaje) == (
        "FAB27b",
        "rechazo",
        "Huella no corresponde a un software autorizado.",
    )
    assert error_texts({"string": [" a ", "", None, 3]}) == ["a"]


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.floats(allow_nan=False)
    | st.text(max_size=20)
    | st.sampled_from(["true", "98", CODIGO]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["IsValid", "ErrorMessage", "string", "cufe", "message", "errors", "StatusCode", "QRStr", "x"]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=20,
)


@given(st.sampled_from([200, 404, 422, 500]), json_values, st.booleans())
def test_whatever_it_says_is_read(status: int, body: Any, asked: bool) -> None:
    answer = read_answer(status, body, asked=asked)
    assert isinstance(answer.veredicto, Veredicto)
    assert len(answer.mensaje) <= 500
