"""A page of any list as CSV, for spreadsheets in Spanish."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import ListSerializer

from tns.common.problemas import DatosInvalidos

FORMATO = OpenApiParameter(
    "formato", str, enum=["json", "csv"], description="Con csv, la misma página como hoja; la siguiente va en `Link`."
)
_TROZO = 64_000
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def en_formatos(pagina: ListSerializer[Any]) -> dict[tuple[int, str], Any]:
    """What the schema says of a list that `en_formato` answers."""
    return {(200, "application/json"): pagina, (200, "text/csv"): OpenApiTypes.BINARY}


def en_formato(request: Request, respuesta: Response, nombre: str) -> Response | HttpResponse:
    """The page as asked for by `formato`: JSON as it is, or CSV with the address of the next page in `Link`."""
    formato = request.query_params.get("formato", "json")
    if formato == "json":
        return respuesta
    if formato != "csv":
        raise DatosInvalidos({"formato": ["Use json o csv."]})
    cabeceras = {"Content-Disposition": f'attachment; filename="{nombre}.csv"'}
    if siguiente := respuesta.data["next"]:
        cabeceras["Link"] = f'<{siguiente}>; rel="next"'
    return HttpResponse(como_csv(respuesta.data["results"]), content_type="text/csv; charset=utf-8", headers=cabeceras)


def como_csv(filas: Iterable[Mapping[str, Any]]) -> bytes:
    """Semicolons, decimal comma and byte order mark; a text that looks like a formula is quoted. No rows, no titles."""
    destino = io.StringIO()
    escritor = csv.writer(destino, delimiter=";", lineterminator="\r\n")
    for numero, fila in enumerate(filas):
        if not numero:
            escritor.writerow(fila)
        escritor.writerow(_celda(valor) for valor in fila.values())
    return b"\xef\xbb\xbf" + destino.getvalue().encode()


def en_csv(titulos: Sequence[str], filas: Iterable[Iterable[Any]]) -> Iterator[bytes]:
    """The same kind of file for any number of rows, in pieces of about 64 kB."""
    destino = io.StringIO()
    escritor = csv.writer(destino, delimiter=";", lineterminator="\r\n")
    yield b"\xef\xbb\xbf"
    escritor.writerow(titulos)
    for fila in filas:
        escritor.writerow(_celda(valor) for valor in fila)
        if destino.tell() > _TROZO:
            yield _vaciar(destino)
    yield _vaciar(destino)


def _vaciar(destino: io.StringIO) -> bytes:
    datos = destino.getvalue().encode()
    destino.seek(0)
    destino.truncate()
    return datos


def _celda(valor: Any) -> str:
    if valor is None:
        return ""
    if isinstance(valor, bool):
        return "sí" if valor else "no"
    if isinstance(valor, float | Decimal):
        return str(valor).replace(".", ",")
    texto = str(valor)
    return f"'{texto}" if isinstance(valor, str) and texto.startswith(_FORMULA) else texto
