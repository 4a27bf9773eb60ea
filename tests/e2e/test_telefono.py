"""On a phone every row's acts are in sight: no table hides them beyond its edge."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from tests.dian.test_recepcion import subir
from tests.e2e.conftest import CLAVE
from tests.e2e.navegante import Navegante
from tests.engines.ubl.fabrica import documento, firmar
from tests.mundo import ANDINA, Mundo, construir
from tns.comercio.models import EmpresaDominio
from tns.cuentas.models import Rol, Usuario
from tns.dian.models import ConfiguracionDian, DocumentoDian, DocumentoRecibido, EstadoEnvio
from tns.sistema.models import Programacion
from tns.vpn.models import ServidorWireGuard, VpnConfig

pytestmark = pytest.mark.navegador
LARGO = "Distribuidora Mayorista de Ferretería y Materiales del Oriente"
TABLAS = (
    "/servidores", "/empresas", "/api-keys", "/vpn", "/dian/enviados", "/dian/recibidos", "/dian/configuracion",
    "/configuracion/usuarios", "/configuracion/programaciones", "/configuracion/auditoria",
)  # fmt: skip

ACTOS = "tbody tr td:last-child :is(a, button)"
#: Buttons and links of the last cell of each row that cannot be seen whole, or that something else covers.
TAPADOS = """(actos) => [...document.querySelectorAll(actos)].filter((acto) => {
  if (!acto.checkVisibility()) return false
  const marco = acto.closest('table').parentElement
  acto.scrollIntoView({ block: 'center' })
  marco.scrollLeft = 0
  const tabla = marco.getBoundingClientRect()
  const { left, right, top, bottom } = acto.getBoundingClientRect()
  const encima = document.elementFromPoint((left + right) / 2, (top + bottom) / 2)
  return left < tabla.left || right > Math.min(tabla.right, innerWidth) || !acto.contains(encima)
}).map((acto) => acto.getAttribute('aria-label') || acto.textContent)"""


@pytest.fixture
def mundo(navegante: Navegante) -> Mundo:
    """A row of the long kind in every table."""
    mundo = construir()
    for empresa in (mundo.andina, mundo.boreal):
        type(empresa).objects.filter(pk=empresa.pk).update(nombre=LARGO)
    Usuario.objects.create_user(
        "maria.fernanda.restrepo", password=CLAVE, rol=Rol.ADMINISTRADOR, first_name="María Fernanda", last_name=LARGO
    )
    Programacion.objects.create(nombre=f"Extraer {LARGO}", accion="descubrir", servidor=mundo.servidor, activa=False)
    ConfiguracionDian.objects.create(nit_base=ANDINA, url_proveedor="https://proveedor.ejemplo.co/api")
    EmpresaDominio.objects.create(
        dominio="autopago.distribuidora-del-oriente.ejemplo.co", empresa_servidor=mundo.andina
    )
    servidor = ServidorWireGuard.objects.create(
        nombre="Nube", ssh_host="vpn.ejemplo.co", endpoint_host="vpn.ejemplo.co", red_ipv4="10.8.3.0/24",
        direccion_ipv4="10.8.3.1",
    )  # fmt: skip
    VpnConfig.objects.create(
        servidor_wireguard=servidor, nombre=LARGO, ip_address="10.8.3.250", ultimo_error="El servidor no respondió."
    )
    valor = Decimal("1234567890.50")
    DocumentoDian.objects.create(
        empresa_servidor=mundo.andina, kardex_id=1, nit_base=ANDINA, codcomp="FV", recurso="invoice", prefijo="SETP",
        numero="990000001", fecha=dt.date(2025, 3, 10), total=valor, estado=EstadoEnvio.ACEPTADO_CON_NOTIFICACIONES,
    )  # fmt: skip
    subir(mundo.operador, compra__xml=firmar(documento()))
    DocumentoRecibido.objects.update(numero="SETP990000001", emisor_nombre=LARGO, total=valor)
    return mundo


def test_the_acts_of_every_row_can_be_pressed_on_a_phone(navegante: Navegante, mundo: Mundo) -> None:
    navegante.pagina.set_viewport_size({"width": 390, "height": 844})
    navegante.abrir("/configuracion/usuarios")
    navegante.entrar("marcela", CLAVE)
    navegante.ver("maria.fernanda.restrepo")
    tapados = {}
    for ruta in (*TABLAS, f"/empresas/{mundo.andina.id}/dominios"):
        navegante.abrir(ruta)
        navegante.pagina.locator(ACTOS).locator("visible=true").first.wait_for()
        tapados[ruta] = navegante.pagina.evaluate(TAPADOS, ACTOS)
    assert {ruta: actos for ruta, actos in tapados.items() if actos} == {}


def test_the_chosen_tab_is_in_sight_on_a_phone(navegante: Navegante, mundo: Mundo) -> None:
    navegante.pagina.set_viewport_size({"width": 390, "height": 844})
    navegante.abrir(f"/empresas/{mundo.andina.id}/dominios")
    navegante.entrar("marcela", CLAVE)
    elegida = navegante.pagina.get_by_role("link", name="Dominios", exact=True)
    elegida.wait_for()
    caja, barra = elegida.bounding_box(), elegida.locator("..").bounding_box()
    assert barra["x"] <= caja["x"]
    assert caja["x"] + caja["width"] <= barra["x"] + barra["width"]
