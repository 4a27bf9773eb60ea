"""Configuration, tunnels and electronic documents: what an administrator does there, by clicks."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.conftest import CLAVE
from tests.e2e.navegante import Navegante
from tns.cuentas.models import Rol, Usuario
from tns.dian.models import ConfiguracionDian
from tns.sistema.models import Programacion

pytestmark = pytest.mark.navegador


def test_a_schedule_is_made_in_words_paused_run_and_deleted(navegante: Navegante) -> None:
    navegante.abrir("/configuracion/programaciones")
    navegante.entrar("marcela", CLAVE)
    navegante.ver("Nada programado")
    navegante.pulsar("Nueva programación")
    navegante.escribir("hora", "03:30")
    navegante.ver("Cada día a las 03:30.")
    navegante.pulsar("Guardar")
    navegante.pagina.get_by_role("cell", name="cada día a las 3:30", exact=True).wait_for()
    programacion = Programacion.objects.get()
    assert programacion.activa
    acciones = f"Acciones de {programacion.nombre}"
    navegante.pulsar(acciones)
    navegante.pulsar("Pausar", rol="menuitem")
    navegante.ver("En pausa")
    navegante.pulsar(acciones)
    navegante.pulsar("Eliminar", rol="menuitem")
    navegante.pulsar("Eliminar programación")
    navegante.ver("Nada programado")


def test_who_registered_alone_is_approved_and_another_is_invited(navegante: Navegante) -> None:
    Usuario.objects.create_user("nueva", password=CLAVE)
    navegante.abrir("/configuracion/usuarios")
    navegante.entrar("marcela", CLAVE)
    navegante.ver("Por aprobar")
    navegante.pulsar("Aprobar a nueva")
    navegante.pagina.get_by_role("radio", name="Operador").click()
    navegante.pulsar("Aprobar")
    navegante.ver("Usuario guardado")
    assert Usuario.objects.get(username="nueva").rol == Rol.OPERADOR
    navegante.pulsar("Invitar")
    navegante.escribir("email", "socia@ejemplo.co")
    navegante.pulsar("Crear enlace")
    enlace = navegante.pagina.locator("[data-enlace]").inner_text()
    assert "/invitacion/" in enlace
    navegante.pagina.keyboard.press("Escape")
    navegante.ver("socia@ejemplo.co")
    assert enlace not in navegante.pagina.content()


def test_the_last_administrator_cannot_be_shut_out(navegante: Navegante) -> None:
    navegante.tolerar("400")
    navegante.tolerar("409")
    navegante.abrir("/configuracion/usuarios")
    navegante.entrar("marcela", CLAVE)
    navegante.pulsar("Editar a marcela")
    navegante.pagina.get_by_role("switch", name="Puede entrar").click()
    navegante.pulsar("Guardar")
    navegante.dialogo.get_by_role("alert").first.wait_for()
    assert Usuario.objects.get(username="marcela").is_active


def test_the_audit_shows_before_and_after(navegante: Navegante) -> None:
    Usuario.objects.create_user("otra", password=CLAVE, rol=Rol.LECTOR)
    navegante.abrir("/configuracion/usuarios")
    navegante.entrar("marcela", CLAVE)
    navegante.pulsar("Editar a otra")
    navegante.pagina.get_by_role("radio", name="Operador").click()
    navegante.pulsar("Guardar")
    navegante.ver("Usuario guardado")
    navegante.pulsar("Auditoría", rol="link")
    navegante.pulsar("Ver ", exacto=False)
    navegante.ver("Antes")
    texto = navegante.dialogo.inner_text()
    assert "lector" in texto
    assert "operador" in texto


def test_a_nit_is_configured_to_send_and_its_keys_are_not_shown(navegante: Navegante) -> None:
    navegante.abrir("/dian/configuracion")
    navegante.entrar("marcela", CLAVE)
    navegante.pulsar("Configurar un NIT")
    navegante.escribir("nit_base", "800197268-4")
    navegante.escribir("token", "ficha-secreta-1")
    navegante.pulsar("Guardar")
    navegante.pulsar("Acciones de 800197268")
    assert ConfiguracionDian.objects.get().token.revelar() == "ficha-secreta-1"
    navegante.pulsar("Editar", rol="menuitem")
    navegante.ver("Ya hay una guardada y no se muestra")
    assert "ficha-secreta-1" not in navegante.pagina.content()


def test_what_is_no_document_is_refused_with_its_reason(navegante: Navegante, tmp_path: Path) -> None:
    malo = tmp_path / "factura.xml"
    malo.write_text("<esto-no-es-una-factura/>")
    navegante.abrir("/dian/recibidos")
    navegante.entrar("marcela", CLAVE)
    navegante.ver("Ningún documento por aquí")
    navegante.pagina.locator("input[type=file]").set_input_files(malo)
    navegante.pulsar("Recibir 1 archivo")
    navegante.ver("1 rechazado")


def test_a_wireguard_server_that_does_not_answer_is_told(navegante: Navegante) -> None:
    navegante.tolerar("409")
    navegante.abrir("/vpn")
    navegante.entrar("marcela", CLAVE)
    navegante.pulsar("Registrar servidor WireGuard")
    for campo, texto in {
        "nombre": "Nube", "ssh_host": "127.0.0.1", "ssh_puerto": "1", "ssh_password": "x", "endpoint_host": "127.0.0.1",
    }.items():  # fmt: skip
        navegante.escribir(campo, texto)
    navegante.pulsar("Guardar")
    navegante.ver("falló", segundos=60)
    navegante.pulsar("Cerrar")
    navegante.ver("Por verificar")
    navegante.pulsar("Crear túnel")
    navegante.escribir("nombre", "Bodega")
    navegante.pulsar("Crear")
    navegante.dialogo.get_by_role("alert").first.wait_for()
