"""Logos and videos: uploaded by who administers the company, shown to anybody, gone when nobody shows them."""

from __future__ import annotations

import io
import os
import time
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from tests.engines.media.test_videos import leer
from tests.mundo import Mundo
from tns.comercio import medios
from tns.comercio.models import EmpresaDominio, EmpresaEcommerceConfig, EmpresaPersonalizacion
from tns.cuentas.models import RegistroAuditoria


@pytest.fixture(autouse=True)
def carpeta(settings: Settings, tmp_path: Path) -> Path:
    settings.TNS_MEDIOS_DIR = tmp_path / "medios"
    return settings.TNS_MEDIOS_DIR


@pytest.fixture
def autopago(mundo: Mundo) -> EmpresaPersonalizacion:
    return EmpresaPersonalizacion.objects.create(empresa_servidor=mundo.andina)


def png(color: str = "red") -> SimpleUploadedFile:
    salida = io.BytesIO()
    Image.new("RGB", (30, 30), color).save(salida, "PNG")
    return SimpleUploadedFile("../../logo.png", salida.getvalue(), content_type="text/html")


def subir(mundo: Mundo, archivo: SimpleUploadedFile, que: str = "personalizacion", cual: str = "logo") -> object:
    url = f"/api/{que}/{mundo.andina.id}/{cual}/"
    return mundo.administrador.post(url, {"archivo": archivo}, format="multipart")


def guardados(carpeta: Path) -> int:
    return sum(1 for ruta in carpeta.rglob("*") if ruta.is_file())


def test_an_uploaded_logo_is_shown_to_anybody_as_a_picture_and_nothing_else(
    mundo: Mundo, autopago: EmpresaPersonalizacion
) -> None:
    respuesta = subir(mundo, png())
    assert respuesta.status_code == 200, respuesta.content
    direccion = respuesta.json()["logo_url"]
    EmpresaDominio.objects.create(empresa_servidor=mundo.andina, dominio="kiosco.example", modo="autopago")
    resuelto = mundo.nadie.get("/api/dominios/resolver/", {"dominio": "kiosco.example"}).json()
    assert resuelto["personalizacion"]["logo_url"] == direccion
    vista = mundo.nadie.get(direccion)
    contenido = b"".join(vista.streaming_content)
    assert (vista.status_code, vista["Content-Type"], contenido[8:12]) == (200, "image/webp", b"WEBP")
    assert vista["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in vista["Content-Security-Policy"]
    assert "immutable" in vista["Cache-Control"]
    assert mundo.nadie.get(direccion, headers={"If-None-Match": vista["ETag"]}).status_code == 304
    acto = RegistroAuditoria.objects.filter(objeto_tipo="empresapersonalizacion").first()
    assert acto is not None
    assert acto.cambios == {"logo_url": ["", direccion]}


def test_a_video_is_served_by_parts_as_browsers_ask_for_it(mundo: Mundo, autopago: EmpresaPersonalizacion) -> None:
    archivo = SimpleUploadedFile("v.mp4", leer("protector.mp4"))
    direccion = subir(mundo, archivo, cual="video_protector").json()["video_protector_url"]
    entero = b"".join(mundo.nadie.get(direccion).streaming_content)
    parte = mundo.nadie.get(direccion, headers={"Range": "bytes=4-7"})
    assert (parte.status_code, b"".join(parte.streaming_content)) == (206, b"ftyp")
    assert (parte["Content-Range"], parte["Content-Type"]) == (f"bytes 4-7/{len(entero)}", "video/mp4")
    final = mundo.nadie.get(direccion, headers={"Range": "bytes=-10"})
    assert b"".join(final.streaming_content) == entero[-10:]
    assert mundo.nadie.get(direccion, headers={"Range": f"bytes={len(entero)}-"}).status_code == 416
    assert mundo.nadie.head(direccion)["Content-Length"] == str(len(entero))


def test_a_replaced_and_a_removed_file_go_unless_another_shows_them(
    mundo: Mundo,
    autopago: EmpresaPersonalizacion,
    carpeta: Path,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    EmpresaEcommerceConfig.objects.create(empresa_servidor=mundo.andina)
    with django_capture_on_commit_callbacks(execute=True):
        rojo = subir(mundo, png("red")).json()["logo_url"]
        assert subir(mundo, png("red"), "ecommerce").json()["logo_url"] == rojo
    assert guardados(carpeta) == 1
    with django_capture_on_commit_callbacks(execute=True):
        azul = subir(mundo, png("blue")).json()["logo_url"]
    assert mundo.nadie.get(rojo).status_code == 200  # the shop still shows it
    with django_capture_on_commit_callbacks(execute=True):
        assert mundo.administrador.delete(f"/api/ecommerce/{mundo.andina.id}/logo/").status_code == 204
    assert mundo.nadie.get(rojo).status_code == 404
    with django_capture_on_commit_callbacks(execute=True):
        mundo.administrador.patch(f"/api/personalizacion/{mundo.andina.id}/", {"logo_url": "https://ejemplo.co/l.png"})
    assert mundo.nadie.get(azul).status_code == 404
    with django_capture_on_commit_callbacks(execute=True):
        subir(mundo, png("green"))
        mundo.andina.delete()
    assert guardados(carpeta) == 0


def test_what_a_dead_process_left_behind_goes_at_night(
    mundo: Mundo, autopago: EmpresaPersonalizacion, carpeta: Path
) -> None:
    en_uso = subir(mundo, png()).json()["logo_url"].removeprefix(medios.DIRECCION)
    huerfano = carpeta / "00" / f"{'0' * 64}.webp"
    huerfano.parent.mkdir()
    a_medias = huerfano.with_name(".tmpabc")
    for ruta in (huerfano, a_medias):
        ruta.write_bytes(b"x")
    ayer = time.time() - 25 * 3600
    for ruta in (huerfano, a_medias, carpeta / en_uso[:2] / en_uso):
        os.utime(ruta, (ayer, ayer))
    medios.purgar()
    assert [ruta.name for ruta in carpeta.rglob("*") if ruta.is_file()] == [en_uso]


@pytest.mark.parametrize(
    ("archivo", "estado", "codigo"),
    [
        (SimpleUploadedFile("x.svg", b"<svg onload='alert(1)'/>", "image/svg+xml"), 422, "imagen_no_valida"),
        (SimpleUploadedFile("x.png", b"GIF89a<script>", "image/png"), 422, "imagen_no_valida"),
        (SimpleUploadedFile("x.png", bytes(5 * 1024**2 + 1), "image/png"), 422, "archivo_demasiado_grande"),
    ],
)
def test_a_hostile_file_is_refused_with_the_reason_and_nothing_is_kept(
    mundo: Mundo, autopago: EmpresaPersonalizacion, carpeta: Path, archivo: SimpleUploadedFile, estado: int, codigo: str
) -> None:
    respuesta = subir(mundo, archivo)
    assert (respuesta.status_code, respuesta.json()["codigo"]) == (estado, codigo)
    assert not carpeta.exists()


def test_without_a_file_or_without_the_look_it_says_what_is_missing(mundo: Mundo) -> None:
    assert subir(mundo, png()).status_code == 404
    EmpresaPersonalizacion.objects.create(empresa_servidor=mundo.andina)
    url = f"/api/personalizacion/{mundo.andina.id}/logo/"
    assert list(mundo.administrador.post(url, {}, format="multipart").json()["errores"]) == ["archivo"]
    assert mundo.administrador.post(url, {"archivo": "x"}, format="json").status_code == 415


@pytest.mark.parametrize("nombre", ["..%2f..%2fetc%2fpasswd", "a.webp", f"{'0' * 64}.html", f"{'0' * 64}.webp"])
def test_no_other_file_can_be_asked_for(mundo: Mundo, nombre: str) -> None:
    assert mundo.nadie.get(medios.DIRECCION + nombre).status_code == 404
