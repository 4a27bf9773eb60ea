"""The keyboard: choosing a company, and a job's dialog over an open panel, each Esc closing what is on top."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from tests.e2e.conftest import CLAVE
from tests.e2e.navegante import Navegante
from tests.mundo import construir
from tests.vpn.conftest import nueva_config, nuevo_servidor_wg
from tns.empresas.models import EmpresaServidor
from tns.tareas.models import EstadoTarea, Tarea

__all__ = ["nuevo_servidor_wg"]
pytestmark = pytest.mark.navegador

#: Whether what is painted in the middle of the element is the element itself.
A_LA_VISTA = """(elemento) => {
  const { left, right, top, bottom } = elemento.getBoundingClientRect()
  return elemento.contains(document.elementFromPoint((left + right) / 2, (top + bottom) / 2))
}"""


def test_a_company_is_found_and_chosen_with_the_keyboard(navegante: Navegante) -> None:
    mundo = construir()
    EmpresaServidor.objects.update(ultima_extraccion=timezone.now())
    navegante.abrir("/modelos?entrenar=1")
    navegante.entrar("marcela", CLAVE)
    dialogo, teclado = navegante.pagina.get_by_role("dialog"), navegante.pagina.keyboard
    campo = dialogo.get_by_role("combobox")
    campo.focus()
    teclado.press("ArrowDown")
    dialogo.get_by_role("option").nth(1).wait_for()
    assert navegante.barreras() == []
    teclado.type("boreal")
    dialogo.get_by_role("option", name=re.compile("Andina")).wait_for(state="detached")
    dialogo.get_by_role("option", name=re.compile("Boreal")).wait_for()
    teclado.press("Enter")
    assert campo.input_value() == mundo.boreal.nombre
    assert campo.get_attribute("aria-expanded") == "false"
    teclado.press("ArrowDown")
    teclado.press("Escape")
    assert campo.get_attribute("aria-expanded") == "false"
    assert dialogo.is_visible()
    teclado.press("Escape")
    dialogo.wait_for(state="detached")


def test_a_jobs_dialog_over_an_open_panel_is_the_one_that_answers(
    navegante: Navegante, nuevo_servidor_wg: Callable[..., Any], sin_trabajador: None
) -> None:
    navegante.tolerar("409")  # ending the rotation meets the job that has not begun, and follows it
    tunel = nueva_config(nuevo_servidor_wg(), estado="APLICADA", presente=True)
    pagina = navegante.pagina
    navegante.abrir(f"/vpn/{tunel.id}")
    navegante.entrar("marcela", CLAVE)
    panel = pagina.get_by_role("dialog", name=tunel.nombre)
    navegante.pulsar("Rotar la llave")
    navegante.pulsar("Rotar", dentro=panel)
    emergente = pagina.locator(".swal2-popup")
    emergente.get_by_text("En espera de un trabajador").wait_for()
    assert emergente.evaluate(A_LA_VISTA)
    assert emergente.evaluate("(elemento) => elemento.contains(document.activeElement)")
    pagina.keyboard.press("Tab")
    assert emergente.evaluate("(elemento) => elemento.contains(document.activeElement)")
    assert navegante.barreras() == []

    pagina.keyboard.press("Escape")
    emergente.wait_for(state="detached")
    assert panel.is_visible()
    assert Tarea.objects.get().estado == EstadoTarea.PENDIENTE

    # The panel answers again, to the mouse and to the keyboard.
    navegante.pulsar("Ver QR", dentro=panel)
    panel.get_by_role("img", name=re.compile("Código QR")).wait_for()
    navegante.pulsar("Terminar la rotación", dentro=panel)
    emergente.get_by_text("En espera de un trabajador").wait_for()
    navegante.pulsar("Cancelar", dentro=emergente)
    navegante.ver("cancelada")
    navegante.pulsar("Cerrar", dentro=emergente)
    emergente.wait_for(state="detached")
    assert panel.is_visible()
    pagina.keyboard.press("Escape")
    panel.wait_for(state="detached")
    navegante.pulsar(tunel.nombre, rol="link")
    pagina.get_by_role("dialog", name=tunel.nombre).wait_for()
