"""The contract's flow by clicks alone, as a new administrator would do it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.conftest import CLAVE
from tests.e2e.navegante import Navegante

if TYPE_CHECKING:
    from tns.local.firebird import FirebirdServer

pytestmark = pytest.mark.navegador
CLICS_DEL_RECORRIDO = 25


def test_from_sign_in_to_a_forecast_by_clicks_alone(navegante: Navegante, servidores_tns: list[FirebirdServer]) -> None:
    servidor = servidores_tns[0]
    navegante.abrir("/")
    navegante.entrar("marcela", CLAVE)
    navegante.ver("Primeros pasos")

    navegante.pulsar("Registrar servidor", rol="link")
    _llenar_servidor(navegante, servidor.password, servidor.port)
    navegante.pulsar("Guardar")
    navegante.ver("El servidor respondió")

    navegante.pulsar("Sincronizar", dentro=navegante.dialogo)
    navegante.ver("empresas creadas")
    navegante.pulsar("Ver las empresas")
    navegante.ver("DISTRIBUIDORA ANDINA")

    navegante.pulsar("Elegir todas las de esta página", rol="checkbox")
    navegante.pulsar("Extraer", exacto=False)
    navegante.pulsar("Extraer datos", dentro=navegante.dialogo)
    navegante.pulsar("Inicio", rol="link")
    navegante.ver("Genere la API key", segundos=40)
    navegante.pulsar("Generar API key", rol="link")
    navegante.escribir("nit", "999.000.101")
    navegante.escribir("nombre_cliente", "Tienda en línea")
    navegante.pulsar("Generar")
    navegante.ver("Cópiela ahora")
    llave = navegante.pagina.locator("[data-llave]").inner_text()
    assert llave.startswith("sk_")
    navegante.pulsar("Copiar")
    navegante.pulsar("Cerrar")
    assert llave not in navegante.pagina.content()

    navegante.pulsar("ML / Modelos", rol="link")
    navegante.pulsar("Entrenar modelos")
    navegante.dialogo.locator("[aria-haspopup=listbox]").click()
    navegante.clics += 1
    navegante.pulsar("DISTRIBUIDORA ANDINA", exacto=False, rol="option")
    navegante.pulsar("Entrenar")
    navegante.ver("El modelo nuevo quedó en servicio", segundos=90)
    navegante.pulsar("Ver el modelo")
    navegante.ver("Pronóstico")
    navegante.pagina.locator("svg path").first.wait_for()
    assert navegante.clics <= CLICS_DEL_RECORRIDO


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
