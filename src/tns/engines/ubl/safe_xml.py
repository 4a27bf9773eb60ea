"""Parses XML that comes from outside: no DTD, no entities, no network, bounded depth, size and work.

Two parsers read every document. Expat goes first as a gate: it streams, stops at the first DOCTYPE and counts what the
document would cost; only then libxml2 (lxml) builds the tree, itself with everything external switched off.
"""

from __future__ import annotations

import re
from typing import Any
from xml.parsers import expat

from lxml import etree

from tns.engines.ubl.errors import DocumentoRechazado, refuse
from tns.engines.ubl.limits import DEFAULT_LIMITS, Limits

Element = Any  # lxml has no types of its own

_DECLARATION = re.compile(rb"^<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"'][^>]{0,200}\?>")
_XML_DECLARATION = re.compile(r"^<\?xml\s[^>]{0,400}\?>")
_ENCODINGS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "ascii",
    "ascii": "ascii",
    "iso-8859-1": "latin-1",
    "latin1": "latin-1",
    "windows-1252": "cp1252",
    "cp1252": "cp1252",
    "iso-8859-15": "iso-8859-15",
    "utf-16": "utf-16",
}
_RESEND = "Pida a quien lo emitió que lo envíe de nuevo, tal como lo generó su programa."


def parse(data: bytes, limits: Limits = DEFAULT_LIMITS) -> Element:
    """Parse `data` into an lxml root element.

    Raises:
        DocumentoRechazado: with codigo xml_demasiado_grande, xml_vacio, codificacion_no_admitida,
            codificacion_invalida, dtd_prohibida, xml_demasiado_profundo, xml_demasiado_complejo or xml_mal_formado.
    """
    if len(data) > limits.document_bytes:
        raise refuse(
            "xml_demasiado_grande",
            f"El XML pesa {len(data):,} bytes y se aceptan hasta {limits.document_bytes:,}.".replace(",", "."),
        )
    utf8 = to_utf8(data)
    _Gate(limits).run(utf8)
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        collect_ids=False,
        strip_cdata=True,
    )
    try:
        root = etree.fromstring(utf8, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise refuse("xml_mal_formado", "El XML está mal formado.", _RESEND, str(error)[:300]) from error
    if root is None:
        raise refuse("xml_mal_formado", "El XML está mal formado.", _RESEND)
    if root.getroottree().docinfo.internalDTD is not None:  # the gate stops it first; this is the second lock
        raise _dtd()
    return root


def to_utf8(data: bytes) -> bytes:
    """Bytes of the document as UTF-8 without mark nor declaration, decoded strictly from what it declares."""
    if not data.strip(b"\x00\t\r\n \xef\xbb\xbf"):
        raise refuse("xml_vacio", "El archivo está vacío.")
    if data.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff", b"\x00\x00\x00<", b"<\x00\x00\x00")):
        raise refuse("codificacion_no_admitida", "El XML viene en UTF-32, que no se admite.", _RESEND)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        codec = "utf-16"
    elif data.startswith((b"<\x00", b"\x00<")):
        codec = "utf-16-le" if data.startswith(b"<\x00") else "utf-16-be"
    else:
        data = data.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n").removeprefix(b"\xef\xbb\xbf")
        codec = _declared(data)
    try:
        text = data.decode(codec)
    except UnicodeError as error:
        raise refuse(
            "codificacion_invalida",
            f"El XML dice venir en {codec} pero tiene bytes que no lo son.",
            _RESEND,
            str(error)[:200],
        ) from error
    text = without_declaration(text)
    try:
        return text.encode("utf-8")
    except UnicodeError as error:  # lone surrogates of a broken UTF-16
        raise refuse("codificacion_invalida", "El XML tiene caracteres incompletos.", _RESEND) from error


def without_declaration(text: str) -> str:
    """A document already decoded, without byte order mark nor XML declaration."""
    return _XML_DECLARATION.sub("", text.lstrip("\ufeff \t\r\n"), count=1)


def _declared(data: bytes) -> str:
    found = _DECLARATION.match(data)
    if found is None:
        return "utf-8"
    name = found.group(1).decode("ascii").lower()
    codec = _ENCODINGS.get(name)
    if codec is None or codec == "utf-16":
        raise refuse("codificacion_no_admitida", f"El XML declara la codificación «{name}», que no se admite.", _RESEND)
    return codec


def _dtd() -> DocumentoRechazado:
    return refuse(
        "dtd_prohibida",
        "El XML trae una declaración DOCTYPE (DTD o entidades), que ningún documento de la DIAN lleva.",
        "No lo abra con otros programas: puede ser un intento de ataque.",
    )


class _Gate:
    """Counts depth, elements, attributes and namespaces while expat streams the document."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.depth = self.elements = self.attributes = self.work = 0
        self.in_scope = [0]

    def run(self, utf8: bytes) -> None:
        parser = expat.ParserCreate(encoding="utf-8")
        parser.ordered_attributes = True
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        try:
            parser.Parse(utf8, True)
        except expat.ExpatError as error:
            raise refuse("xml_mal_formado", "El XML está mal formado.", _RESEND, str(error)[:300]) from error

    def _doctype(self, *_: object) -> None:
        raise _dtd()

    def _start(self, _name: str, attributes: list[str]) -> None:
        self.depth += 1
        self.elements += 1
        scope = self.in_scope[-1]
        if attributes:
            names = attributes[::2]
            self.attributes += len(names)
            scope += sum(1 for name in names if name.startswith("xmlns"))
        self.in_scope.append(scope)
        self.work += scope * scope
        limits = self.limits
        if self.depth > limits.depth:
            raise refuse("xml_demasiado_profundo", f"El XML anida más de {limits.depth} niveles.")
        if self.elements > limits.elements or self.attributes > limits.attributes or self.work > limits.namespace_work:
            raise refuse(
                "xml_demasiado_complejo", "El XML tiene demasiados elementos, atributos o espacios de nombres."
            )

    def _end(self, _name: str) -> None:
        self.depth -= 1
        self.in_scope.pop()
