"""Canonical XML of a whole document or of one element, as XML Signature needs it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from lxml import etree

from tns.engines.ubl.errors import DocumentoRechazado, refuse

_XML = "{http://www.w3.org/XML/1998/namespace}"


@dataclass(frozen=True, slots=True)
class Method:
    """One canonicalisation algorithm; prefixes only matter to the exclusive ones."""

    exclusive: bool = False
    comments: bool = False
    prefixes: tuple[str, ...] = ()


METHODS = {
    "http://www.w3.org/TR/2001/REC-xml-c14n-20010315": Method(),
    "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments": Method(comments=True),
    # 1.1 differs from 1.0 only in xml:id and xml:base inherited by a fragment, which these documents do not use.
    "http://www.w3.org/2006/12/xml-c14n11": Method(),
    "http://www.w3.org/2006/12/xml-c14n11#WithComments": Method(comments=True),
    "http://www.w3.org/2001/10/xml-exc-c14n#": Method(exclusive=True),
    "http://www.w3.org/2001/10/xml-exc-c14n#WithComments": Method(exclusive=True, comments=True),
}
INCLUSIVE = Method()


def canonical_document(root: Any, method: Method = INCLUSIVE) -> bytes:
    """Canonical form of the whole document, processing instructions around the root included.

    Raises DocumentoRechazado (xml_no_canonico) for what Canonical XML excludes, such as relative namespaces.
    """
    return _write(root.getroottree(), method)


def canonical_element(element: Any, method: Method = INCLUSIVE) -> bytes:
    """Canonical form of one element inside its document; raises as `canonical_document`.

    libxml2 through lxml forgets the namespaces that an inclusive canonical form inherits and does not use, so the
    element is first written with all its context (which lxml does) and canonicalised as a document of its own.
    """
    written = etree.tostring(element, with_tail=False, encoding="utf-8")
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, collect_ids=False, strip_cdata=True
    )
    try:
        alone = etree.fromstring(written, parser)
    except etree.XMLSyntaxError as error:
        raise _not_canonical(error) from error
    if not method.exclusive:
        for ancestor in element.iterancestors():
            for name, value in ancestor.attrib.items():
                if name.startswith(_XML) and name not in alone.attrib:
                    alone.set(name, value)
    return _write(alone.getroottree(), method)


def _write(tree: Any, method: Method) -> bytes:
    try:
        written: bytes = etree.tostring(
            tree,
            method="c14n",
            exclusive=method.exclusive,
            with_comments=method.comments,
            inclusive_ns_prefixes=list(method.prefixes) or None,
        )
    except etree.C14NError as error:
        raise _not_canonical(error) from error
    return written


def _not_canonical(error: Exception) -> DocumentoRechazado:
    return refuse(
        "xml_no_canonico",
        "El XML usa espacios de nombres que no admiten forma canónica, así que su firma no se puede comprobar.",
        tecnico=str(error)[:200],
    )


@contextmanager
def without(element: Any) -> Iterator[None]:
    """The document without `element` (the enveloped-signature transform) while the block runs."""
    parent, tail = element.getparent(), element.tail
    index, previous = parent.index(element), element.getprevious()
    element.tail = None
    parent.remove(element)
    before = parent.text if previous is None else previous.tail
    joined = (before or "") + (tail or "")
    if previous is None:
        parent.text = joined
    else:
        previous.tail = joined
    try:
        yield
    finally:
        if previous is None:
            parent.text = before
        else:
            previous.tail = before
        parent.insert(index, element)
        element.tail = tail
