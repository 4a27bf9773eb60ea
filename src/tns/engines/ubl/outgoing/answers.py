"""Understands what the provider answers: accepted (with notices), rejected, already processed, or nothing sure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from tns.engines.ubl.model import Regla

_RULE = re.compile(
    r"Regla:\s*([A-Za-z0-9]{1,12})\s*,\s*(Rechazo|Notificaci[oó]n)\s*:?\s*(.*)", re.IGNORECASE | re.DOTALL
)
_CODE = re.compile(r"[0-9a-fA-F]{96}")
_ALREADY = "procesado anteriormente"
_IN_PROCESS = ("66", "98")  # DIAN has it, or is still looking at it: nothing is decided
_MAX_DEPTH = 12
_MAX_RULES = 100


class Veredicto(StrEnum):
    """What happened to a document, as far as an answer tells."""

    ACEPTADO = "aceptado"
    ACEPTADO_CON_NOTIFICACIONES = "aceptado_con_notificaciones"
    RECHAZADO = "rechazado"
    YA_PROCESADO = "ya_procesado"
    NO_EXISTE = "no_existe"
    DESCONOCIDO = "desconocido"


@dataclass(frozen=True, slots=True)
class Respuesta:
    """An answer understood; `errores` maps a field of the request to its complaints (422)."""

    veredicto: Veredicto
    mensaje: str = ""
    codigo: str = ""
    qr: str = ""
    reglas: tuple[Regla, ...] = ()
    errores: tuple[tuple[str, str], ...] = ()
    http: int = 0


def read_answer(status: int, body: Any, *, asked: bool = False) -> Respuesta:
    """Read the answer to a sending, or to a question about a document (`asked`)."""
    if not isinstance(body, dict):
        return Respuesta(Veredicto.DESCONOCIDO, "El proveedor contestó algo que no se entiende.", http=status)
    if status == 422:
        return _invalid(body)
    result = _find(body, "IsValid")
    code = _code(body, result)
    qr = body.get("QRStr")
    base = Respuesta(Veredicto.DESCONOCIDO, codigo=code, qr=qr[:2_000] if isinstance(qr, str) else "", http=status)
    if asked and _says_missing(status, body):
        return replace(base, veredicto=Veredicto.NO_EXISTE, mensaje=_message(body, None))
    if status >= 400:
        return replace(base, mensaje=_message(body, result) or f"El proveedor contestó HTTP {status}.")
    return _without_dian(body, base) if result is None else _verdict(body, result, base)


def _verdict(body: dict[str, Any], result: dict[str, Any], base: Respuesta) -> Respuesta:
    texts = error_texts(result.get("ErrorMessage"))
    rules = parse_rules(texts)
    told = replace(base, mensaje=_message(body, result))
    if str(result.get("IsValid")).strip().lower() == "true":
        state = Veredicto.ACEPTADO_CON_NOTIFICACIONES if rules else Veredicto.ACEPTADO
        return replace(told, veredicto=state, reglas=tuple(replace(rule, clase="notificacion") for rule in rules))
    if any(rule.codigo == "90" for rule in rules) or any(_ALREADY in text.lower() for text in (*texts, told.mensaje)):
        return replace(told, veredicto=Veredicto.YA_PROCESADO)
    if str(result.get("StatusCode", "")).strip() in _IN_PROCESS:
        return replace(told, mensaje=told.mensaje or "La DIAN aún procesa el documento.")
    if not rules and not told.mensaje:
        return replace(told, mensaje="El proveedor no dijo por qué no es válido.")
    return replace(told, veredicto=Veredicto.RECHAZADO, reglas=rules)


def _without_dian(body: dict[str, Any], base: Respuesta) -> Respuesta:
    """An answer that does not quote DIAN decides nothing, unless it says that the document was there before."""
    message = _message(body, None)
    if _ALREADY in message.lower():
        return replace(base, veredicto=Veredicto.YA_PROCESADO, mensaje=message)
    return replace(base, mensaje=message or "El proveedor no trajo la respuesta de la DIAN.")


def _says_missing(status: int, body: dict[str, Any]) -> bool:
    """Only an explicit word that the document is unknown counts; a 404 of some proxy does not."""
    if status not in (200, 404):
        return False
    result = _find(body, "IsValid")
    if result is not None:
        return False
    return (
        body.get("exists") is False
        or body.get("codigo") == "documento_no_encontrado"
        or (status == 404 and body.get("success") is False and "no" in str(body.get("message", "")).lower())
    )


def _invalid(body: dict[str, Any]) -> Respuesta:
    errors = body.get("errors")
    pairs: list[tuple[str, str]] = []
    if isinstance(errors, dict):
        for field, texts in list(errors.items())[:_MAX_RULES]:
            for text in texts if isinstance(texts, list) else [texts]:
                pairs.append((str(field)[:120], str(text)[:500]))
    message = _message(body, None) or "El proveedor no admite los datos del documento."
    if any(_ALREADY in text.lower() for text in (message, *(text for _, text in pairs))):
        return Respuesta(Veredicto.YA_PROCESADO, message, http=422)
    return Respuesta(Veredicto.RECHAZADO, message, errores=tuple(pairs), http=422)


def parse_rules(texts: list[str]) -> tuple[Regla, ...]:
    """DIAN's rules out of its sentences ("Regla: FAJ43b, Notificación: ...")."""
    rules = []
    for text in texts[:_MAX_RULES]:
        found = _RULE.search(text)
        if found is None:
            rules.append(Regla("", "rechazo", " ".join(text.split())[:500]))
            continue
        kind = "rechazo" if found.group(2).lower().startswith("r") else "notificacion"
        rules.append(Regla(found.group(1), kind, " ".join(found.group(3).split())[:500]))
    return tuple(rules)


def error_texts(value: Any) -> list[str]:
    """ErrorMessage comes as a list, as {"string": ...}, as text, or empty in several ways."""
    if isinstance(value, dict):
        value = value.get("string", value.get("strings"))
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list):
        return []
    return [item.strip()[:1_000] for item in value[:_MAX_RULES] if isinstance(item, str) and item.strip()]


def _find(value: Any, key: str, depth: int = 0) -> dict[str, Any] | None:
    """The object that holds `key`, wherever the provider nested it."""
    if depth > _MAX_DEPTH:
        return None
    if isinstance(value, dict):
        if key in value:
            return value
        return next((found for item in value.values() if (found := _find(item, key, depth + 1)) is not None), None)
    if isinstance(value, list):
        return next((found for item in value[:20] if (found := _find(item, key, depth + 1)) is not None), None)
    return None


def _code(body: dict[str, Any], result: dict[str, Any] | None) -> str:
    for value in (body.get("cufe"), body.get("cude"), body.get("cuds"), (result or {}).get("XmlDocumentKey")):
        if isinstance(value, str) and _CODE.fullmatch(value.strip()):
            return value.strip().lower()
    return ""


def _message(body: dict[str, Any], result: dict[str, Any] | None) -> str:
    for value in ((result or {}).get("StatusMessage"), (result or {}).get("StatusDescription"), body.get("message")):
        if isinstance(value, str) and value.strip():
            return " ".join(value.split())[:500]
    return ""
