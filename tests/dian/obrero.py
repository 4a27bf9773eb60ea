"""A process that forks a child for every document it is told to send, so that a test can kill it wherever it likes.

Speaks lines on its standard streams: `preparar EMPRESA KARDEX` → `pid N F`; `ya N F` lets that child begin and answers
`fin N SEÑAL CÓDIGO` when it ends. Nothing is loaded in the parent that a fork could break: no thread, no connection, no
client library.
"""

from __future__ import annotations

import importlib
import os
import sys


def _hijo(leer: int, empresa_id: int, kardex_id: int) -> None:
    from django.db import connections

    connections.close_all()
    os.read(leer, 1)
    from tns.dian import envio
    from tns.empresas.models import EmpresaServidor
    from tns.engines.errors import TNSError

    empresa = EmpresaServidor.objects.select_related("servidor").get(id=empresa_id)
    try:
        envio.procesar(empresa=empresa, kardex_id=kardex_id)
    except TNSError as error:
        sys.stderr.write(f"{error.codigo_estable}\n")
        os._exit(3)
    os._exit(0)


def _decir(texto: str) -> None:
    sys.stdout.write(texto + "\n")
    sys.stdout.flush()


def main() -> None:
    import django

    django.setup()
    for modulo in ("firebird.driver", "httpx", "tns.dian.envio", "tns.engines.sources.firebird_rows"):
        importlib.import_module(modulo)  # loaded once, inherited by every child
    from tns.engines.ubl.outgoing import provider

    provider._tls()

    _decir("listo")
    for linea in sys.stdin:
        orden, *valores = linea.split()
        if orden == "preparar":
            leer, escribir = os.pipe()
            pid = os.fork()
            if pid == 0:
                os.close(escribir)
                try:
                    _hijo(leer, int(valores[0]), int(valores[1]))
                finally:
                    os._exit(9)
            os.close(leer)
            _decir(f"pid {pid} {escribir}")
        elif orden == "ya":
            os.write(int(valores[1]), b"!")
            os.close(int(valores[1]))
            _, estado = os.waitpid(int(valores[0]), 0)
            senal = os.WTERMSIG(estado) if os.WIFSIGNALED(estado) else 0
            _decir(f"fin {valores[0]} {senal} {os.WEXITSTATUS(estado) if not senal else -1}")


if __name__ == "__main__":
    main()
