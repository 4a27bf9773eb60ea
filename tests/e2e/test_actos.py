"""The main acts of servers, companies, keys, jobs and users, by clicking."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.e2e.conftest import CLAVE
from tests.e2e.navegante import Navegante
from tests.mundo import construir, crear_servidor
from tns.cuentas.models import Rol, Usuario
from tns.cuentas.services import invitar
from tns.servidores.models import Servidor
from tns.tareas.models import EstadoTarea, Tarea

if TYPE_CHECKING:
    from tns.local.firebird import FirebirdServer

pytestmark = pytest.mark.navegador


def _entrar_en(navegante: Navegante, ruta: str) -> None:
    navegante.abrir(ruta)
    navegante.entrar("marcela", CLAVE)
    navegante.pagina.wait_for_url(lambda direccion: "/entrar" not in direccion)
    navegante.pagina.locator("h1").first.wait_for()


def test_a_server_is_edited_and_only_one_without_companies_is_deleted(navegante: Navegante) -> None:
    navegante.tolerar("422")  # a server that was saved is tested, and nobody answers there
    mundo = construir()
    crear_servidor("De paso")
    _entrar_en(navegante, f"/servidores/{mundo.servidor.id}")
    navegante.pulsar("Editar")
    navegante.escribir("nombre", "Bodega del norte")
    navegante.pulsar("Guardar")
    navegante.pagina.get_by_role("dialog", name="Bodega del norte").wait_for()
    navegante.pulsar("Eliminar", dentro=navegante.dialogo)
    navegante.pagina.get_by_role("list", name="Empresas que dependen del servidor").wait_for()
    assert mundo.andina.nombre in navegante.dialogo.inner_text()
    assert navegante.dialogo.get_by_role("button", name="Eliminar servidor").count() == 0
    navegante.pagina.keyboard.press("Escape")

    navegante.pulsar("Acciones de De paso")
    navegante.pulsar("Eliminar", rol="menuitem")
    navegante.pulsar("Eliminar servidor")
    navegante.ver("Servidor eliminado")
    assert set(Servidor.objects.values_list("nombre", flat=True)) == {"Bodega del norte", mundo.otro_servidor.nombre}


def test_filters_and_columns_are_still_there_after_a_reload(navegante: Navegante) -> None:
    mundo = construir()
    _entrar_en(navegante, f"/empresas?nit_base={mundo.andina.nit_base}&orden=-anio_fiscal")
    navegante.ver("2 filas")
    navegante.pulsar("Columnas")
    navegante.pulsar("Año fiscal", rol="menuitemcheckbox")
    navegante.pagina.keyboard.press("Escape")
    navegante.pagina.get_by_role("columnheader", name="Año fiscal").wait_for(state="detached")
    navegante.pagina.reload()
    navegante.ver("2 filas")
    assert navegante.pagina.get_by_role("columnheader", name="Año fiscal").count() == 0
    navegante.pulsar("Quitar filtros")
    navegante.ver("3 filas")


def test_a_job_is_followed_by_asking_when_the_stream_is_cut(
    navegante: Navegante, servidores_tns: list[FirebirdServer]
) -> None:
    navegante.tolerar("/api/tareas/eventos/")
    navegante.pagina.route("**/api/tareas/eventos/", lambda ruta: ruta.abort())
    firebird = servidores_tns[0]
    servidor = crear_servidor(
        "Oficina", puerto=firebird.port, password=firebird.password, ruta_maestra=r"C:\Visual TNS\ADMIN.GDB"
    )
    _entrar_en(navegante, "/servidores")
    navegante.pulsar(f"Acciones de {servidor.nombre}")
    navegante.pulsar("Sincronizar empresas", rol="menuitem")
    navegante.ver("empresas creadas", segundos=30)


def test_a_job_is_cancelled_from_its_dialog_and_from_the_list(navegante: Navegante) -> None:
    # Rows that no worker was told of: they wait for ever, and only the person ends them.
    for nombre in ("Extraer datos de Andina", "Extraer datos de Boreal"):
        Tarea.objects.create(tipo="extraccion", nombre_celery="ninguna", cola="extraccion", titulo=nombre)
    _entrar_en(navegante, "/tareas")
    navegante.pulsar("Tareas: 2 en curso")
    navegante.pulsar("Extraer datos de Andina", exacto=False, dentro=navegante.dialogo)
    navegante.ver("En espera de un trabajador")
    navegante.pulsar("Cancelar", dentro=navegante.pagina.locator(".swal2-popup"))
    navegante.ver("Extraer datos de Andina: cancelada")
    emergente = navegante.pagina.locator(".swal2-popup")
    navegante.pulsar("Cerrar", dentro=emergente)
    emergente.wait_for(state="detached")
    navegante.pagina.keyboard.press("Escape")  # the tray was under the dialog and is still there
    navegante.pagina.get_by_role("dialog").wait_for(state="detached")
    navegante.pulsar("Cancelar")
    navegante.pagina.get_by_role("button", name="Tareas", exact=True).wait_for()
    assert set(Tarea.objects.values_list("estado", flat=True)) == {EstadoTarea.CANCELADA}


def test_the_companies_that_one_chooses_are_extracted_as_one_job(navegante: Navegante) -> None:
    mundo = construir()
    _entrar_en(navegante, f"/empresas?nit_base={mundo.andina.nit_base}")
    navegante.ver("2 filas")
    navegante.pulsar("Elegir todas las de esta página", rol="checkbox")
    navegante.pulsar("Extraer 2 empresas")
    navegante.ver("De cada empresa se trae su propio año fiscal completo")
    navegante.pulsar("Extraer datos", dentro=navegante.dialogo)
    navegante.pagina.locator(".swal2-popup").get_by_text("Extraer datos de 2 empresas").first.wait_for()
    navegante.pagina.get_by_role("button", name="Extraer 2 empresas").wait_for(state="detached")
    assert Tarea.objects.get(padre=None).tipo == "extraccion_multiple"


def test_a_key_is_revoked_and_says_so(navegante: Navegante) -> None:
    construir()
    _entrar_en(navegante, "/api-keys?estado=vigente&orden=nombre_cliente")
    navegante.pulsar("Acciones de la llave de Tienda Andina")
    navegante.pulsar("Revocar", rol="menuitem")
    navegante.pulsar("Revocar llave")
    navegante.ver("Llave revocada")


def test_who_is_invited_makes_an_own_user_and_is_in(navegante: Navegante) -> None:
    navegante.tolerar("400")
    navegante.tolerar("401")  # the session is taken away at the end
    quien = Usuario.objects.get(username="marcela")
    _, token = invitar(quien=quien, rol=Rol.OPERADOR)
    navegante.abrir(f"/invitacion/{token}")
    navegante.escribir("username", "ana")
    navegante.escribir("password", "corta")
    navegante.pulsar("Crear y entrar")
    navegante.pagina.locator("[name=password]").and_(navegante.pagina.locator("[aria-invalid=true]")).wait_for()
    navegante.escribir("password", "una frase larga y propia")
    navegante.pulsar("Crear y entrar")
    navegante.pagina.get_by_role("button", name="Usuario ana").wait_for()
    assert Usuario.objects.get(username="ana").rol == Rol.OPERADOR
    navegante.pagina.context.clear_cookies()
    navegante.abrir(f"/invitacion/{token}")
    navegante.escribir("username", "otra")
    navegante.escribir("password", "una frase larga y propia")
    navegante.pulsar("Crear y entrar")
    navegante.ver("Esta invitación no sirve")


def test_the_password_is_changed_from_the_user_menu(navegante: Navegante) -> None:
    _entrar_en(navegante, "/tareas")
    navegante.pulsar("Usuario marcela")
    navegante.pulsar("Cambiar contraseña", rol="menuitem")
    navegante.escribir("actual", CLAVE)
    navegante.escribir("nueva", "otra frase larga y propia")
    navegante.pulsar("Guardar")
    navegante.ver("Contraseña cambiada")
    navegante.pulsar("Usuario marcela")
    navegante.pulsar("Salir", rol="menuitem")
    navegante.pagina.wait_for_url(re.compile("/entrar"))
    navegante.entrar("marcela", "otra frase larga y propia")
    navegante.pagina.get_by_role("link", name="Inicio", exact=True).wait_for()


def test_nothing_but_the_installation_may_run_in_the_page(navegante: Navegante) -> None:
    respuesta = navegante.pagina.goto(navegante.raiz + "/entrar")
    politica = respuesta.headers["content-security-policy"]
    assert "default-src 'self'" in politica
    assert "script-src 'self';" in politica
    assert "frame-ancestors 'none'" in politica
    navegante.tolerar("Content Security Policy")
    navegante.pagina.evaluate("""() => {
      const guion = document.createElement('script')
      guion.textContent = 'window.__entro = true'
      document.body.append(guion)
    }""")
    assert navegante.pagina.evaluate("() => window.__entro") is None
