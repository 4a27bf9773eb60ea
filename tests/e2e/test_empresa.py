"""The company's page: what it holds, how its shop and its kiosk look, and its host names."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest

from tests.e2e.conftest import CLAVE
from tests.e2e.navegante import Navegante
from tests.mundo import construir
from tns.comercio.models import EmpresaEcommerceConfig, EmpresaPersonalizacion
from tns.empresas.models import EmpresaServidor
from tns.extraccion.models import MovimientoInventario

pytestmark = pytest.mark.navegador


@pytest.fixture
def andina(navegante: Navegante) -> EmpresaServidor:
    empresa = construir().andina
    MovimientoInventario.objects.bulk_create(
        MovimientoInventario(
            empresa_servidor=empresa,
            fecha=dt.date(2025, 1, 1) + dt.timedelta(n),
            tipo_documento="FACTURA_VENTA" if n % 2 else "FACTURA_COMPRA",
            articulo_codigo=f"ART-{n:03}",
            articulo_nombre=f"Artículo {n}",
            cantidad=n,
        )
        for n in range(60)
    )
    navegante.abrir(f"/empresas/{empresa.id}/movimientos")
    navegante.entrar("marcela", CLAVE)
    navegante.ver("60 filas")
    return empresa


def test_movements_are_filtered_sorted_and_paged_in_the_address(navegante: Navegante, andina: EmpresaServidor) -> None:
    pagina = navegante.pagina
    navegante.pulsar("Cantidad")
    pagina.wait_for_url(re.compile("orden=cantidad"))
    navegante.pulsar("Última página")
    navegante.ver("Página 3 de 3")
    assert pagina.get_by_role("button", name="Página siguiente").is_disabled()
    pagina.get_by_placeholder("Buscar artículo").fill("ART-05")
    navegante.ver("10 filas")
    pagina.reload()
    navegante.ver("10 filas")
    with pagina.expect_download() as descarga:
        navegante.pulsar("Descargar en CSV", rol="link")
    assert len(Path(descarga.value.path()).read_text("utf-8-sig").splitlines()) == 11
    pagina.get_by_placeholder("Buscar artículo").fill("no existe")
    navegante.ver("Nada coincide con lo que busca")
    navegante.pulsar("Quitar filtros")
    navegante.ver("60 filas")


def test_the_look_of_the_kiosk_is_seen_while_it_is_written(navegante: Navegante, andina: EmpresaServidor) -> None:
    pagina = navegante.pagina
    navegante.pulsar("Personalización", rol="link")
    navegante.ver("Aún sin personalizar")
    navegante.escribir("mensaje_bienvenida", "Bienvenido a Andina")
    assert "Bienvenido a Andina" in pagina.get_by_role("img", name=re.compile("Vista previa")).inner_text()
    navegante.escribir("color_texto", "#EEEEEE")
    navegante.ver("Oscurezca uno o aclare el otro")
    assert pagina.get_by_role("button", name="Guardar", exact=True).is_disabled()
    navegante.escribir("color_texto", "#101010")
    pagina.get_by_role("radio", name="Horizontal").click()
    navegante.pulsar("Guardar")
    navegante.ver("Personalización guardada")
    guardada = EmpresaPersonalizacion.objects.get(empresa_servidor=andina)
    assert (guardada.mensaje_bienvenida, guardada.modo_visualizacion) == ("Bienvenido a Andina", "horizontal")


def test_a_logo_is_uploaded_and_what_is_no_image_is_refused(
    navegante: Navegante, andina: EmpresaServidor, tmp_path: Path
) -> None:
    from PIL import Image

    navegante.tolerar("400")
    navegante.tolerar("422")
    navegante.pulsar("Personalización", rol="link")
    navegante.ver("Aún sin personalizar")
    falsa, logo = tmp_path / "logo.png", tmp_path / "bueno.png"
    falsa.write_bytes(b"no es una imagen")
    Image.new("RGB", (64, 32), "#0f766e").save(logo)
    campo = navegante.pagina.locator("[data-medio=logo_autopago]")
    campo.set_input_files(falsa)
    navegante.pagina.get_by_role("alert").first.wait_for()
    campo.set_input_files(logo)
    navegante.pagina.get_by_role("button", name="Quitar logo").wait_for()
    assert EmpresaPersonalizacion.objects.get(empresa_servidor=andina).logo_url


def test_the_secret_of_the_gateway_is_never_shown_again(navegante: Navegante, andina: EmpresaServidor) -> None:
    navegante.pulsar("E-commerce", rol="link")
    navegante.ver("Esta empresa aún no tiene tienda")
    navegante.escribir("hero_titulo", "Todo para su taller")
    navegante.pulsar("Agregar enlace a menú")
    navegante.pagina.get_by_label("Texto del enlace 1").fill("Ofertas")
    navegante.escribir("pasarela_codigo", "wompi")
    navegante.escribir("pasarela_secreto", "s3cr3t0-de-prueba")
    navegante.pulsar("Guardar")
    navegante.ver("Ya hay uno guardado y no se muestra")
    assert "s3cr3t0-de-prueba" not in navegante.pagina.content()
    tienda = EmpresaEcommerceConfig.objects.get(empresa_servidor=andina)
    assert tienda.menu == [{"texto": "Ofertas", "enlace": "/"}]
    assert tienda.pasarela_secreto.revelar() == "s3cr3t0-de-prueba"


def test_a_host_name_is_added_resolved_and_taken_away(navegante: Navegante, andina: EmpresaServidor) -> None:
    navegante.tolerar("400")
    navegante.pulsar("Dominios", rol="link")
    navegante.pulsar("Agregar dominio")
    navegante.escribir("dominio", "esto no es un dominio")
    navegante.pulsar("Guardar")
    navegante.ver("Escriba solo el nombre del dominio")
    navegante.escribir("dominio", "tienda.ejemplo.co")
    navegante.pulsar("Guardar")
    navegante.pulsar("Acciones de tienda.ejemplo.co")
    navegante.pulsar("Ver a qué empresa lleva", rol="menuitem")
    navegante.ver("tienda.ejemplo.co lleva a")
    navegante.pulsar("Acciones de tienda.ejemplo.co")
    navegante.pulsar("Eliminar", rol="menuitem")
    navegante.pulsar("Eliminar dominio")
    navegante.ver("Ningún dominio por aquí")
