"""Opens what documents arrive in (ZIP, message, plain XML) within bounds; names inside are labels, never paths."""

from __future__ import annotations

import email
import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from email.policy import Compat32

from tns.engines.ubl.errors import DocumentoRechazado, refuse
from tns.engines.ubl.limits import DEFAULT_LIMITS, Limits

_ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_OTHER_MAGIC = {
    b"%PDF": "un PDF",
    b"Rar!": "un archivo RAR",
    b"7z\xbc\xaf": "un archivo 7z",
    b"\x1f\x8b": "un archivo GZIP",
    b"\xd0\xcf\x11\xe0": "un archivo de Office o un mensaje de Outlook (.msg)",
    b"\x89PNG": "una imagen",
    b"\xff\xd8\xff": "una imagen",
    b"MZ": "un programa ejecutable",
}
_HEADER = re.compile(rb"^[A-Za-z][A-Za-z0-9-]{0,60}:[ \t]")
_ZIP_FAULTS = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError, NotImplementedError, RuntimeError,
    IndexError, OverflowError,
)  # fmt: skip
_MESSAGE_FAULTS = (TypeError, ValueError, LookupError, AttributeError, RecursionError)
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_CHUNK = 256 * 1024
_MAX_PARTS = 200
_MAX_LEVELS = 40
_MAX_HEADER = 2_000
_MAX_LINES = 500_000


@dataclass(frozen=True, slots=True)
class Pieza:
    """One XML found, or the reason why something could not be opened. `ruta` are the labels from outside in."""

    ruta: tuple[str, ...]
    xml: bytes = b""
    rechazo: DocumentoRechazado | None = None


@dataclass(slots=True)
class Budget:
    """What is left to unpack of one input, shared by all its nested containers."""

    limits: Limits
    bytes_left: int = field(init=False)
    documents_left: int = field(init=False)

    def __post_init__(self) -> None:
        self.bytes_left = self.limits.unpacked_bytes
        self.documents_left = self.limits.documents

    def spend(self, amount: int) -> None:
        self.bytes_left -= amount
        if self.bytes_left < 0:
            raise refuse(
                "descompresion_excesiva",
                f"El contenido ocupa más de {self.limits.unpacked_bytes // (1024 * 1024)} MB descomprimido.",
                "Si es legítimo, envíe los documentos en varios archivos.",
            )

    def count_document(self) -> None:
        self.documents_left -= 1
        if self.documents_left < 0:
            raise refuse("demasiados_documentos", f"El archivo trae más de {self.limits.documents} documentos.")


def unpack(data: bytes, limits: Limits = DEFAULT_LIMITS, budget: Budget | None = None) -> Iterator[Pieza]:
    """Every XML inside `data`, whatever it came in; what cannot be opened comes as a piece with its refusal."""
    if len(data) > limits.file_bytes:
        reason = refuse("archivo_demasiado_grande", f"El archivo pesa más de {limits.file_bytes // (1024 * 1024)} MB.")
        yield Pieza((), rechazo=reason)
        return
    spent = budget or Budget(limits)
    found = False
    try:
        for piece in _open(data, (), 0, spent, required=True):
            found = True
            yield piece
    except DocumentoRechazado as reason:
        yield Pieza((), rechazo=reason)
        return
    if not found:
        yield Pieza(
            (),
            rechazo=refuse("sin_documentos", "El archivo no trae ningún XML.", "Revise que sea el archivo correcto."),
        )


def _open(data: bytes, route: tuple[str, ...], level: int, budget: Budget, *, required: bool) -> Iterator[Pieza]:
    if level > budget.limits.nesting:
        raise refuse("anidamiento_excesivo", f"Hay más de {budget.limits.nesting} archivos uno dentro de otro.")
    kind = sniff(data)
    if kind == "zip":
        yield from _zip(data, route, level, budget)
    elif kind == "xml":
        budget.count_document()
        yield Pieza(route, xml=data)
    elif kind == "eml" and level == 0:
        yield from _message(_parse_message(data), route, level, budget)
    elif required:
        yield Pieza(route, rechazo=_unknown(data))


def sniff(data: bytes) -> str:
    """zip, xml, eml, or empty for anything else."""
    if data.startswith(_ZIP_MAGIC):
        return "zip"
    head = data[:4096].removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n").removeprefix(b"\xef\xbb\xbf")
    if head.startswith((b"<", b"\xff\xfe", b"\xfe\xff", b"\x00<", b"\x00\x00\x00<")):
        return "xml"
    return "eml" if _HEADER.match(head) or head.startswith(b"From ") else ""


def _unknown(data: bytes) -> DocumentoRechazado:
    if not data.strip(b"\x00\t\r\n \xef\xbb\xbf"):
        return refuse("xml_vacio", "El archivo está vacío.")
    name = next((name for magic, name in _OTHER_MAGIC.items() if data.startswith(magic)), "")
    if name:
        return refuse("formato_no_admitido", f"El archivo es {name}; se admiten XML, ZIP y mensajes .eml.")
    return refuse("formato_no_admitido", "El archivo no es un XML, un ZIP ni un mensaje .eml.")


def _zip(data: bytes, route: tuple[str, ...], level: int, budget: Budget) -> Iterator[Pieza]:
    limits = budget.limits
    if data.count(b"PK\x01\x02") > 4 * limits.zip_entries:  # before the directory is read into objects
        raise refuse("zip_con_demasiados_archivos", f"El ZIP trae más de {limits.zip_entries} archivos.")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        entries = archive.infolist()
    except _ZIP_FAULTS as error:
        raise refuse("zip_danado", "El ZIP está dañado o incompleto.", tecnico=str(error)[:200]) from error
    if len(entries) > limits.zip_entries:
        raise refuse("zip_con_demasiados_archivos", f"El ZIP trae más de {limits.zip_entries} archivos.")
    with archive:
        for entry in entries:
            if entry.is_dir():
                continue
            inside = (*route, label(entry.filename))
            try:
                content = _entry(archive, entry, budget)
            except DocumentoRechazado as reason:
                if reason.codigo_estable in ("descompresion_excesiva", "zip_bomba"):
                    raise
                yield Pieza(inside, rechazo=reason)
                continue
            wanted = entry.filename.lower().endswith((".xml", ".zip"))
            yield from _open(content, inside, level + 1, budget, required=wanted)


def _entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, budget: Budget) -> bytes:
    """Content of one entry, counted as it comes out: the sizes a ZIP declares are not believed."""
    if entry.flag_bits & 0x1:
        raise refuse("zip_cifrado", "El ZIP tiene contraseña.", "Pida el archivo sin contraseña.")
    if entry.compress_type not in _METHODS:
        raise refuse("zip_metodo_no_admitido", "El ZIP usa un método de compresión que no se admite (solo deflate).")
    allowed = max(entry.compress_size, 1) * budget.limits.zip_ratio + 64 * 1024
    chunks, size = [], 0
    try:
        with archive.open(entry) as stream:
            while chunk := stream.read(_CHUNK):
                size += len(chunk)
                budget.spend(len(chunk))
                if size > allowed:
                    raise refuse("zip_bomba", "El ZIP se expande demasiado: parece hecho para agotar la memoria.")
                chunks.append(chunk)
    except _ZIP_FAULTS as error:
        raise refuse("zip_danado", "El ZIP está dañado o incompleto.", tecnico=str(error)[:200]) from error
    return b"".join(chunks)


class _ShortHeaders(Compat32):
    """Headers cut at a length that no honest one has: parsing their parameters is quadratic."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name, value[:_MAX_HEADER]


def _parse_message(data: bytes) -> Message:
    """The message; each boundary or embedded message is a level that costs every line below it, so few are admitted."""
    if data.count(b"\n") > _MAX_LINES:
        raise refuse("mensaje_demasiado_largo", f"El mensaje tiene más de {_MAX_LINES} líneas.")
    lowered = data.lower()
    if lowered.count(b"boundary") > _MAX_LEVELS or lowered.count(b"message/") > _MAX_LEVELS:
        raise refuse("mensaje_con_demasiadas_partes", "El mensaje reenvía demasiados mensajes uno dentro de otro.")
    try:
        return email.message_from_bytes(data, policy=_ShortHeaders())
    except _MESSAGE_FAULTS as error:  # the standard parser trips over some malformed parameters
        raise refuse("mensaje_danado", "El mensaje está mal formado.", tecnico=type(error).__name__) from error


def _message(message: Message, route: tuple[str, ...], level: int, budget: Budget) -> Iterator[Pieza]:
    """Attachments of a message, also of the messages forwarded inside it."""
    for position, part in enumerate(message.walk()):
        if position >= _MAX_PARTS:
            raise refuse("mensaje_con_demasiadas_partes", f"El mensaje trae más de {_MAX_PARTS} partes.")
        name, content = _attachment(part)
        if not content:
            continue
        budget.spend(len(content))
        wanted = name.lower().endswith((".xml", ".zip"))
        yield from _open(content, (*route, name), level + 1, budget, required=wanted)


def _attachment(part: Message) -> tuple[str, bytes]:
    """Label and bytes of a part; no bytes for what is no attachment and for what cannot be decoded."""
    try:
        name = part.get_filename()
        if part.is_multipart() or (part.get_content_maintype() == "text" and not name):
            return "", b""
        content = part.get_payload(decode=True)
    except _MESSAGE_FAULTS:
        return "", b""
    return label(str(name or "adjunto")), content if isinstance(content, bytes) else b""


def label(name: str) -> str:
    """A name from outside as something that can be shown: its last piece, printable, short."""
    last = re.split(r"[\\/]", name)[-1]
    return "".join(char if char.isprintable() else "·" for char in last)[:120] or "sin_nombre"
