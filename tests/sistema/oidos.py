"""Who is told: a real SMTP listener and a real HTTP one, on loopback ports, that keep what they are sent."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Oidos:
    """The messages that came, in order, and where to send them."""

    puerto_smtp: int
    webhook: str
    correos: list[EmailMessage] = field(default_factory=list)
    llamadas: list[dict[str, Any]] = field(default_factory=list)

    @property
    def asuntos(self) -> list[str]:
        return [str(correo["Subject"]).strip() for correo in self.correos]


@contextmanager
def escuchar() -> Iterator[Oidos]:
    """Both listeners, until the end of the block."""
    correos: list[EmailMessage] = []
    llamadas: list[dict[str, Any]] = []

    class Buzon(socketserver.StreamRequestHandler):
        """The few commands of RFC 5321 that a client needs to hand over a message."""

        def handle(self) -> None:
            self._decir("220 pruebas")
            while linea := self.rfile.readline():
                orden = linea.split(None, 1)[0].strip().upper() if linea.strip() else b""
                if orden == b"DATA":
                    self._decir("354 siga")
                    lineas = iter(self.rfile.readline, b".\r\n")
                    crudo = b"".join(linea.removeprefix(b".") if linea.startswith(b"..") else linea for linea in lineas)
                    mensaje = message_from_bytes(crudo, policy=policy.default)
                    assert isinstance(mensaje, EmailMessage)
                    correos.append(mensaje)
                self._decir("221 adios" if orden == b"QUIT" else "250 pruebas")
                if orden == b"QUIT":
                    return

        def _decir(self, texto: str) -> None:
            self.wfile.write(f"{texto}\r\n".encode())

    class Oreja(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            llamadas.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            return None

    class Correo(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Correo(("127.0.0.1", 0), Buzon) as smtp, ThreadingHTTPServer(("127.0.0.1", 0), Oreja) as http:
        for servidor in (smtp, http):
            threading.Thread(target=servidor.serve_forever, args=(0.05,), daemon=True).start()
        yield Oidos(smtp.server_address[1], f"http://127.0.0.1:{http.server_port}/", correos, llamadas)
        smtp.shutdown()
        http.shutdown()
