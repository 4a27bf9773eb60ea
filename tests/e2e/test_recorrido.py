"""The contract's flow by clicks alone, as a new administrator would do it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.conftest import CLAVE
from tests.e2e.navegante import Navegante

if TYPE_CHECKING:
    from tns.local.firebird import FirebirdServer

pytestmark = pytest.mark.navegador
CLICS_DEL_RECORRIDO = 16


def test_from_sign_in_to_a_forecast_by_clicks_alone(navegante: Navegante, servidores_tns: list[FirebirdServer]) -> None:
    servidor = servidores_tns[0]
    navegante.abrir("/")
    navegante.entrar("marcela", CLAVE)
    navegante.ver("Primeros pasos")

    navegante.pulsar("Registrar servidor")
    _llenar_servidor(navegante, servidor.password, servidor.port)
    navegante.pulsar("Guardar")
    navegante.ver("El servidor respondió")

    navegante.pulsar("Sincronizar")
    navegante.ver("empresas creadas")
    navegante.pulsar("Cerrar")
    navegante.pulsar("Extraer datos")
    navegante.ver("Sin diferencias con el origen", segundos=60)
    navegante.pulsar("Cerrar")

    navegante.pulsar("Generar API key")
    navegante.escribir("nit", "999.000.101")
    navegante.escribir("nombre_cliente", "Tienda en línea")
    navegante.pulsar("Generar")
    navegante.ver("Cópiela ahora")
    llave = navegante.pagina.locator("[data-llave]").inner_text()
    assert llave.startswith("sk_")
    navegante.pulsar("Copiar")
    navegante.pulsar("Cerrar")
    assert llave not in navegante.pagina.content()

    navegante.pulsar("Entrenar")
    navegante.dialogo.locator("[aria-haspopup=listbox]").click()
    navegante.clics += 1
    navegante.pulsar("DISTRIBUIDORA ANDINA", exacto=False, rol="option")
    navegante.pulsar("Entrenar", dentro=navegante.dialogo)
    navegante.ver("El modelo nuevo quedó en servicio", segundos=90)
    navegante.pulsar("Ver el modelo")
    navegante.ver("Pronóstico")
    navegante.pagina.locator("svg path").first.wait_for()
    assert navegante.clics == CLICS_DEL_RECORRIDO

    with navegante.pagina.expect_download() as bajada:
        navegante.pulsar("Descargar en Excel el pronóstico de todos los artículos")
    assert bajada.value.suggested_filename.endswith(".xlsx")
    navegante.abrir("/")
    navegante.ver("Modelos en servicio")
    assert navegante.pagina.get_by_text("Primeros pasos").count() == 0


def _llenar_servidor(navegante: Navegante, clave: str, puerto: int | None) -> None:
    for campo, texto in {
        "nombre": "Oficina principal",
        "host": "127.0.0.1",
        "puerto": str(puerto),
        "ruta_maestra": r"C:\Visual TNS\ADMIN.GDB",
        "usuario": "SYSDBA",
        "password": clave,
    }.items():
        navegante.escribir(campo, texto)
