"""Configuration, tunnels and electronic documents: what an administrator does there, by clicks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from tests.e2e.conftest import CLAVE
from tests.e2e.navegante import Navegante
from tests.mundo import crear_servidor
from tns.cuentas.models import Rol, Sesion, Usuario
from tns.dian.models import ConfiguracionDian
from tns.empresas.models import EmpresaServidor
from tns.sistema.models import Programacion

if TYPE_CHECKING:
    from tns.local.firebird import FirebirdServer

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


def test_a_schedule_is_run_now_and_followed(navegante: Navegante, servidores_tns: list[FirebirdServer]) -> None:
    firebird = servidores_tns[0]
    servidor = crear_servidor(
        "Oficina", puerto=firebird.port, password=firebird.password, ruta_maestra=r"C:\Visual TNS\ADMIN.GDB"
    )
    Programacion.objects.create(nombre="Empresas nuevas", accion="descubrir", servidor=servidor, activa=False)
    navegante.abrir("/configuracion/programaciones")
    navegante.entrar("marcela", CLAVE)
    navegante.pulsar("Acciones de Empresas nuevas")
    navegante.pulsar("Correr ahora", rol="menuitem")
    navegante.ver("empresas creadas", segundos=30)
    assert EmpresaServidor.objects.filter(servidor=servidor).exists()


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


def test_who_forgot_his_password_gets_a_temporary_one_and_writes_his_own(navegante: Navegante) -> None:
    navegante.tolerar("403")  # he comes back to the page of users, which is not for him
    otra = Usuario.objects.create_user("otra", password=CLAVE, rol=Rol.LECTOR)
    navegante.abrir("/configuracion/usuarios")
    navegante.entrar("marcela", CLAVE)
    navegante.pulsar("Editar a otra")
    navegante.pulsar("Dar contraseña temporal")
    navegante.pulsar("Dar la temporal")
    temporal = navegante.pagina.locator("[data-clave]").inner_text()
    navegante.pagina.keyboard.press("Escape")
    navegante.pagina.get_by_role("dialog").wait_for(state="detached")
    assert temporal not in navegante.pagina.content()
    navegante.pulsar("Usuario marcela")
    navegante.pulsar("Salir", rol="menuitem")
    navegante.pagina.wait_for_url(lambda direccion: "/entrar" in direccion)
    navegante.entrar("otra", temporal)
    navegante.ver("Entró con una temporal")
    assert navegante.barreras() == []
    navegante.escribir("actual", temporal)
    navegante.escribir("nueva", "una frase larga y propia")
    navegante.pulsar("Guardar y entrar")
    navegante.pagina.get_by_role("button", name="Usuario otra").wait_for()
    otra.refresh_from_db()
    assert otra.check_password("una frase larga y propia")


def test_a_session_opened_elsewhere_is_closed_from_the_user_menu(navegante: Navegante) -> None:
    ajena = Client(headers={"user-agent": "Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/132.0"})
    assert ajena.login(username="marcela", password=CLAVE)
    navegante.abrir("/tareas")
    navegante.entrar("marcela", CLAVE)
    navegante.pulsar("Usuario marcela")
    navegante.pulsar("Sesiones abiertas", rol="menuitem")
    navegante.pagina.get_by_role("list", name="Sesiones abiertas").get_by_role("listitem").nth(1).wait_for()
    navegante.pulsar("Cerrar la sesión de", exacto=False)
    navegante.ver("Sesión cerrada")
    assert Sesion.objects.count() == 1
    assert ajena.get("/api/auth/me/").status_code == 401


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
