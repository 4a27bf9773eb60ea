"""Pictures and videos of shops and kiosks: files named by their content, in a folder of their own (ADR 0095).

A file's address is `DIRECCION` + its SHA-256 + its extension, written in one of the columns of `COLUMNAS`. A file that
no column names is removed: at once when its column changes, and every night whatever a dead process left behind.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import connection, models, transaction

from tns.comercio.models import EmpresaEcommerceConfig, EmpresaPersonalizacion

logger = logging.getLogger(__name__)
DIRECCION: Final = "/api/medios/"
TIPOS: Final = {"webp": "image/webp", "mp4": "video/mp4", "webm": "video/webm"}
COLUMNAS: Final[tuple[tuple[type[models.Model], str], ...]] = (
    (EmpresaPersonalizacion, "logo_url"),
    (EmpresaPersonalizacion, "video_protector_url"),
    (EmpresaEcommerceConfig, "logo_url"),
)
_NOMBRE = re.compile(rf"[0-9a-f]{{64}}\.(?:{'|'.join(TIPOS)})")
_EDAD_DE_HUERFANO_S = 24 * 3600


def ruta_de(nombre: str) -> Path | None:
    """Where the file of that name is; None for a name that is not ours, or has no file."""
    if not _NOMBRE.fullmatch(nombre):
        return None
    ruta = _lugar(nombre)
    return ruta if ruta.is_file() else None


def guardar(contenido: bytes, extension: str) -> str:
    """Keep a file and answer its address. Call it in the transaction that writes the address into its column."""
    nombre = f"{hashlib.sha256(contenido).hexdigest()}.{extension}"
    _reservar(nombre)
    ruta = _lugar(nombre)
    if not ruta.is_file():
        _escribir(ruta, contenido)
    return DIRECCION + nombre


def olvidar(direcciones: Iterable[str]) -> int:
    """Remove the files at those addresses that no column names any more; answers how many."""
    quitados = 0
    for nombre in {direccion.removeprefix(DIRECCION) for direccion in direcciones if direccion.startswith(DIRECCION)}:
        if not _NOMBRE.fullmatch(nombre):
            continue
        with transaction.atomic():
            _reservar(nombre)
            if not _en_uso(nombre):
                quitados += _quitar(_lugar(nombre))
    return quitados


def purgar() -> int:
    """Remove the files of more than a day that no column names; answers how many."""
    limite = time.time() - _EDAD_DE_HUERFANO_S
    viejos = [ruta for ruta in Path(settings.TNS_MEDIOS_DIR).glob("??/*") if _edad(ruta) < limite]
    for ruta in viejos:
        if not _NOMBRE.fullmatch(ruta.name):
            _quitar(ruta)  # the half of a file whose process died
    return olvidar(DIRECCION + ruta.name for ruta in viejos)


def _lugar(nombre: str) -> Path:
    return Path(settings.TNS_MEDIOS_DIR) / nombre[:2] / nombre


def _reservar(nombre: str) -> None:
    """Until the transaction ends nobody else keeps or removes that file."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"medio:{nombre}"])


def _en_uso(nombre: str) -> bool:
    direccion = DIRECCION + nombre
    return any(modelo._default_manager.filter(**{columna: direccion}).exists() for modelo, columna in COLUMNAS)


def _escribir(ruta: Path, contenido: bytes) -> None:
    """The whole file or none of it, whatever dies meanwhile."""
    ruta.parent.mkdir(parents=True, exist_ok=True)
    descriptor, aparte = tempfile.mkstemp(dir=ruta.parent, prefix=".")
    try:
        with os.fdopen(descriptor, "wb") as archivo:
            archivo.write(contenido)
            archivo.flush()
            os.fsync(archivo.fileno())
        Path(aparte).replace(ruta)
    except BaseException:
        Path(aparte).unlink(missing_ok=True)
        raise


def _quitar(ruta: Path) -> bool:
    try:
        ruta.unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        logger.warning("No se pudo quitar %s: %s", ruta.name, error)
        return False
    return True


def _edad(ruta: Path) -> float:
    try:
        return ruta.stat().st_mtime
    except FileNotFoundError:
        return time.time()
