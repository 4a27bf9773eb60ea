"""MP4: boxes of size, type and contents (ISO/IEC 14496-12)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tns.engines.media.contents import Contents
from tns.engines.media.errors import ArchivoRechazado, video_roto

MAX_BOXES: Final = 20_000
# Boxes that hold boxes, and what may be in each besides what gets blanked.
_CHILDREN: Final[dict[bytes, frozenset[bytes]]] = {
    b"": frozenset({b"ftyp", b"moov", b"mdat"}),
    b"moov": frozenset({b"mvhd", b"trak", b"iods"}),
    b"trak": frozenset({b"tkhd", b"edts", b"mdia", b"tref"}),
    b"mdia": frozenset({b"mdhd", b"hdlr", b"minf", b"elng"}),
    b"minf": frozenset({b"vmhd", b"smhd", b"dinf", b"stbl", b"hdlr"}),
    b"dinf": frozenset({b"dref"}),
    b"stbl": frozenset(
        {b"stsd", b"stts", b"ctts", b"cslg", b"stsc", b"stsz", b"stz2", b"stco", b"co64", b"stss", b"stsh", b"sdtp",
         b"sgpd", b"sbgp", b"subs", b"saiz", b"saio"}
    ),
}  # fmt: skip
_REQUIRED: Final = {
    b"": {b"ftyp", b"moov", b"mdat"}, b"moov": {b"mvhd", b"trak"}, b"trak": {b"tkhd", b"mdia"},
    b"mdia": {b"mdhd", b"hdlr", b"minf"}, b"minf": {b"dinf", b"stbl"}, b"dinf": {b"dref"},
    b"stbl": {b"stsd", b"stts", b"stsc"},
}  # fmt: skip
_VIDEO: Final = frozenset({b"avc1", b"avc3", b"hvc1", b"hev1", b"vp09", b"av01"})
_AUDIO: Final = frozenset({b"mp4a", b"Opus", b"fLaC", b".mp3"})


@dataclass(frozen=True, slots=True)
class Box:
    """One box: its type, where it begins, where its contents do, and where both end."""

    kind: bytes
    start: int
    body: int
    end: int


def clean(data: bytearray) -> Contents:
    """Walk every box, blank the ones that playing does not need, and read what is in it; raises ArchivoRechazado.

    A blanked box becomes `free` of the same size filled with zeros, so no offset moves.
    """
    return _Cleaner(data).run()


class _Cleaner:
    def __init__(self, data: bytearray) -> None:
        self.data, self.boxes, self.contents = data, 0, Contents()

    def run(self) -> Contents:
        try:
            self._walk(b"", 0, len(self.data))
        except (struct.error, IndexError, ZeroDivisionError) as error:
            raise video_roto(f"truncated box: {error}") from error
        if not self.contents.width:
            raise video_roto("no video track")
        return self.contents

    def _children(self, start: int, end: int, *, top: bool) -> Iterator[Box]:
        while start < end:
            self.boxes += 1
            if self.boxes > MAX_BOXES or end - start < 8:
                raise video_roto("too many boxes, or bytes that are none")
            size, kind = struct.unpack_from(">I4s", self.data, start)
            body = start + 8
            if size == 1:
                (size,) = struct.unpack_from(">Q", self.data, body)
                body += 8
            elif size == 0 and top:
                size = end - start
            if size < body - start or start + size > end:
                raise video_roto(f"box {kind!r} beyond its parent")
            yield Box(kind, start, body, start + size)
            start += size

    def _walk(self, parent: bytes, start: int, end: int) -> None:
        seen: set[bytes] = set()
        for box in self._children(start, end, top=not parent):
            if box.kind in (b"moof", b"mvex"):
                raise ArchivoRechazado(
                    "El video está fragmentado.", codigo="video_no_valido", que_hacer="Expórtelo como MP4 corriente."
                )
            if box.kind not in _CHILDREN[parent]:
                self._blank(box)
                continue
            if box.kind in seen and box.kind not in (b"trak", b"mdat", b"sgpd", b"sbgp"):
                raise video_roto(f"two boxes {box.kind!r} in one")
            seen.add(box.kind)
            self._read(box)
        if not _REQUIRED[parent] <= seen:
            raise video_roto(f"missing {sorted(_REQUIRED[parent] - seen)} in {parent!r}")

    def _read(self, box: Box) -> None:
        if box.kind == b"trak":
            self._track(box)
        elif box.kind in _CHILDREN:
            self._walk(box.kind, box.body, box.end)
        elif box.kind == b"mvhd":
            self._duration(box)
        elif box.kind == b"dref":
            self._own_file(box)

    def _track(self, box: Box) -> None:
        """A track of pictures or sound stays; subtitles, clocks and positions go."""
        handler = self._find(box, b"mdia", b"hdlr")
        kind = bytes(self.data[handler.body + 8 : handler.body + 12])
        if kind not in (b"vide", b"soun"):
            self._blank(box)
            return
        self._walk(b"trak", box.body, box.end)
        entries = self._find(box, b"mdia", b"minf", b"stbl", b"stsd")
        for entry in self._children(entries.body + 8, entries.end, top=False):
            if entry.kind not in (_VIDEO if kind == b"vide" else _AUDIO):
                raise ArchivoRechazado(
                    "El video usa un códec que los navegadores no reproducen.",
                    codigo="video_codec_no_soportado",
                    que_hacer="Expórtelo con H.264 y AAC.",
                    tecnico=entry.kind.decode("latin-1"),
                )
            if kind == b"vide":
                width, height = struct.unpack_from(">HH", self.data, entry.body + 24)
                self.contents.width = max(self.contents.width, width)
                self.contents.height = max(self.contents.height, height)

    def _find(self, box: Box, *path: bytes) -> Box:
        for kind in path:
            found = [child for child in self._children(box.body, box.end, top=False) if child.kind == kind]
            if not found:
                raise video_roto(f"missing {kind!r}")
            box = found[0]
        return box

    def _duration(self, box: Box) -> None:
        long = self.data[box.body] == 1
        scale, duration = struct.unpack_from(">IQ" if long else ">II", self.data, box.body + (20 if long else 12))
        self.contents.seconds = duration / scale

    def _own_file(self, box: Box) -> None:
        """Every reference to data says "in this file": a player must fetch nothing else."""
        for entry in self._children(box.body + 8, box.end, top=False):
            if entry.kind not in (b"url ", b"alis") or not self.data[entry.body + 3] & 1:
                raise video_roto("data outside the file")

    def _blank(self, box: Box) -> None:
        self.data[box.start + 4 : box.start + 8] = b"free"
        self.data[box.body : box.end] = bytes(box.end - box.body)
