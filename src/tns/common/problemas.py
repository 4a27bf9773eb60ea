"""Errors of the API as RFC 9457 problem documents, in Spanish, with a stable `codigo` and what to do next."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.encoding import force_str
from rest_framework import exceptions, status
from rest_framework.response import Response

from tns.engines.errors import TNSError

logger = logging.getLogger(__name__)
TIPO_DE_CONTENIDO = "application/problem+json"
_BASE_TIPO = "urn:tns:problema:"


class Problema(TNSError):
    """An expected failure that already knows its HTTP status."""

    estado_http: int = status.HTTP_400_BAD_REQUEST
    titulo: str = "La solicitud no se pudo atender"

    def __init__(self, detalle: str, *, cabeceras: Mapping[str, str] | None = None, **campos: Any) -> None:
        super().__init__(detalle, **campos)
        self.cabeceras = dict(cabeceras or {})


class NoEncontrado(Problema):
    estado_http = status.HTTP_404_NOT_FOUND
    codigo = "no_encontrado"
    titulo = "No existe"


class Conflicto(Problema):
    estado_http = status.HTTP_409_CONFLICT
    codigo = "conflicto"
    titulo = "Conflicto con el estado actual"


class ServicioNoDisponible(Problema):
    estado_http = status.HTTP_503_SERVICE_UNAVAILABLE
    codigo = "servicio_no_disponible"
    titulo = "Servicio no disponible"


class CsrfRechazado(Problema):
    estado_http = status.HTTP_403_FORBIDDEN
    codigo = "csrf_rechazado"
    titulo = "Falta la prueba de origen"
    que_hacer_por_defecto = "Pida un token en /api/auth/csrf/ y envíelo en el encabezado X-CSRFToken."


class DatosInvalidos(Problema):
    """Well-formed JSON whose fields cannot be used; `errores` maps field → list of sentences."""

    estado_http = status.HTTP_400_BAD_REQUEST
    codigo = "datos_invalidos"
    titulo = "Datos no válidos"

    def __init__(self, errores: dict[str, list[str]], detalle: str = "Revise los campos señalados.") -> None:
        super().__init__(detalle, datos={"errores": errores})


# DRF's own exceptions: status → (codigo, title, what to do next).
_POR_ESTADO: dict[int, tuple[str, str, str]] = {
    400: ("solicitud_invalida", "Solicitud no válida", "Corrija la solicitud y envíela de nuevo."),
    401: ("no_autenticado", "No ha iniciado sesión", "Inicie sesión o envíe el encabezado Authorization: Api-Key sk_…"),
    403: ("sin_permiso", "Sin permiso", "Pida a un administrador el permiso que le falta."),
    404: ("no_encontrado", "No existe", "Revise la dirección o el identificador."),
    405: ("metodo_no_permitido", "Método no permitido", "Consulte los métodos de esta dirección en /api/docs/."),
    406: ("formato_no_disponible", "Formato no disponible", "Pida application/json."),
    413: ("cuerpo_demasiado_grande", "Cuerpo demasiado grande", "Envíe un archivo o un cuerpo más pequeño."),
    415: ("formato_no_soportado", "Formato no soportado", "Envíe el cuerpo como application/json."),
    429: ("demasiadas_solicitudes", "Demasiadas solicitudes", "Espere el tiempo que indica Retry-After."),
}


def documento(
    estado: int,
    codigo: str,
    titulo: str,
    detalle: str,
    *,
    que_hacer: str = "",
    errores: dict[str, Any] | None = None,
    extra: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """The members of one problem document."""
    cuerpo: dict[str, Any] = dict(extra or {})
    cuerpo |= {"type": _BASE_TIPO + codigo, "title": titulo, "status": estado, "detail": detalle, "codigo": codigo}
    if que_hacer:
        cuerpo["que_hacer"] = que_hacer
    if errores:
        cuerpo["errores"] = errores
    return cuerpo


def manejar_excepcion(exc: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's EXCEPTION_HANDLER: expected failures become problem documents, the rest a 500 without detail."""
    from rest_framework.views import set_rollback  # views load the authenticators, which load this module

    cuerpo, cabeceras = _traducir(exc)
    if cuerpo is None:
        return None
    set_rollback()
    return Response(cuerpo, status=cuerpo["status"], headers=cabeceras, content_type=TIPO_DE_CONTENIDO)


def _traducir(exc: Exception) -> tuple[dict[str, Any] | None, dict[str, str]]:
    if isinstance(exc, TNSError):
        return de_error(exc), getattr(exc, "cabeceras", {})
    if isinstance(exc, Http404):
        exc = exceptions.NotFound()
    elif isinstance(exc, PermissionDenied):
        exc = exceptions.PermissionDenied()
    elif isinstance(exc, ValidationError):
        exc = exceptions.ValidationError(exc.message_dict if hasattr(exc, "error_dict") else exc.messages)
    elif isinstance(exc, OperationalError):
        logger.error("La base de datos no respondió", exc_info=exc)
        return base_de_datos_caida(), {}
    elif isinstance(exc, DatabaseError) and "cannot contain NUL" in str(exc):
        exc = exceptions.ValidationError("El texto contiene un carácter nulo.")
    if not isinstance(exc, exceptions.APIException):
        return None, {}
    return _de_drf(exc), _cabeceras(exc)


def base_de_datos_caida() -> dict[str, Any]:
    """The problem document of a database that does not answer."""
    return documento(
        503,
        "base_de_datos_no_disponible",
        "Base de datos no disponible",
        "La base de datos no respondió.",
        que_hacer="Intente de nuevo en unos segundos; si continúa, avise al administrador.",
    )


def de_error(error: TNSError) -> dict[str, Any]:
    """Problem document of an expected failure, whichever layer raised it."""
    estado = error.estado_http if isinstance(error, Problema) else status.HTTP_422_UNPROCESSABLE_ENTITY
    titulo = error.titulo if isinstance(error, Problema) else "La operación no se pudo completar"
    extra = dict(error.datos)
    errores = extra.pop("errores", None)
    if error.tecnico:
        extra["tecnico"] = error.tecnico
    return documento(
        estado, error.codigo_estable, titulo, error.detalle, que_hacer=error.que_hacer, errores=errores, extra=extra
    )


def _de_drf(exc: exceptions.APIException) -> dict[str, Any]:
    estado = exc.status_code
    if isinstance(exc, exceptions.ValidationError):
        errores = _errores_por_campo(exc.detail)
        return documento(400, "datos_invalidos", "Datos no válidos", "Revise los campos señalados.", errores=errores)
    codigo, titulo, que_hacer = _POR_ESTADO.get(estado, _POR_ESTADO[400])
    if isinstance(exc, exceptions.ParseError):
        codigo, titulo = "json_invalido", "El cuerpo no se pudo leer"
    return documento(estado, codigo, titulo, force_str(exc.detail), que_hacer=que_hacer)


def _errores_por_campo(detalle: Any) -> dict[str, Any]:
    if isinstance(detalle, dict):
        return {("general" if c == "non_field_errors" else c): _frases(v) for c, v in detalle.items()}
    return {"general": _frases(detalle)}


def _frases(valor: Any) -> Any:
    if isinstance(valor, dict):
        return _errores_por_campo(valor)
    if isinstance(valor, list | tuple):
        return [_frases(v) if isinstance(v, dict | list) else force_str(v) for v in valor]
    return [force_str(valor)]


def _cabeceras(exc: exceptions.APIException) -> dict[str, str]:
    cabeceras = {}
    if getattr(exc, "auth_header", None):
        cabeceras["WWW-Authenticate"] = exc.auth_header
    if getattr(exc, "wait", None):
        cabeceras["Retry-After"] = str(int(exc.wait) + 1)
    return cabeceras


def respuesta(cuerpo: dict[str, Any]) -> HttpResponse:
    """A problem document as a plain Django response, for views that are not DRF's."""
    return JsonResponse(cuerpo, status=cuerpo["status"], content_type=TIPO_DE_CONTENIDO)


class ProblemasMiddleware:
    """Expected failures in views that are not DRF's (the admin's, the health's) become problem documents too."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> Any:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, TNSError):
            return None
        contestada = respuesta(de_error(exception))
        for nombre, valor in getattr(exception, "cabeceras", {}).items():
            contestada[nombre] = valor
        return contestada


def de_estado(estado: int, detalle: str) -> HttpResponse:
    """The problem document of an HTTP status, for views that are not DRF's."""
    codigo, titulo, que_hacer = _POR_ESTADO[estado]
    return respuesta(documento(estado, codigo, titulo, detalle, que_hacer=que_hacer))


def solicitud_invalida(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler400: a host that is not ours, a body or a header that cannot be read."""
    return de_estado(400, "La solicitud no se pudo leer.")


def sin_permiso(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler403."""
    return de_estado(403, "No tiene permiso para esta dirección.")


def no_encontrado(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler404: the path itself is unknown."""
    return de_estado(404, "Esta dirección no existe.")


def error_interno(request: HttpRequest) -> HttpResponse:
    """Django's handler500: the cause is in the log, never in the answer."""
    return respuesta(
        documento(
            500,
            "error_interno",
            "Error interno",
            "Ocurrió un error que no esperábamos.",
            que_hacer="Intente de nuevo; si continúa, avise al administrador con la hora exacta.",
        )
    )


def csrf_rechazado(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's CSRF_FAILURE_VIEW: the write came without its token."""
    return respuesta(de_error(CsrfRechazado("La solicitud no trae el token CSRF de su sesión.")))
