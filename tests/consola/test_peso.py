"""The console's first load: at most 250 kB of compressed JavaScript on every page, before charts."""

from __future__ import annotations

from bench.pesos import pesos

LIMITE_KB = 250


def test_every_page_is_light_with_whichever_section_and_dialog_it_opens() -> None:
    pesadas = {nombre: kb for nombre, kb in pesos().items() if nombre != "graficas" and kb > LIMITE_KB}
    assert pesadas == {}


def test_the_sections_of_the_pages_are_counted() -> None:
    nombres = set(pesos())
    assert {"Inicio", "Servidores", "Vpn", "Empresas", "Llaves", "Modelos", "Dian", "Configuracion"} <= nombres
    assert {"Empresa/EmpresaMovimientos", "Dian/DianRecibidos", "Configuracion/ConfiguracionUsuarios"} <= nombres
    assert {"Modelos/DialogoEntrenar", "Dian/DianEnviados/FormularioEnvio"} <= nombres
