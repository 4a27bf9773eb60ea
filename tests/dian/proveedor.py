"""A provider for the tests: a real HTTP server with the public JSON format, a log of what it invoiced, and moods.

It is naive on purpose: what is posted to it is invoiced, twice if it is posted twice, unless it is told to be strict.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tns.engines.ubl.codes import Claves
from tns.engines.ubl.outgoing.payload import expected_code

RECURSOS = ("invoice", "credit-note", "debit-note", "support-document", "sd-credit-note")
CODIGO = {
    "invoice": "cufe",
    "credit-note": "cude",
    "debit-note": "cude",
    "support-document": "cuds",
    "sd-credit-note": "cuds",
}
TOKEN = "token-de-ensayo"
CLAVES = Claves(clave_tecnica="clave-de-ensayo", pin="12345")
RECHAZO = "Regla: FAD06, Rechazo: Valor del CUFE no está calculado correctamente."
NOTIFICACION = "Regla: FAJ43b, Notificación: Nombre informado no corresponde al registrado en el RUT."


@dataclass
class Proveedor:
    """What the server knows and how it must behave; `animos` are moods by document number, `animo` the usual one."""

    nit: str = "800197268"
    estricto: bool = False
    animo: str = "aceptar"
    animos: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    facturas: list[tuple[str, str]] = field(default_factory=list)  # the log: (number, code), one per invoice made
    pedidos: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    cuerpos: dict[str, dict[str, Any]] = field(default_factory=dict)
    caidas: dict[str, Callable[[], None]] = field(default_factory=dict)  # moment → what to do to the client then
    demora: float = 0.0
    cerrojo: threading.Lock = field(default_factory=threading.Lock)
    soltar: threading.Event = field(default_factory=threading.Event)
    url: str = ""

    def veces(self) -> Counter[str]:
        """How many times each document was invoiced."""
        return Counter(numero for numero, _ in self.facturas)

    def animo_de(self, numero: str) -> str:
        with self.cerrojo:
            cola = self.animos.get(numero)
            return cola.pop(0) if cola else self.animo

    def momento(self, cual: str) -> None:
        accion = self.caidas.pop(cual, None)
        if accion is not None:
            accion()

    def facturar(self, cuerpo: dict[str, Any]) -> str:
        numero = f"{cuerpo['prefix']}{cuerpo['number']}"
        codigo = expected_code(cuerpo, nit=self.nit, keys=CLAVES, ambiente="2")
        with self.cerrojo:
            self.facturas.append((numero, codigo))
            self.cuerpos[numero] = cuerpo
        return codigo

    def buscar(self, *, numero: str = "", codigo: str = "") -> tuple[str, str] | None:
        with self.cerrojo:
            return next((f for f in self.facturas if f[0] == numero or (codigo and f[1] == codigo)), None)


class _Atiende(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    proveedor: Proveedor

    def log_message(self, format: str, *args: Any) -> None:
        """The log of this server is `Proveedor.pedidos`."""

    def do_GET(self) -> None:
        partes = urlsplit(self.path)
        self._anotar("GET", partes.path)
        if not self._con_permiso():
            return
        pedido = {clave: valores[0] for clave, valores in parse_qs(partes.query).items()}
        self._estado(self.proveedor.buscar(numero=f"{pedido.get('prefix', '')}{pedido.get('number', '')}"))

    def do_POST(self) -> None:
        ruta = urlsplit(self.path).path.strip("/")
        datos = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self._anotar("POST", ruta)
        if not self._con_permiso():
            return
        if ruta.startswith("status/document/"):
            self._estado(self.proveedor.buscar(codigo=ruta.rpartition("/")[2]))
        elif ruta in RECURSOS:
            self._recibir(ruta, json.loads(datos))
        else:
            self._json(404, {"message": "Not Found"})

    def _anotar(self, metodo: str, ruta: str) -> None:
        with self.proveedor.cerrojo:
            self.proveedor.pedidos.append((metodo, ruta.strip("/"), dict(self.headers)))

    def _con_permiso(self) -> bool:
        if self.headers.get("Authorization") == f"Bearer {TOKEN}":
            return True
        self._json(401, {"message": "Unauthenticated."})
        return False

    def _recibir(self, recurso: str, cuerpo: dict[str, Any]) -> None:  # noqa: C901  one line per mood
        proveedor, numero = self.proveedor, f"{cuerpo['prefix']}{cuerpo['number']}"
        animo = proveedor.animo_de(numero)
        proveedor.momento("recibido")
        if proveedor.demora:
            threading.Event().wait(proveedor.demora)
        previa = proveedor.buscar(numero=numero)
        if animo == "ya_procesado" or (proveedor.estricto and previa):
            texto = "Regla: 90, Rechazo: Documento procesado anteriormente."
            return self._dian(recurso, valida=False, reglas=[texto], codigo=previa[1] if previa else "")
        if animo in ("cortar_antes", "callar"):
            return self._cortar(esperar=animo == "callar")
        if animo == "invalido":
            return self._json(
                422, {"message": "The given data was invalid.", "errors": {"customer.email": ["Obligatorio"]}}
            )
        if animo == "rechazar":
            return self._dian(recurso, valida=False, reglas=[RECHAZO], codigo="")
        if animo == "caido":
            return self._json(503, {"message": "Service Unavailable"})
        codigo = proveedor.facturar(cuerpo)
        proveedor.momento("facturado")
        if animo in ("facturar_y_callar", "facturar_y_cortar"):
            return self._cortar(esperar=animo == "facturar_y_callar")
        if animo == "facturar_y_500":
            return self._json(500, {"message": "Server Error"})
        if animo == "basura":
            return self._texto(200, b"<html>Gateway</html>", "text/html")
        if animo == "enorme":
            return self._texto(200, b"[" + b"1," * 4_000_000 + b"1]", "application/json")
        if animo == "a_medias":
            return self._a_medias(recurso, codigo)
        return self._dian(recurso, valida=True, reglas=[NOTIFICACION] if animo == "notificar" else [], codigo=codigo)

    def _dian(self, recurso: str, *, valida: bool, reglas: list[str], codigo: str) -> None:
        estado = "00" if valida else "99"
        mensaje = "Procesado Correctamente." if valida else "Documento con errores en campos mandatorios."
        resultado = {
            "ErrorMessage": {"string": reglas[0] if len(reglas) == 1 else reglas} if reglas else {},
            "IsValid": "true" if valida else "false",
            "StatusCode": estado,
            "StatusDescription": mensaje,
            "StatusMessage": "La factura electrónica ha sido autorizada."
            if valida
            else {"_attributes": {"nil": "true"}},
            "XmlDocumentKey": codigo or {"_attributes": {"nil": "true"}},
        }
        cuerpo = {
            "success": True,
            "message": f"{recurso} generada con éxito",
            "ResponseDian": {"Envelope": {"Body": {"SendBillSyncResponse": {"SendBillSyncResult": resultado}}}},
        }
        if codigo:
            cuerpo |= {CODIGO[recurso]: codigo, "QRStr": f"https://catalogo-vpfe-hab.dian.gov.co/?documentkey={codigo}"}
        self._json(200, cuerpo)

    def _estado(self, factura: tuple[str, str] | None) -> None:
        self.proveedor.momento("consultado")
        if factura is None:
            return self._json(404, {"success": False, "exists": False, "message": "El documento no existe."})
        return self._dian("invoice", valida=True, reglas=[], codigo=factura[1])

    def _json(self, estado: int, cuerpo: dict[str, Any]) -> None:
        self._texto(estado, json.dumps(cuerpo).encode(), "application/json")

    def _texto(self, estado: int, datos: bytes, tipo: str) -> None:
        with contextlib.suppress(OSError):
            self.send_response(estado)
            self.send_header("Content-Type", tipo)
            self.send_header("Content-Length", str(len(datos)))
            self.end_headers()
            self.wfile.write(datos)

    def _a_medias(self, recurso: str, codigo: str) -> None:
        with contextlib.suppress(OSError):
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", "5000")
            self.end_headers()
            self.wfile.write(b'{"success": true, "cufe": "' + codigo[:40].encode())
            self.wfile.flush()
        self._cortar(esperar=False)

    def _cortar(self, *, esperar: bool) -> None:
        """Say nothing: until the test lets go (the client will tire first), or at once by cutting the connection."""
        if esperar:
            self.proveedor.soltar.wait(30)
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)


class _Servidor(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients of these tests die in the middle of a word: that is no news."""


def matar(pid: int) -> Callable[[], None]:
    """An action for `Proveedor.caidas`: the client dies there and then."""
    return lambda: os.kill(pid, signal.SIGKILL)


@contextlib.contextmanager
def encendido(proveedor: Proveedor | None = None) -> Iterator[Proveedor]:
    """The server, listening on 127.0.0.1 while the block runs."""
    dueno = proveedor or Proveedor()
    servidor = _Servidor(("127.0.0.1", 0), type("_Suyo", (_Atiende,), {"proveedor": dueno}))
    dueno.url = f"http://127.0.0.1:{servidor.server_address[1]}"
    hilo = threading.Thread(target=servidor.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    hilo.start()
    try:
        yield dueno
    finally:
        dueno.soltar.set()
        servidor.shutdown()
        servidor.server_close()
        hilo.join(5)
