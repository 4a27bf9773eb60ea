"""Bounds that keep a hostile document from costing time or memory."""

from __future__ import annotations

from dataclasses import dataclass

KIB = 1024
MIB = 1024 * KIB


@dataclass(frozen=True, slots=True)
class Limits:
    """What one input may cost; DIAN itself takes ZIPs of 2 MB, so every bound leaves generous room.

    Attributes:
        file_bytes: bytes of one file as it arrives (XML, ZIP or message).
        document_bytes: bytes of one XML document.
        elements / attributes: how many one XML document may have.
        depth: levels of XML nesting (a real document stays under 25).
        namespace_work: sum over elements of (namespaces in scope)^2, what canonicalisation costs.
        zip_entries / zip_ratio: entries of one ZIP, and bytes out per byte in.
        unpacked_bytes: bytes unpacked from one input, all its nested containers together.
        nesting: containers inside containers (ZIP in message, document in AttachedDocument, ...).
        documents: documents in one input.
    """

    file_bytes: int = 20 * MIB
    document_bytes: int = 10 * MIB
    elements: int = 300_000
    attributes: int = 600_000
    depth: int = 60
    namespace_work: int = 100_000_000
    zip_entries: int = 500
    zip_ratio: int = 250
    unpacked_bytes: int = 40 * MIB
    nesting: int = 4
    documents: int = 500


DEFAULT_LIMITS = Limits()
