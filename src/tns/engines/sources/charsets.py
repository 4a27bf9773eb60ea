"""Character sets: which one to read a Firebird database with, and how to decode what does not fit it.

Visual TNS stores Windows-1252, declared as WIN1252, ISO8859_1 or not at all (NONE). Asking the server for the
database's own charset keeps it from converting (and from widening every message fourfold), so decoding is done here.
"""

from __future__ import annotations

from dataclasses import dataclass

# Charsets whose bytes a Colombian installation writes as Windows-1252 whatever the declaration says.
_AS_CP1252 = frozenset({"NONE", "WIN1252", "ISO8859_1", "ASCII", "OCTETS"})
_AS_UTF8 = frozenset({"UTF8", "UNICODE_FSS"})
# What ends a text without being part of it: blanks, and the NULs that some programs fill columns with.
PADDING = b" \t\n\r\x0b\x0c\0"


@dataclass(frozen=True, slots=True)
class Reading:
    """`declared` is the database's charset, `connection` the one asked for, `codec` the Python codec of the bytes."""

    declared: str
    connection: str
    codec: str

    @property
    def is_utf8(self) -> bool:
        return self.codec == "utf-8"


def reading_for(declared: str) -> Reading:
    """How to read a database whose default charset is `declared`; unknown ones are converted by the server to UTF-8."""
    name = (declared or "NONE").strip().upper()
    if name in _AS_UTF8:
        return Reading(name, name, "utf-8")
    if name == "ISO8859_1":
        return Reading(name, name, "cp1252")
    if name in _AS_CP1252:
        # Reading WIN1252 columns through a NONE connection, or NONE columns through WIN1252, moves the bytes untouched.
        return Reading(name, "WIN1252", "cp1252")
    return Reading(name, "UTF8", "utf-8")


def decode(raw: bytes, codec: str) -> tuple[str, int]:
    """Text without NULs, and how many bytes did not belong to `codec` (those are taken as latin-1).

    A stray byte must not stop an extraction, so this never fails.
    """
    stray = 0
    if b"\0" in raw:
        stray = raw.count(b"\0")
        raw = raw.replace(b"\0", b"")
    try:
        return raw.decode(codec), stray
    except UnicodeDecodeError:
        pass
    if codec == "utf-8":
        # Bytes of another charset inside a UTF-8 column: byte by byte, so that good sequences survive.
        text = raw.decode("utf-8", errors="surrogateescape")
        bad = [c for c in text if "\udc80" <= c <= "\udcff"]
        for char in set(bad):
            text = text.replace(char, chr(ord(char) - 0xDC00))
        return text, stray + len(bad)
    pieces: list[str] = []
    for value in raw:
        single = bytes((value,))
        try:
            pieces.append(single.decode(codec))
        except UnicodeDecodeError:
            pieces.append(single.decode("latin-1"))
            stray += 1
    return "".join(pieces), stray
