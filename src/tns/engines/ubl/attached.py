"""Takes the documents out of an AttachedDocument: CDATA, escaped text, base64 or plain children; nested ones too."""

from __future__ import annotations

import base64
import binascii
import html
from collections.abc import Iterator
from typing import Any

from lxml import etree

from tns.engines.ubl import containers, safe_xml, tree
from tns.engines.ubl.errors import refuse

_DOCUMENT = "cac:Attachment/cac:ExternalReference/cbc:Description"
_EMBEDDED = "cac:Attachment/cbc:EmbeddedDocumentBinaryObject"
_ANSWERS = "cac:ParentDocumentLineReference/cac:DocumentReference/"


def document_of(root: Any) -> bytes:
    """The document that an AttachedDocument carries.

    Raises:
        DocumentoRechazado: contenedor_sin_documento.
    """
    for expression in (_DOCUMENT, _EMBEDDED):
        for element in tree.many(root, expression):
            found = _content(element)
            if found:
                return found
    raise refuse(
        "contenedor_sin_documento",
        "El AttachedDocument no trae ningún documento dentro.",
        "Pida a quien lo emitió el archivo completo.",
    )


def answers_of(root: Any, limit: int = 10) -> Iterator[bytes]:
    """The ApplicationResponse documents (DIAN's verdict) that an AttachedDocument carries."""
    for expression in (_DOCUMENT, _EMBEDDED):
        for element in tree.many(root, _ANSWERS + expression)[:limit]:
            found = _content(element)
            if found:
                yield found


def _content(element: Any) -> bytes:
    child = next((item for item in element if isinstance(item.tag, str)), None)
    if child is not None:
        written: bytes = etree.tostring(child, with_tail=False, encoding="utf-8")
        return written
    text = tree.raw_text(element).strip().lstrip("\ufeff").strip()
    if text.startswith("&lt;"):  # escaped twice
        text = html.unescape(text)
    if text.startswith("<"):
        # Already decoded with its container: the encoding it declares is the one it had before it was put here.
        return safe_xml.without_declaration(text).encode()
    try:
        decoded = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return b""
    return decoded if containers.sniff(decoded) == "xml" else b""
