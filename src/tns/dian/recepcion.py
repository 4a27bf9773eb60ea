"""Receives documents: opens, reads, verifies and keeps them, each once, with the bytes that arrived."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from tns.common.nit import NitInvalido, interpretar
from tns.cuentas.alcance import Alcance
from tns.cuentas.models import Usuario
from tns.dian.configuracion import claves_de
from tns.dian.models import ArchivoRecibido, DocumentoRecibido, Sentido
from tns.empresas.models import EmpresaServidor
from tns.engines.ubl import as_json, c14n, codes, safe_xml
from tns.engines.ubl.arithmetic import EstadoTotales
from tns.engines.ubl.code_check import check_code, check_software_code
from tns.engines.ubl.containers import Budget
from tns.engines.ubl.errors import DocumentoRechazado, refuse
from tns.engines.ubl.limits import Limits
from tns.engines.ubl.model import Documento, Parte
from tns.engines.ubl.verify import Revision, Verificacion, Verifier

LIMITES = Limits(file_bytes=10 * 1024 * 1024, documents=200)


@dataclass(frozen=True, slots=True)
class Recibido:
    """What became of one document of a file: `resultado` is nuevo, repetido, en_conflicto or rechazado."""

    archivo: str
    resultado: str
    documento: DocumentoRecibido | None = None
    ruta: str = ""
    codigo: str = ""
    detalle: str = ""


def recibir(
    *, archivos: Iterable[tuple[str, bytes]], alcance: Alcance, usuario: Usuario | None = None
) -> list[Recibido]:
    """Receive files (XML, ZIP, message). Bad input never raises: it comes back as `rechazado` with its reason."""
    resultados: list[Recibido] = []
    presupuesto = Budget(LIMITES)
    for nombre, datos in archivos:
        resultados += _recibir_archivo(nombre, datos, presupuesto, alcance, usuario)
    return resultados


def _recibir_archivo(
    nombre: str, datos: bytes, presupuesto: Budget, alcance: Alcance, usuario: Usuario | None
) -> list[Recibido]:
    etiqueta = nombre[:200] or "sin nombre"
    verificador = Verifier(roots=_raices(), limits=LIMITES)
    resultados = []
    for hallado in verificador.file(datos, presupuesto):
        ruta = " › ".join(hallado.ruta)[:400]
        if hallado.rechazo is not None or hallado.revision is None:
            motivo = hallado.rechazo or refuse("documento_rechazado", "El documento no se pudo leer.")
            resultados.append(_rechazado(etiqueta, ruta, motivo))
            continue
        try:
            resultados.append(_guardar(etiqueta, datos, hallado, ruta, alcance, usuario))
        except DocumentoRechazado as motivo:
            resultados.append(_rechazado(etiqueta, ruta, motivo))
    return resultados


def _rechazado(nombre: str, ruta: str, motivo: DocumentoRechazado) -> Recibido:
    return Recibido(nombre, "rechazado", ruta=ruta, codigo=motivo.codigo_estable, detalle=str(motivo))


def _guardar(
    nombre: str, datos: bytes, hallado: Verificacion, ruta: str, alcance: Alcance, usuario: Usuario | None
) -> Recibido:
    assert hallado.revision is not None  # noqa: S101  the caller looked
    documento = hallado.revision.documento
    empresa, nit_base, sentido = _empresa_de(documento)
    if not alcance.permite(nit_base):
        detalle = "El documento no es de una empresa que usted pueda ver."
        return Recibido(nombre, "rechazado", ruta=ruta, codigo="documento_ajeno", detalle=detalle)
    huella = _huella(hallado.xml)
    previo = DocumentoRecibido.objects.filter(huella=huella).first()
    if previo is not None:
        return Recibido(nombre, "repetido", previo, ruta)
    revision = _con_claves_propias(hallado.revision, nit_base, sentido)
    fila = DocumentoRecibido(
        ruta=ruta, huella=huella, empresa_servidor=empresa, nit_base=nit_base, sentido=sentido, xml=hallado.xml
    )
    _llenar(fila, revision, hallado)
    try:
        with transaction.atomic():
            fila.archivo = _archivo(nombre, datos, usuario)
            fila.en_conflicto = bool(fila.codigo) and DocumentoRecibido.objects.filter(codigo=fila.codigo).exists()
            fila.save()
    except IntegrityError:  # the same document arrived twice at the same instant
        previo = DocumentoRecibido.objects.filter(huella=huella).first()
        if previo is None:
            fila.pk, fila.en_conflicto = None, True
            with transaction.atomic():
                fila.archivo = _archivo(nombre, datos, usuario)
                fila.save()
        else:
            return Recibido(nombre, "repetido", previo, ruta)
    if fila.en_conflicto:
        detalle = "Ya había otro documento con el mismo código y otro contenido: uno de los dos es falso."
        return Recibido(nombre, "en_conflicto", fila, ruta, detalle=detalle)
    return Recibido(nombre, "nuevo", fila, ruta)


def _archivo(nombre: str, datos: bytes, usuario: Usuario | None) -> ArchivoRecibido:
    sha256 = hashlib.sha256(datos).hexdigest()
    archivo, _ = ArchivoRecibido.objects.get_or_create(
        sha256=sha256,
        defaults={
            "nombre": nombre,
            "tamano": len(datos),
            "contenido": datos,
            "recibido_por": usuario if isinstance(usuario, Usuario) else None,
        },
    )
    return archivo


def _llenar(fila: DocumentoRecibido, revision: Revision, hallado: Verificacion) -> None:
    documento = revision.documento
    fila.raiz, fila.tipo, fila.tipo_nombre = documento.raiz[:30], documento.tipo[:4], documento.tipo_nombre[:120]
    fila.numero, fila.codigo = documento.numero[:60], documento.codigo.strip().lower()[:96]
    fila.fecha = documento.fecha_emision
    fila.emisor_nit, fila.emisor_nombre = documento.emisor.identificacion.numero[:60], documento.emisor.nombre[:300]
    fila.receptor_nit = documento.receptor.identificacion.numero[:60]
    fila.receptor_nombre = documento.receptor.nombre[:300]
    fila.moneda = documento.moneda[:5] if documento.evento is None else ""
    fila.total = _cabe(documento.totales.a_pagar)
    fila.impuestos = _cabe(sum((i.valor for i in documento.impuestos if i.valor is not None), Decimal(0)))
    fila.estado_codigo, fila.estado_firma = revision.codigo.estado.value, revision.firma.estado.value
    fila.estado_totales = revision.totales.estado.value if revision.totales else ""
    eventos = [respuesta.documento.evento for respuesta in hallado.respuestas]
    fila.veredicto_dian = next((e.codigo for e in eventos if e is not None and e.codigo in ("02", "04")), "")
    fila.contenido = _sin_nulos(as_json.plain(documento))
    fila.verificacion = _sin_nulos(
        as_json.detail(revision)
        | {
            "contenedor": None if hallado.contenedor is None else as_json.states(hallado.contenedor),
            "respuestas": [as_json.answer(respuesta) for respuesta in hallado.respuestas],
            "avisos": list(hallado.avisos),
            "totales_ok": revision.totales is None or revision.totales.estado is EstadoTotales.OK,
        }
    )


def _cabe(valor: Decimal | None) -> Decimal | None:
    return valor.quantize(codes.CENT) if valor is not None and abs(valor) < Decimal(10) ** 18 else None


def _sin_nulos(valor: Any) -> Any:
    """PostgreSQL's JSON takes no NUL; XML has none, the labels of a ZIP could."""
    if isinstance(valor, str):
        return valor.replace("\x00", "")
    if isinstance(valor, dict):
        return {clave: _sin_nulos(item) for clave, item in valor.items()}
    return [_sin_nulos(item) for item in valor] if isinstance(valor, list) else valor


def _huella(xml: bytes) -> str:
    """SHA-256 of the canonical form: the same document again, whatever its container or its byte order mark."""
    return hashlib.sha256(c14n.canonical_document(safe_xml.parse(xml))).hexdigest()


def _con_claves_propias(revision: Revision, nit_base: str, sentido: str) -> Revision:
    """What the company itself issued can be verified with its own keys."""
    if sentido != Sentido.EMITIDO:
        return revision
    claves, ambiente = claves_de(nit_base)
    if not (claves.clave_tecnica or claves.pin):
        return revision
    documento = revision.documento
    return Revision(
        documento,
        check_code(documento, claves, documento.ambiente or ambiente),
        revision.firma,
        revision.totales,
        check_software_code(documento, claves),
    )


def _empresa_de(documento: Documento) -> tuple[EmpresaServidor | None, str, str]:
    """The company the document belongs to: whoever receives it, or else whoever issued it."""
    recibe, emite = _base(documento.receptor), _base(documento.emisor)
    for nit_base, sentido in ((recibe, Sentido.RECIBIDO), (emite, Sentido.EMITIDO)):
        empresa = _empresa(nit_base, documento) if nit_base else None
        if empresa is not None:
            return empresa, nit_base, sentido
    return None, recibe or emite, Sentido.RECIBIDO


def _empresa(nit_base: str, documento: Documento) -> EmpresaServidor | None:
    empresas = list(EmpresaServidor.objects.filter(nit_base=nit_base).order_by("-anio_fiscal"))
    fecha = documento.fecha_emision
    del_anio = next((empresa for empresa in empresas if fecha and empresa.anio_fiscal == fecha.year), None)
    return del_anio or (empresas[0] if empresas else None)


def _base(parte: Parte) -> str:
    try:
        return interpretar(parte.identificacion.numero).base
    except NitInvalido:
        return ""


@lru_cache(maxsize=1)
def _raices() -> tuple[Any, ...]:
    """The trusted roots of DIAN_RAICES, if any; whether they can be read was checked at start."""
    from tns.engines.ubl.certificates import load_roots

    return load_roots(Path(settings.DIAN_RAICES).read_bytes()) if settings.DIAN_RAICES else ()
