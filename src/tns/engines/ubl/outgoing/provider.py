"""The REST provider: requests limited in time and size; failures told by whether anything was sent."""

from __future__ import annotations

import json
import logging
import ssl
import time
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlsplit

from tns.engines.errors import TNSError
from tns.engines.ubl.outgoing.answers import Respuesta, Veredicto, read_answer

logging.getLogger("httpx").setLevel(logging.WARNING)  # it would log every address at INFO
_MAX_ANSWER = 4 * 1024 * 1024
_NOT_SERVED = (404, 405, 413, 415, 429)  # answers of somebody who did not look at the document


class NadaEnviado(TNSError):
    """The request certainly did not reach the provider: sending again later is safe."""

    codigo = "proveedor_inalcanzable"
    que_hacer_por_defecto = "Revise la dirección del proveedor y la conexión; el documento no se envió."


class CredencialesDelProveedor(NadaEnviado):
    codigo = "proveedor_rechaza_credenciales"
    que_hacer_por_defecto = "Revise el token del proveedor en la configuración DIAN de la empresa."


class ResultadoIncierto(TNSError):
    """The request may have been served: nothing is sent again before asking."""

    codigo = "resultado_incierto"
    que_hacer_por_defecto = "Se consultará el estado del documento antes de cualquier reenvío."


@dataclass(frozen=True, slots=True)
class ProviderInfo:
    """Address and token of a provider; times in seconds."""

    url: str
    token: str = field(repr=False)
    connect_timeout: float = 10.0
    total_timeout: float = 90.0


def check_url(url: str, *, allow_http: bool) -> str:
    """The address without final slash; raises NadaEnviado (codigo direccion_proveedor_invalida) for a useless one."""
    try:
        parts = urlsplit(url.strip())
        _ = parts.port
    except ValueError:
        parts = urlsplit("")
    good = parts.scheme == "https" or (allow_http and parts.scheme == "http")
    if not good or not parts.hostname or parts.username or parts.query or parts.fragment:
        raise NadaEnviado(
            "La dirección del proveedor no sirve: debe ser https://… sin usuario ni parámetros.",
            codigo="direccion_proveedor_invalida",
            que_hacer="Corrija la dirección en la configuración DIAN de la empresa (o ENDPOINTDIANVM en VARIOS).",
        )
    return url.strip().rstrip("/")


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    """Loading the roots takes longer than a request: once per process."""
    import httpx

    return httpx.create_ssl_context()


class Provider:
    """A provider's API. Use it as a context manager."""

    def __init__(self, info: ProviderInfo) -> None:
        import httpx

        self.info = info
        timeout = httpx.Timeout(info.total_timeout, connect=info.connect_timeout)
        self._client = httpx.Client(timeout=timeout, follow_redirects=False, trust_env=False, verify=_tls())

    def __enter__(self) -> Provider:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def send(self, resource: str, payload: dict[str, Any], *, key: str) -> Respuesta:
        """Send a document once. `key` is its idempotency key.

        Raises NadaEnviado when nothing reached the provider, ResultadoIncierto when it may have.
        """
        status, body = self._request("POST", resource, json_body=payload, key=key)
        answer = read_answer(status, body)
        if answer.veredicto is Veredicto.DESCONOCIDO:
            raise ResultadoIncierto(
                answer.mensaje or "El proveedor no dijo qué pasó con el documento.", datos={"http": status}
            )
        return answer

    def ask(self, *, code: str, prefix: str, number: int, type_document_id: int) -> Respuesta:
        """What became of a document: by its code when it is known, and by its number. Raises like `send`."""
        if code:
            status, body = self._request("POST", f"status/document/{quote(code, safe='')}")
            answer = read_answer(status, body, asked=True)
            if answer.veredicto not in (Veredicto.DESCONOCIDO, Veredicto.NO_EXISTE):
                return answer
        query = {"prefix": prefix, "number": str(number), "type_document_id": str(type_document_id)}
        status, body = self._request("GET", "status", params=query)
        return read_answer(status, body, asked=True)

    def _request(
        self,
        method: str,
        path: str,
        *,
        json_body: dict[str, Any] | None = None,
        params: dict[str, str] | None = None,
        key: str = "",
    ) -> tuple[int, Any]:
        import httpx

        headers = {"Authorization": f"Bearer {self.info.token}", "Accept": "application/json"}
        if key:
            headers["Idempotency-Key"] = key
        deadline = time.monotonic() + self.info.total_timeout
        try:
            with self._client.stream(
                method, f"{self.info.url}/{path}", json=json_body, params=params, headers=headers
            ) as answer:
                status = answer.status_code
                body = self._read(answer, deadline)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
            raise NadaEnviado("No se pudo llegar al proveedor.", tecnico=type(error).__name__) from error
        except httpx.HTTPError as error:
            message = (
                "El proveedor no contestó a tiempo."
                if isinstance(error, httpx.TimeoutException)
                else ("La conexión con el proveedor se cortó antes de que contestara.")
            )
            raise ResultadoIncierto(message, tecnico=type(error).__name__) from error
        if status in (401, 403):
            raise CredencialesDelProveedor("El proveedor no acepta el token de la empresa.", datos={"http": status})
        if json_body is not None and status in _NOT_SERVED:
            raise NadaEnviado(f"El proveedor no atiende esa dirección (HTTP {status}).", datos={"http": status})
        return status, body

    def _read(self, answer: Any, deadline: float) -> Any:
        """The JSON body, bounded in size and in total time; None for what is no JSON."""
        pieces, size = [], 0
        for piece in answer.iter_bytes():
            size += len(piece)
            if size > _MAX_ANSWER:
                raise ResultadoIncierto("El proveedor contestó demasiado.", tecnico=f"> {_MAX_ANSWER} bytes")
            if time.monotonic() > deadline:
                raise ResultadoIncierto("El proveedor contestó demasiado despacio.")
            pieces.append(piece)
        try:
            return json.loads(b"".join(pieces))
        except (ValueError, RecursionError):
            return None
