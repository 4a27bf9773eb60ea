"""Small helpers to walk a UBL tree: prefixed paths, trimmed texts, strict decimals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Any

NAMESPACES = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
    "ext": "urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2",
    "ds": "http://www.w3.org/2000/09/xmldsig#",
    "xades": "http://uri.etsi.org/01903/v1.3.2#",
}
UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
LEGACY = "http://www.dian.gov.co/contratos/facturaelectronica/v1"

# Twelve digits before the point and as many decimals as a price needs: a number such as 1E999999 never gets through.
_NUMBER = re.compile(r"[+-]?(\d{1,18}(\.\d{0,12})?|\.\d{1,12})")
_MAX_TEXT = 5_000


@lru_cache(maxsize=512)
def path(expression: str) -> str:
    """`cac:Party/cbc:Name` as ElementTree wants it."""
    steps = []
    for step in expression.split("/"):
        prefix, _, name = step.partition(":")
        steps.append(f"{{{NAMESPACES[prefix]}}}{name}" if name else step)
    return "/".join(steps)


def local(element: Any) -> str:
    """Local name of an element; empty for comments and processing instructions."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def namespace(element: Any) -> str:
    tag = element.tag
    return tag[1:].partition("}")[0] if isinstance(tag, str) and tag.startswith("{") else ""


def one(element: Any, expression: str) -> Any:
    """First element at `expression`, or None."""
    return None if element is None else element.find(path(expression))


def many(element: Any, expression: str) -> list[Any]:
    """Every element at `expression`."""
    return [] if element is None else list(element.findall(path(expression)))


def text(element: Any, expression: str = "", limit: int = _MAX_TEXT) -> str:
    """Trimmed text at `expression` (of the element itself when empty), cut at `limit` characters."""
    found = element if not expression else one(element, expression)
    if found is None:
        return ""
    content = found.text or ""
    if len(found):  # a comment in the middle of a text splits it
        content += "".join(child.tail or "" for child in found)
    return content.strip()[:limit]


def raw_text(element: Any) -> str:
    """The whole text of an element, for embedded documents."""
    return (element.text or "") + "".join(child.tail or "" for child in element)


def attribute(element: Any, expression: str, name: str) -> str:
    found = element if not expression else one(element, expression)
    return "" if found is None else str(found.get(name) or "").strip()[:200]


class Numbers:
    """Reads decimals and remembers, in Spanish, those that are none."""

    def __init__(self) -> None:
        self.problemas: list[str] = []

    def read(self, element: Any, expression: str) -> Decimal | None:
        content = text(element, expression, 80)
        if not content:
            return None
        if _NUMBER.fullmatch(content) is None:
            if len(self.problemas) < 50:
                where = expression.rpartition("/")[2].partition(":")[2]
                self.problemas.append(f"{where} no es un número: «{content[:40]}»")
            return None
        return Decimal(content)


def extensions(root: Any, name: str) -> Iterator[Any]:
    """Every child called `name` (any namespace) of the document's own ExtensionContent elements."""
    for content in many(root, "ext:UBLExtensions/ext:UBLExtension/ext:ExtensionContent"):
        for child in content:
            if local(child) == name:
                yield child


def find_local(element: Any, *names: str) -> Any:
    """Follow local names whatever their namespace: DIAN's own structures changed theirs between versions."""
    current = element
    for name in names:
        if current is None:
            return None
        current = next((child for child in current if local(child) == name), None)
    return current


def text_local(element: Any, *names: str) -> str:
    found = find_local(element, *names)
    return "" if found is None else text(found)
