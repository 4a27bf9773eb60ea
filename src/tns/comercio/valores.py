"""Checks of what people write for their shop: colours, host names, links, telephones."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError

CONTRASTE_MINIMO = 4.5
_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
_ETIQUETA = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_TELEFONO = re.compile(r"\+?[0-9]{7,15}")
_ESQUEMAS = {"http", "https", "mailto", "tel"}


def color(valor: str) -> None:
    if not _COLOR.fullmatch(valor):
        raise ValidationError("Escriba el color como #RRGGBB, por ejemplo #0F766E.")


def contraste(uno: str, otro: str) -> float:
    """Contrast ratio of two colours `#RRGGBB`, 1 to 21 (WCAG 2.2, relative luminance)."""
    claro, oscuro = sorted((_luminancia(uno), _luminancia(otro)), reverse=True)
    return (claro + 0.05) / (oscuro + 0.05)


def _luminancia(valor: str) -> float:
    canales = [int(valor[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    rojo, verde, azul = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in canales)
    return 0.2126 * rojo + 0.7152 * verde + 0.0722 * azul


def normalizar_dominio(texto: str) -> str:
    """A host name as browsers send it: lower case, punycode, no final dot; raises ValidationError for anything else."""
    limpio = texto.strip().rstrip(".").lower()
    try:
        dominio = limpio.encode("idna").decode() if not limpio.isascii() else limpio
    except UnicodeError:
        dominio = ""
    partes = dominio.split(".")
    if len(dominio) > 253 or len(partes) < 2 or not all(_ETIQUETA.fullmatch(p) for p in partes) or partes[-1].isdigit():
        raise ValidationError("Escriba solo el nombre del dominio, sin https:// ni rutas: tienda.ejemplo.co.")
    return dominio


def enlace(valor: str) -> None:
    """A link that a shop may show: relative to it, or http(s), mailto, tel; never a script."""
    try:
        partes = urlsplit(valor)
    except ValueError:
        partes = None
    relativo = valor.startswith(("/", "#")) and not valor.startswith("//")
    if partes is None or any(c <= " " for c in valor) or not (relativo or partes.scheme.lower() in _ESQUEMAS):
        raise ValidationError("Escriba un enlace que empiece por https://, mailto:, tel:, / o #.")


def telefono(valor: str) -> None:
    if not _TELEFONO.fullmatch(valor):
        raise ValidationError("Escriba el número con indicativo y sin espacios, por ejemplo +573001234567.")
