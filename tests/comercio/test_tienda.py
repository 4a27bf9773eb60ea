"""The shop's configuration: checked when written, and its secret never told."""

from __future__ import annotations

import pytest

from tests.mundo import Mundo
from tns.comercio.models import EmpresaEcommerceConfig
from tns.comercio.valores import contraste
from tns.cuentas.models import RegistroAuditoria

URL = "/api/ecommerce/"


def crear(mundo: Mundo, **campos: object) -> object:
    return mundo.administrador.post(URL, {"empresa_servidor": mundo.andina.id} | campos)


def test_the_gateways_secret_goes_in_encrypted_and_never_comes_out(mundo: Mundo) -> None:
    respuesta = crear(mundo, pasarela_codigo="wompi", pasarela_modo="live", pasarela_secreto="prv_live_123")
    assert respuesta.status_code == 201, respuesta.content
    assert respuesta.json()["pasarela_configurada"] is True
    guardado = EmpresaEcommerceConfig.objects.get()
    assert guardado.pasarela_secreto.revelar() == "prv_live_123"
    assert "prv_live_123" not in guardado.pasarela_secreto.token
    textos = [respuesta.content.decode(), mundo.lector.get(URL).content.decode(), repr(guardado.__dict__)]
    textos += [repr(acto.cambios) for acto in RegistroAuditoria.objects.all()]
    assert not any("prv_live_123" in texto for texto in textos)


def test_an_update_without_the_secret_keeps_it_and_an_empty_one_removes_it(mundo: Mundo) -> None:
    crear(mundo, pasarela_secreto="prv_1")
    detalle = f"{URL}{mundo.andina.id}/"
    assert mundo.administrador.patch(detalle, {"hero_titulo": "Hola"}).json()["pasarela_configurada"] is True
    assert mundo.administrador.patch(detalle, {"pasarela_secreto": ""}).json()["pasarela_configurada"] is False


def test_a_key_reads_its_shop_without_knowing_whether_there_is_a_secret(mundo: Mundo) -> None:
    crear(mundo, pasarela_secreto="prv_1", menu=[{"texto": "Inicio", "enlace": "/"}])
    cuerpo = mundo.clientes["llave_andina"].get(f"{URL}{mundo.andina.id}/").json()
    assert cuerpo["menu"] == [{"texto": "Inicio", "enlace": "/"}]
    assert not any("secreto" in campo or campo == "pasarela_configurada" for campo in cuerpo)


@pytest.mark.parametrize(
    ("campos", "campo"),
    [
        ({"menu": [{"texto": "Mal", "enlace": "javascript:alert(1)"}]}, "menu"),
        ({"menu": [{"texto": "Mal", "enlace": "//otro.sitio"}]}, "menu"),
        ({"menu": [{"texto": "x", "enlace": "/"}] * 21}, "menu"),
        ({"pie": "no es una lista"}, "pie"),
        ({"color_texto": "rojo"}, "color_texto"),
        ({"color_texto": "#FFFFFF", "color_fondo": "#FFFFF0"}, "color_texto"),
        ({"whatsapp": "llámeme"}, "whatsapp"),
        ({"pasarela_modo": "otro"}, "pasarela_modo"),
        ({"logo_url": "data:text/html,x"}, "logo_url"),
        ({"empresa_servidor": 999_999}, "empresa_servidor"),
    ],
)
def test_what_a_shop_must_not_show_is_refused_by_field(mundo: Mundo, campos: dict[str, object], campo: str) -> None:
    respuesta = crear(mundo, **campos)
    assert respuesta.status_code == 400
    assert list(respuesta.json()["errores"]) == [campo]


def test_a_company_has_one_shop_alone(mundo: Mundo) -> None:
    assert crear(mundo).status_code == 201
    assert crear(mundo).status_code == 400


def test_an_administrator_limited_to_a_nit_writes_no_other_shop(mundo: Mundo) -> None:
    respuesta = mundo.clientes["administrador_andina"].post(URL, {"empresa_servidor": mundo.boreal.id})
    assert list(respuesta.json()["errores"]) == ["empresa_servidor"]


def test_black_on_white_has_the_greatest_contrast_there_is() -> None:
    assert contraste("#000000", "#FFFFFF") == pytest.approx(21)
    assert contraste("#777777", "#777777") == pytest.approx(1)
    assert contraste("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)  # the grey WCAG gives as an example
