"""Files of the models: written whole or not at all, loaded only when they are the ones recorded. Knows no Django.

    {carpeta}/empresa_{NIT}_prophet.joblib        the version in service
    {carpeta}/empresa_{NIT}_xgboost.joblib
    {carpeta}/empresa_{NIT}_metadata.json
    {carpeta}/versiones/empresa_{NIT}/v{n}/       every version kept, with the sample logged to MLflow

Loading a joblib file runs what is in it, so its bytes are read once, their SHA-256 compared, and those bytes loaded.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tns.engines.errors import TNSError

PARTES = ("prophet.joblib", "xgboost.joblib", "metadata.json")


class ModeloAlterado(TNSError):
    """A model's file is missing or is not the one the training wrote."""

    codigo = "modelo_alterado"
    que_hacer_por_defecto = (
        "Vuelva a otra versión o entrene de nuevo, y averigüe quién cambió los archivos de la carpeta de modelos."
    )


def nombre_de(modelo_id: str, parte: str) -> str:
    """`empresa_900123456`, `prophet.joblib` → the file's name."""
    return f"{modelo_id}_{parte}"


def carpeta_de_version(raiz: Path, modelo_id: str, version: int) -> Path:
    return raiz / "versiones" / modelo_id / f"v{version}"


def huella(contenido: bytes) -> str:
    return hashlib.sha256(contenido).hexdigest()


def leer_verificado(archivo: Path, sha256: str) -> bytes:
    """The bytes of `archivo`; raises ModeloAlterado unless their SHA-256 is `sha256`."""
    try:
        contenido = archivo.read_bytes()
    except OSError as error:
        raise ModeloAlterado(f"No se pudo leer {archivo.name}.", tecnico=type(error).__name__) from error
    if huella(contenido) != sha256:
        raise ModeloAlterado(f"El archivo {archivo.name} no es el que se guardó al entrenar; no se cargó.")
    return contenido


def cargar_joblib(archivo: Path, sha256: str) -> Any:
    """The object in a joblib file; raises ModeloAlterado."""
    import joblib

    return joblib.load(io.BytesIO(leer_verificado(archivo, sha256)))


def cargar_json(archivo: Path, sha256: str) -> dict[str, Any]:
    """The object in a JSON file; raises ModeloAlterado."""
    datos: dict[str, Any] = json.loads(leer_verificado(archivo, sha256))
    return datos


def escribir(archivo: Path, contenido: bytes) -> dict[str, Any]:
    """Write a whole file durably under its final name; answers what the registry records of it."""
    archivo.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporal = tempfile.mkstemp(dir=archivo.parent, prefix=f".{archivo.name}.")
    try:
        with os.fdopen(descriptor, "wb") as salida:
            salida.write(contenido)
            salida.flush()
            os.fsync(salida.fileno())
        Path(temporal).chmod(0o640)
        Path(temporal).replace(archivo)
    except BaseException:
        Path(temporal).unlink(missing_ok=True)
        raise
    return {"sha256": huella(contenido), "bytes": len(contenido)}


def volcar_joblib(objeto: Any) -> bytes:
    import joblib

    memoria = io.BytesIO()
    joblib.dump(objeto, memoria, compress=3)
    return memoria.getvalue()


def volcar_json(datos: Mapping[str, Any]) -> bytes:
    return json.dumps(datos, ensure_ascii=False, indent=1, sort_keys=True, default=str).encode()


def poner_en_servicio(raiz: Path, modelo_id: str, version: int, archivos: Mapping[str, Mapping[str, Any]]) -> None:
    """Copy a version's files to their public names, each checked; raises ModeloAlterado before touching any."""
    carpeta = carpeta_de_version(raiz, modelo_id, version)
    contenidos = {nombre: leer_verificado(carpeta / nombre, datos["sha256"]) for nombre, datos in archivos.items()}
    for nombre, contenido in contenidos.items():
        escribir(raiz / nombre, contenido)


def borrar_version(raiz: Path, modelo_id: str, version: int) -> None:
    shutil.rmtree(carpeta_de_version(raiz, modelo_id, version), ignore_errors=True)
