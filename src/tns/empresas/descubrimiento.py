"""Discovery: the companies of an ADMIN.gdb become EmpresaServidor rows.

The rows of the source are judged in order of CODIGO, so that of two with the same NIT and year the first is kept. All
changes of one discovery are one transaction: a cut leaves what there was.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction

from tns.common.nit import Nit, NitInvalido, interpretar
from tns.empresas.models import EmpresaServidor
from tns.engines import sources
from tns.engines.progress import Progress
from tns.engines.sources.info import BadCompanyRow, CompanyRow
from tns.servidores.models import Servidor

CREADA, ACTUALIZADA, SIN_CAMBIOS, OMITIDA, ILEGIBLE = "creada", "actualizada", "sin_cambios", "omitida", "ilegible"
Clave = tuple[str, int]
Fila = CompanyRow | BadCompanyRow


@dataclass(slots=True)
class FilaDescubierta:
    """One row of EMPRESAS and what became of it."""

    codigo: str
    nombre: str
    nit: str
    anio_fiscal: int | None
    accion: str
    motivo: str = ""
    empresa_servidor_id: int | None = None


@dataclass(slots=True)
class ResultadoDescubrimiento:
    """What one discovery did; `conteos` has every action, also those at zero."""

    servidor_id: int
    empresas: list[FilaDescubierta] = field(default_factory=list)
    conteos: dict[str, int] = field(default_factory=dict)
    avisos: list[str] = field(default_factory=list)


def descubrir_empresas(*, servidor: Servidor, progreso: Progress) -> ResultadoDescubrimiento:
    """Read ADMIN.gdb and create or update its companies; raises sources.SourceError when it cannot be read."""
    progreso.stage("Conectando con ADMIN.gdb")
    filas = sorted(sources.read_companies(servidor.conexion(), progress=progreso), key=lambda fila: fila.codigo)
    progreso.stage("Registrando empresas", len(filas))
    with transaction.atomic():
        resultado = _registrar(servidor, filas, progreso)
    conteos = Counter(fila.accion for fila in resultado.empresas)
    acciones = (CREADA, ACTUALIZADA, SIN_CAMBIOS, OMITIDA, ILEGIBLE)
    resultado.conteos = {accion: conteos[accion] for accion in acciones} | {"total": len(resultado.empresas)}
    return resultado


def _registrar(servidor: Servidor, filas: Iterable[Fila], progreso: Progress) -> ResultadoDescubrimiento:
    resultado = ResultadoDescubrimiento(servidor_id=servidor.id)
    existentes: dict[Clave, EmpresaServidor] = {
        (empresa.nit_base, empresa.anio_fiscal): empresa
        for empresa in EmpresaServidor.objects.select_related("servidor").order_by("id")
    }
    vistas: dict[Clave, str] = {}
    for fila in filas:
        if isinstance(fila, BadCompanyRow):
            descubierta = FilaDescubierta(fila.codigo, "", "", None, ILEGIBLE, fila.motivo)
        else:
            descubierta = _juzgar(servidor, fila, existentes, vistas)
        if descubierta.accion in (CREADA, ACTUALIZADA, SIN_CAMBIOS) and descubierta.motivo:
            resultado.avisos.append(f"{descubierta.codigo}: {descubierta.motivo}")
        resultado.empresas.append(descubierta)
        progreso.advance(1, descubierta.nombre)
    return resultado


def _juzgar(
    servidor: Servidor, fila: CompanyRow, existentes: dict[Clave, EmpresaServidor], vistas: dict[Clave, str]
) -> FilaDescubierta:
    descubierta = FilaDescubierta(fila.codigo, fila.nombre, fila.nit, None, ILEGIBLE)
    try:
        nit = interpretar(fila.nit)
    except NitInvalido as error:
        descubierta.motivo = str(error)
        return descubierta
    descubierta.nit = nit.normalizado
    anio = _anio(fila.anofis)
    if anio is None:
        descubierta.motivo = f"El año fiscal «{fila.anofis}» no es un número de año."
        return descubierta
    descubierta.anio_fiscal = anio
    if not fila.archivo:
        descubierta.motivo = "La fila no dice en qué archivo está la empresa."
        return descubierta
    clave = (nit.base, anio)
    if clave in vistas:
        descubierta.accion = OMITIDA
        descubierta.motivo = f"El mismo NIT y año ya venía en este servidor con el código «{vistas[clave]}»."
        return descubierta
    existente = existentes.get(clave)
    if existente is not None and existente.servidor_id != servidor.id:
        descubierta.accion = OMITIDA
        descubierta.motivo = f"Ese NIT y año ya están en el servidor «{existente.servidor.nombre}»."
        descubierta.empresa_servidor_id = existente.id
        return descubierta
    vistas[clave] = fila.codigo
    _guardar(servidor, fila, nit, anio, existente, descubierta)
    return descubierta


def _guardar(
    servidor: Servidor,
    fila: CompanyRow,
    nit: Nit,
    anio: int,
    existente: EmpresaServidor | None,
    descubierta: FilaDescubierta,
) -> None:
    nuevos: dict[str, Any] = {
        "codigo": fila.codigo[:30],
        "nombre": fila.nombre[:200],
        "nit": nit.normalizado,
        "nit_base": nit.base,
        "nit_dv": nit.dv,
        "nit_dv_correcto": nit.dv_correcto,
        "ruta_base": fila.archivo,
    }
    if not nit.dv_correcto:
        descubierta.motivo = "El dígito de verificación no es el que corresponde a ese NIT; se guardó como venía."
    if existente is None:
        _crear(servidor, anio, nuevos, descubierta)
        return
    descubierta.empresa_servidor_id = existente.id
    cambiados = [campo for campo, valor in nuevos.items() if getattr(existente, campo) != valor]
    descubierta.accion = ACTUALIZADA if cambiados else SIN_CAMBIOS
    if cambiados:
        for campo in cambiados:
            setattr(existente, campo, nuevos[campo])
        existente.save(update_fields=[*cambiados, "actualizada"])


def _crear(servidor: Servidor, anio: int, nuevos: dict[str, Any], descubierta: FilaDescubierta) -> None:
    try:
        with transaction.atomic():
            empresa = EmpresaServidor.objects.create(servidor=servidor, anio_fiscal=anio, **nuevos)
    except IntegrityError:
        # Another server's discovery committed the same NIT and year after ours had looked.
        otra = EmpresaServidor.objects.select_related("servidor").get(nit_base=nuevos["nit_base"], anio_fiscal=anio)
        descubierta.accion = OMITIDA
        descubierta.motivo = f"Ese NIT y año ya están en el servidor «{otra.servidor.nombre}»."
        descubierta.empresa_servidor_id = otra.id
        return
    descubierta.accion, descubierta.empresa_servidor_id = CREADA, empresa.id


def _anio(texto: str) -> int | None:
    """A fiscal year between 1900 and 2200, or None."""
    limpio = texto.strip().removesuffix(".0")
    if not (limpio.isascii() and limpio.isdigit() and len(limpio) == 4):
        return None
    return anio if 1900 <= (anio := int(limpio)) <= 2200 else None
