"""WebM: EBML elements of identifier, size and contents (RFC 8794, RFC 9559)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tns.engines.media.contents import Contents
from tns.engines.media.errors import ArchivoRechazado, video_roto

EBML_HEADER: Final = b"\x1a\x45\xdf\xa3"
MAX_ELEMENTS: Final = 50_000
_DOCTYPE, _SEGMENT, _INFO, _TRACKS, _CLUSTER = 0x4282, 0x18538067, 0x1549A966, 0x1654AE6B, 0x1F43B675
_SEEK, _CUES, _VOID = 0x114D9B74, 0x1C53BB6B, 0xEC
_SCALE, _DURATION, _TIMESTAMP = 0x2AD7B1, 0x4489, 0xE7
_PROGRAMS: Final = frozenset({0x4D80, 0x5741})  # which programs wrote it: the format demands them
_NAMES: Final = frozenset({0x536E, 0x7446})  # of a track: its name, and what it attaches
_ENTRY, _KIND, _CODEC, _VIDEO, _WIDTH, _HEIGHT, _ENCODINGS = 0xAE, 0x83, 0x86, 0xE0, 0xB0, 0xBA, 0x6D80
_CODECS: Final = frozenset({b"V_VP8", b"V_VP9", b"V_AV1", b"A_OPUS", b"A_VORBIS"})
_UNKNOWN: Final = -1


@dataclass(frozen=True, slots=True)
class Element:
    """One element: its identifier, where it begins, where its contents do, and where both end."""

    id: int
    start: int
    body: int
    end: int


def clean(data: bytearray) -> Contents:
    """Walk the elements, blank tags, attachments, chapters and unknown ones, and read what is in it.

    A blanked element becomes Void of the same size filled with zeros, so no position moves. Raises ArchivoRechazado.
    """
    return _Cleaner(data).run()


class _Cleaner:
    def __init__(self, data: bytearray) -> None:
        self.data, self.elements, self.contents = data, 0, Contents()
        self.scale, self.last = 1_000_000, 0

    def run(self) -> Contents:
        try:
            self._file()
        except (struct.error, IndexError, OverflowError) as error:
            raise video_roto(f"truncated element: {error}") from error
        self.contents.seconds = (self.contents.seconds or self.last) * self.scale / 1e9
        if not self.contents.width:
            raise video_roto("no video track")
        return self.contents

    def _file(self) -> None:
        top = list(self._children(0, len(self.data), open_ended=True))
        if [e.id for e in top[1:]] != [_SEGMENT] or self._one(top[0], _DOCTYPE) != b"webm":
            raise video_roto("not one WebM segment")
        segment = top[1]
        seen = set()
        for element in self._children(segment.body, segment.end):
            seen.add(element.id)
            self._of_segment(element)
        if not {_INFO, _TRACKS, _CLUSTER} <= seen:
            raise video_roto("segment without information, tracks or clusters")

    def _of_segment(self, element: Element) -> None:
        if element.id == _INFO:
            self._information(element)
        elif element.id == _TRACKS:
            for entry in self._children(element.body, element.end):
                if entry.id == _ENTRY:
                    self._track(entry)
        elif element.id == _CLUSTER:
            self.last = max(self.last, self._number(next(self._children(element.body, element.end), None), _TIMESTAMP))
        elif element.id not in (_SEEK, _CUES):
            self._blank(element)

    def _information(self, element: Element) -> None:
        for child in self._children(element.body, element.end):
            if child.id == _SCALE:
                self.scale = self._number(child, _SCALE)
            elif child.id == _DURATION:
                size = child.end - child.body
                (self.contents.seconds,) = struct.unpack_from(">f" if size == 4 else ">d", self.data, child.body)
            elif child.id not in _PROGRAMS:
                self._blank(child)

    def _track(self, entry: Element) -> None:
        codec = self._one(entry, _CODEC)
        if codec not in _CODECS or any(c.id == _ENCODINGS for c in self._children(entry.body, entry.end)):
            raise ArchivoRechazado(
                "El video usa un códec que los navegadores no reproducen.",
                codigo="video_codec_no_soportado",
                que_hacer="Expórtelo como WebM con VP9 y Opus.",
                tecnico=codec[:40].decode("latin-1"),
            )
        for child in self._children(entry.body, entry.end):
            if child.id == _VIDEO:
                for size in self._children(child.body, child.end):
                    if size.id == _WIDTH:
                        self.contents.width = max(self.contents.width, self._number(size, _WIDTH))
                    elif size.id == _HEIGHT:
                        self.contents.height = max(self.contents.height, self._number(size, _HEIGHT))
            elif child.id in _NAMES:
                self._blank(child)

    def _children(self, start: int, end: int, *, open_ended: bool = False) -> Iterator[Element]:
        while start < end:
            self.elements += 1
            if self.elements > MAX_ELEMENTS:
                raise video_roto("too many elements")
            identifier, position = self._vint(start, keep_marker=True)
            size, body = self._vint(position)
            if size == _UNKNOWN:
                if not (open_ended and identifier == _SEGMENT):
                    raise video_roto("element of unknown size")
                size = end - body
            if body + size > end:
                raise video_roto("element beyond its parent")
            yield Element(identifier, start, body, body + size)
            start = body + size

    def _vint(self, position: int, *, keep_marker: bool = False) -> tuple[int, int]:
        """A number of variable length, and where it ends; _UNKNOWN when its size says so."""
        first = self.data[position]
        length = 9 - first.bit_length()
        if first == 0 or (keep_marker and length > 4) or position + length > len(self.data):
            raise video_roto("bad number")
        value = int.from_bytes(self.data[position : position + length], "big")
        if keep_marker:
            return value, position + length
        value &= (1 << 7 * length) - 1
        return (_UNKNOWN if value == (1 << 7 * length) - 1 else value), position + length

    def _one(self, parent: Element, identifier: int) -> bytes:
        for child in self._children(parent.body, parent.end):
            if child.id == identifier:
                return bytes(self.data[child.body : child.end]).rstrip(b"\0")
        return b""

    def _number(self, element: Element | None, identifier: int) -> int:
        if element is None or element.id != identifier or element.end - element.body > 8:
            raise video_roto("a number is missing")
        return int.from_bytes(self.data[element.body : element.end], "big")

    def _blank(self, element: Element) -> None:
        total = element.end - element.start
        width = 8 if total >= 9 else 1
        size = total - 1 - width
        self.data[element.start : element.end] = (
            bytes([_VOID]) + (size | 1 << 7 * width).to_bytes(width, "big") + bytes(size)
        )
