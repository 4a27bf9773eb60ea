"""Why a document is refused."""

from __future__ import annotations

from tns.engines.errors import TNSError


class DocumentoRechazado(TNSError):
    """The input is not read any further; `codigo_estable` says why and stays the same between versions."""

    codigo = "documento_rechazado"


def refuse(codigo: str, detalle: str, que_hacer: str = "", tecnico: str | None = None) -> DocumentoRechazado:
    """Build the refusal called `codigo`, told in Spanish."""
    return DocumentoRechazado(detalle, codigo=codigo, que_hacer=que_hacer, tecnico=tecnico)
