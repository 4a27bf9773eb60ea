"""Pictures of strangers: what comes out holds pixels alone, and what is made to break a decoder is refused."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image, PngImagePlugin

from tns.engines.media import ArchivoRechazado, preparar_imagen


def imagen(formato: str, modo: str = "RGB", tamano: tuple[int, int] = (40, 20), **opciones: object) -> bytes:
    salida = io.BytesIO()
    Image.new(modo, tamano, "red" if modo != "RGBA" else (255, 0, 0, 90)).save(salida, formato, **opciones)
    return salida.getvalue()


def bomba_png(ancho: int, alto: int) -> bytes:
    """A few kilobytes that say they are that many pixels."""

    def trozo(tipo: bytes, datos: bytes) -> bytes:
        return struct.pack(">I", len(datos)) + tipo + datos + struct.pack(">I", zlib.crc32(tipo + datos))

    cabecera = struct.pack(">IIBBBBB", ancho, alto, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + trozo(b"IHDR", cabecera)
        + trozo(b"IDAT", zlib.compress(bytes(10**6)))
        + trozo(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("formato", "modo"), [("PNG", "RGB"), ("PNG", "RGBA"), ("PNG", "P"), ("PNG", "I;16"), ("JPEG", "RGB"),
                          ("JPEG", "CMYK"), ("JPEG", "L"), ("WEBP", "RGBA")],
)  # fmt: skip
def test_pictures_come_out_as_webp(formato: str, modo: str) -> None:
    original = imagen(formato, modo) if modo not in ("P", "I;16", "L", "CMYK") else _gris(formato, modo)
    preparada = preparar_imagen(original)
    with Image.open(io.BytesIO(preparada.contenido)) as leida:
        assert (leida.format, leida.size) == ("WEBP", (40, 20))
        assert (leida.mode == "RGBA") == (modo == "RGBA")


def _gris(formato: str, modo: str) -> bytes:
    salida = io.BytesIO()
    Image.new(modo, (40, 20)).save(salida, formato)
    return salida.getvalue()


def test_metadata_and_what_was_appended_stay_behind_and_the_orientation_is_applied() -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "SECRETO EXIF"
    texto = PngImagePlugin.PngInfo()
    texto.add_text("Comment", "SECRETO PNG")
    for original in (imagen("JPEG", exif=exif, comment=b"SECRETO JPEG"), imagen("PNG", pnginfo=texto, exif=exif)):
        assert b"SECRETO" in original
        preparada = preparar_imagen(original + b"<script>SECRETO</script>")
        assert (preparada.ancho, preparada.alto) == (20, 40)
        assert b"SECRETO" not in preparada.contenido
        assert b"script" not in preparada.contenido


def test_a_big_picture_is_made_smaller() -> None:
    preparada = preparar_imagen(imagen("JPEG", tamano=(4000, 2000)))
    assert (preparada.ancho, preparada.alto) == (1024, 512)


@pytest.mark.parametrize(
    ("contenido", "codigo"),
    [
        (b"", "imagen_no_valida"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "imagen_no_valida"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "imagen_no_valida"),
        (b"GIF89a" + bytes(50), "imagen_no_valida"),
        (imagen("PNG")[:60], "imagen_no_valida"),
        (imagen("JPEG")[:200], "imagen_no_valida"),
        (imagen("WEBP")[:40], "imagen_no_valida"),
        (imagen("TIFF"), "imagen_no_valida"),
        (bomba_png(60_000, 60_000), "imagen_no_valida"),  # Pillow's own limit
        (bomba_png(5_000, 4_000), "imagen_demasiado_grande"),
        (b"\x89PNG" + bytes(5 * 1024**2), "archivo_demasiado_grande"),
    ],
)  # fmt: skip
def test_what_is_no_picture_or_too_much_of_one_is_refused(contenido: bytes, codigo: str) -> None:
    with pytest.raises(ArchivoRechazado) as rechazo:
        preparar_imagen(contenido)
    assert rechazo.value.codigo_estable == codigo
    assert rechazo.value.que_hacer


@pytest.mark.parametrize("formato", ["PNG", "JPEG", "WEBP"])
def test_no_broken_byte_gets_past_as_another_error(formato: str) -> None:
    """Each byte of the first hundred turned around, and each cut of the file: prepared or refused, nothing else."""
    bueno = imagen(formato, tamano=(8, 8))
    rotos = [bueno[:n] for n in range(0, len(bueno), 3)]
    rotos += [bueno[:n] + bytes([bueno[n] ^ 0xFF]) + bueno[n + 1 :] for n in range(min(100, len(bueno)))]
    for roto in rotos:
        try:
            preparar_imagen(roto)
        except ArchivoRechazado:
            continue
