"""Sends every document of a range of dates, one after another; what fails is told and does not stop the rest."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from tns.dian import envio
from tns.dian.configuracion import SinProveedor
from tns.dian.models import ACEPTADOS, DocumentoDian, EstadoEnvio
from tns.empresas.models import EmpresaServidor
from tns.engines.errors import TNSError
from tns.engines.progress import NullProgress, Progress
from tns.engines.ubl.outgoing.document import EXITOSA
from tns.engines.ubl.outgoing.provider import CredencialesDelProveedor, NadaEnviado
from tns.engines.ubl.outgoing.source import CODCOMPS, Candidato, Kardex

MAX_ERRORES = 200
_SEGUIDOS = 5  # failures to reach the provider, one after another, that end the batch


@dataclass(slots=True)
class ResultadoLote:
    """What became of a batch: how many ended in each state, and why those that failed did."""

    total: int = 0
    procesados: int = 0
    ya_aceptados: int = 0
    estados: dict[str, int] = field(default_factory=dict)
    errores: list[dict[str, str | int]] = field(default_factory=list)
    errores_omitidos: int = 0
    detenido: str = ""


def procesar_lote(
    *,
    empresa: EmpresaServidor,
    desde: dt.date,
    hasta: dt.date,
    codcomps: Sequence[str] = CODCOMPS,
    reintentar_rechazados: bool = False,
    progreso: Progress | None = None,
) -> ResultadoLote:
    """Send the posted, not void, electronic documents between two days, both included. Raises SourceError."""
    avance = progreso or NullProgress()
    avance.stage("Buscando los documentos del periodo")
    with envio.abrir(empresa) as tns:
        candidatos = tns.candidates(desde, hasta, tuple(codcomps))
        # Notes go after the invoices that they correct, whose CUFE they carry.
        candidatos.sort(key=lambda candidato: candidato.referencia.startswith(("DV", "DC")))
        pendientes = _pendientes(empresa, candidatos, reintentar_rechazados=reintentar_rechazados)
        resultado = ResultadoLote(total=len(candidatos), ya_aceptados=len(candidatos) - len(pendientes))
        avance.stage("Enviando documentos", len(pendientes))
        _enviar_todos(tns, empresa, pendientes, resultado, avance)
    return resultado


def _pendientes(
    empresa: EmpresaServidor, candidatos: list[Candidato], *, reintentar_rechazados: bool
) -> list[Candidato]:
    """Those with something to do: not accepted, or accepted and not yet written into TNS."""
    filas = DocumentoDian.objects.filter(empresa_servidor=empresa).values_list("kardex_id", "estado", "escrito_en")
    estado = {kardex_id: (situacion, escrito) for kardex_id, situacion, escrito in filas}

    def falta(candidato: Candidato) -> bool:
        situacion, escrito = estado.get(candidato.kardex_id, ("", None))
        if situacion in ACEPTADOS:
            return escrito is None
        if situacion == EstadoEnvio.RECHAZADO:
            return reintentar_rechazados or escrito is None
        return candidato.estado_dian.upper() != EXITOSA

    return [candidato for candidato in candidatos if falta(candidato)]


def _enviar_todos(
    tns: Kardex, empresa: EmpresaServidor, pendientes: list[Candidato], resultado: ResultadoLote, avance: Progress
) -> None:
    cuenta: Counter[str] = Counter()
    seguidos = 0
    for candidato in pendientes:
        try:
            hecho = envio.procesar_con(tns, empresa=empresa, kardex_id=candidato.kardex_id, progreso=NullProgress())
            cuenta[hecho.estado] += 1
            seguidos = 0
        except TNSError as error:
            cuenta["error"] += 1
            _anotar(resultado, candidato, error)
            seguidos = seguidos + 1 if isinstance(error, NadaEnviado) else 0
            if seguidos >= _SEGUIDOS or isinstance(error, SinProveedor | CredencialesDelProveedor):
                resultado.detenido = error.detalle
        resultado.procesados += 1
        resultado.estados = dict(cuenta)
        avance.advance(1, candidato.referencia)
        if resultado.detenido:
            return


def _anotar(resultado: ResultadoLote, candidato: Candidato, error: TNSError) -> None:
    if len(resultado.errores) >= MAX_ERRORES:
        resultado.errores_omitidos += 1
        return
    resultado.errores.append(
        {
            "kardex_id": candidato.kardex_id,
            "referencia": candidato.referencia,
            "codigo": error.codigo_estable,
            "detalle": error.detalle[:500],
        }
    )
