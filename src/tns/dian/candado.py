"""One process at a time works on a document; when it dies, however brutally, PostgreSQL lets the next one in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from tns.common.problemas import Conflicto
from tns.tareas.contexto import conexion_propia


class DocumentoOcupado(Conflicto):
    codigo = "documento_en_proceso"
    titulo = "El documento ya se está procesando"
    que_hacer_por_defecto = "Espere a que termine; su estado está en el historial del documento."


def llave(empresa_id: int, kardex_id: int) -> int:
    """The advisory lock of one document: 64 bits, as PostgreSQL's signed bigint."""
    texto = f"dian:{empresa_id}:{kardex_id}".encode()
    return int.from_bytes(hashlib.blake2b(texto, digest_size=8).digest(), "big", signed=True)


@contextmanager
def documento_tomado(empresa_id: int, kardex_id: int) -> Iterator[None]:
    """Hold the document while the block runs; raises DocumentoOcupado when somebody else holds it."""
    with conexion_propia() as conexion:
        fila = conexion.execute("SELECT pg_try_advisory_lock(%s)", [llave(empresa_id, kardex_id)]).fetchone()
        if not (fila and fila[0]):
            raise DocumentoOcupado("Otro proceso está enviando este mismo documento.")
        yield
