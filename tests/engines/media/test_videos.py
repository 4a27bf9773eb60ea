"""Videos of strangers: real ones come out without metadata and play the same; anything else is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from tns.engines.media import ArchivoRechazado, preparar_video
from tns.engines.media.videos import MAX_BYTES

ARCHIVOS = Path(__file__).parent / "archivos"  # a second of 64 × 48, with a title, a comment and a place on the map


def leer(nombre: str) -> bytes:
    return (ARCHIVOS / nombre).read_bytes()


@pytest.mark.parametrize("nombre", ["protector.mp4", "protector.webm"])
def test_a_real_video_keeps_its_streams_and_loses_its_metadata(nombre: str) -> None:
    original = leer(nombre)
    assert b"SECRETO" in original
    video = preparar_video(original)
    assert (video.extension, video.ancho, video.alto) == (nombre.rpartition(".")[2], 64, 48)
    assert video.segundos == pytest.approx(1, abs=0.1)
    assert len(video.contenido) == len(original)  # nothing moved, so every offset still holds
    assert b"SECRETO" not in video.contenido
    assert preparar_video(video.contenido).contenido == video.contenido


def con(nombre: str, viejo: bytes, nuevo: bytes) -> bytes:
    original = leer(nombre)
    assert viejo in original
    return original.replace(viejo, nuevo, 1)


@pytest.mark.parametrize(
    ("contenido", "codigo"),
    [
        (b"", "video_no_valido"),
        (b"<html><script>alert(1)</script></html>", "video_no_valido"),
        (b"\0\0\0\x18ftypisom" + bytes(12), "video_no_valido"),
        (b"\x1aE\xdf\xa3\x84\x42\x82\x81w", "video_no_valido"),
        (leer("fragmentado.mp4"), "video_no_valido"),
        (leer("mpeg4.mp4"), "video_codec_no_soportado"),
        (leer("protector.mp4") + b"<script>alert(1)</script>", "video_no_valido"),
        (leer("protector.webm") + b"PK\x03\x04", "video_no_valido"),
        (leer("protector.mp4")[:-1], "video_no_valido"),
        (leer("protector.webm")[:-1], "video_no_valido"),
        (con("protector.mp4", b"url \0\0\0\x01", b"url \0\0\0\x00"), "video_no_valido"),  # its data is elsewhere
        (con("protector.webm", b"webm", b"mkv1"), "video_no_valido"),
        (con("protector.webm", b"V_VP9", b"V_MS/"), "video_codec_no_soportado"),
        (con("protector.mp4", b"mvhd", b"free"), "video_no_valido"),
        (b"\0\0\0\x08ftyp" * 30_000, "video_no_valido"),
        (b"\0\0\0\x08ftyp" + bytes(MAX_BYTES), "archivo_demasiado_grande"),
    ],
)
def test_what_is_no_video_is_refused(contenido: bytes, codigo: str) -> None:
    with pytest.raises(ArchivoRechazado) as rechazo:
        preparar_video(contenido)
    assert rechazo.value.codigo_estable == codigo
    assert rechazo.value.que_hacer


def test_a_page_hidden_in_a_box_that_no_player_reads_comes_out_blank() -> None:
    escondido = b"<script>alert(1)</script>"
    caja = (8 + len(escondido)).to_bytes(4, "big") + b"uuid" + escondido
    video = preparar_video(leer("protector.mp4") + caja)
    assert video.contenido.endswith(b"free" + bytes(len(escondido)))


@pytest.mark.parametrize("nombre", ["protector.mp4", "protector.webm"])
def test_no_broken_byte_gets_past_as_another_error(nombre: str) -> None:
    bueno = leer(nombre)
    rotos = [bueno[:n] for n in range(0, len(bueno), 7)]
    rotos += [bueno[:n] + bytes([bueno[n] ^ bit]) + bueno[n + 1 :] for n in range(len(bueno)) for bit in (0xFF, 0x01)]
    for roto in rotos:
        try:
            preparar_video(roto)
        except ArchivoRechazado:
            continue
