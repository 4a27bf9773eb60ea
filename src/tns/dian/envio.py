"""Sends a document of KARDEX once and only once.

The order is what makes it safe, and every step is committed before the next begins:

1. the document is read and the request built; 2. the row says ENVIADO; 3. the request leaves;
4. the row says the verdict; 5. the verdict is written into TNS; 6. the row says that it was.

Whoever finds a row in ENVIADO or DESCONOCIDO (a crash between 2 and 4, a time-out) asks the provider first. Only when
it says that it does not know the document, and the first request can no longer be under way, is the same body sent
again.
"""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from tns.common.problemas import Conflicto
from tns.dian.candado import documento_tomado
from tns.dian.configuracion import Ajustes, ajustes_de
from tns.dian.models import EN_DUDA, DocumentoDian, EstadoEnvio, EventoDian
from tns.empresas.models import EmpresaServidor
from tns.engines.errors import TNSError
from tns.engines.progress import NullProgress, Progress
from tns.engines.sources.errors import SourceError
from tns.engines.ubl.outgoing.answers import Respuesta, Veredicto
from tns.engines.ubl.outgoing.document import EXITOSA, NO_EXITOSA, DocumentoTNS
from tns.engines.ubl.outgoing.missing import RECURSOS, find_missing
from tns.engines.ubl.outgoing.payload import build, expected_code
from tns.engines.ubl.outgoing.provider import NadaEnviado, Provider, ResultadoIncierto
from tns.engines.ubl.outgoing.source import Kardex, open_kardex

_OTRO_CODIGO = (
    "El código que dio el proveedor no es el de este documento: revise la clave técnica o el PIN, y si el número ya lo"
    " había usado otro documento."
)
_ESTADO_DE = {
    Veredicto.ACEPTADO: EstadoEnvio.ACEPTADO,
    Veredicto.ACEPTADO_CON_NOTIFICACIONES: EstadoEnvio.ACEPTADO_CON_NOTIFICACIONES,
    Veredicto.YA_PROCESADO: EstadoEnvio.ACEPTADO,
    Veredicto.RECHAZADO: EstadoEnvio.RECHAZADO,
}


class DocumentoIncompleto(TNSError):
    """TNS lacks data; `datos.faltantes` lists each with its field and table."""

    codigo = "documento_incompleto"
    que_hacer_por_defecto = "Complete en TNS lo que falta y vuelva a enviarlo."


class EstadoDesconocido(TNSError):
    """Nobody knows yet whether the document was invoiced: it will be asked for again, not sent again."""

    codigo = "estado_desconocido"
    que_hacer_por_defecto = "No lo envíe por otro medio: se preguntará de nuevo al proveedor por sí solo."


class NumeroRepetido(Conflicto):
    codigo = "numero_ya_enviado"
    titulo = "Ese número ya se envió"
    que_hacer_por_defecto = "Revise en TNS por qué dos documentos llevan el mismo número."


@dataclass(frozen=True, slots=True)
class ResultadoEnvio:
    """What became of one document."""

    documento_id: int
    referencia: str
    estado: str
    cufe: str
    mensaje: str
    escrito: bool
    reglas: list[dict[str, Any]] = field(default_factory=list)


def abrir(empresa: EmpresaServidor) -> Kardex:
    """The company's KARDEX; raises SourceError and BaseSinKardex."""
    return open_kardex(empresa.servidor.conexion(empresa.ruta_base), timeout=settings.TNS_TIEMPO_LIMITE_CONEXION)


def procesar(*, empresa: EmpresaServidor, kardex_id: int, progreso: Progress | None = None) -> ResultadoEnvio:
    """Take one document to its end, from wherever it was left.

    Raises DocumentoIncompleto, EstadoDesconocido, NumeroRepetido, DocumentoOcupado, SinProveedor, NadaEnviado and
    SourceError.
    """
    avance = progreso or NullProgress()
    avance.stage("Leyendo el documento de TNS", 4)
    with abrir(empresa) as tns:
        return procesar_con(tns, empresa=empresa, kardex_id=kardex_id, progreso=avance)


def procesar_con(tns: Kardex, *, empresa: EmpresaServidor, kardex_id: int, progreso: Progress) -> ResultadoEnvio:
    """The same, over a KARDEX already open; raises the same."""
    with documento_tomado(empresa.id, kardex_id):
        return _Envio(empresa, kardex_id, tns, progreso).procesar()


class _Envio:
    """One run over one document, which is held while it lasts."""

    def __init__(self, empresa: EmpresaServidor, kardex_id: int, tns: Kardex, avance: Progress) -> None:
        self.empresa = empresa
        self.kardex_id = kardex_id
        self.tns = tns
        self.avance = avance

    def procesar(self) -> ResultadoEnvio:
        fila = DocumentoDian.objects.filter(empresa_servidor=self.empresa, kardex_id=self.kardex_id).first()
        if fila is None or fila.estado in (EstadoEnvio.BORRADOR, EstadoEnvio.RECHAZADO):
            if fila is not None and fila.estado == EstadoEnvio.RECHAZADO and fila.escrito_en is None:
                self._escribir(fila)  # the last verdict reaches TNS before anything new is tried
            fila = self._preparar(fila)
        if fila.estado == EstadoEnvio.BORRADOR:
            self._enviar(fila, self.ajustes)
        elif fila.estado in EN_DUDA:
            self._preguntar(fila, self.ajustes)
        if fila.escrito_en is None:
            self._escribir(fila)
        return _resultado(fila)

    @cached_property
    def ajustes(self) -> Ajustes:
        return ajustes_de(self.empresa, self.tns.settings())

    # --- 1. Read and build ----------------------------------------------------------------------------------------
    def _preparar(self, fila: DocumentoDian | None) -> DocumentoDian:
        documento = self.tns.document(self.kardex_id)
        fila = self._guardar_borrador(fila, documento)
        if documento.estado_dian == EXITOSA:
            fila.estado, fila.cufe, fila.mensaje = EstadoEnvio.ACEPTADO, documento.cufe[:96], documento.mensaje
            fila.escrito_en = timezone.now()
            _guardar(fila, "ya_enviado", "TNS ya lo tenía como aceptado por la DIAN; no se envió.")
            return fila
        ajustes = self.ajustes
        faltantes = find_missing(documento, unidades=ajustes.unidades)
        if faltantes:
            lista = [asdict(faltante) for faltante in faltantes]
            _anotar(fila, "incompleto", faltantes[0].mensaje, {"faltantes": lista})
            detalle = f"A {documento.referencia} le faltan datos en TNS: " + " ".join(f.mensaje for f in faltantes[:5])
            raise DocumentoIncompleto(detalle, datos={"faltantes": lista})
        fila.cuerpo = build(documento, unidades=ajustes.unidades, textos=ajustes.textos)
        fila.codigo_esperado = expected_code(
            fila.cuerpo, nit=self.empresa.nit_base, keys=ajustes.claves, ambiente=ajustes.ambiente
        )
        fila.clave_idempotencia = uuid.uuid4()
        fila.cufe, fila.qr, fila.mensaje, fila.reglas, fila.errores, fila.escrito_en = "", "", "", [], [], None
        fila.save()
        return fila

    def _guardar_borrador(self, fila: DocumentoDian | None, documento: DocumentoTNS) -> DocumentoDian:
        nueva = fila is None
        fila = fila or DocumentoDian(empresa_servidor=self.empresa, kardex_id=self.kardex_id)
        fila.nit_base, fila.estado = self.empresa.nit_base, EstadoEnvio.BORRADOR
        fila.codcomp = documento.codcomp[:4]
        fila.recurso = RECURSOS.get(documento.codcomp, "")
        fila.prefijo, fila.numero = documento.prefijo[:20], (documento.numero.lstrip("0") or documento.numero)[:20]
        fila.fecha, fila.total = documento.fecha, documento.total
        fila.tercero_nit, fila.tercero_nombre = documento.tercero.nit[:30], documento.tercero.nombre[:200]
        fila.save()
        if nueva:
            _anotar(fila, "creado", f"Leído de TNS: {documento.referencia}.")
        return fila

    # --- 2, 3 and 4. Send -----------------------------------------------------------------------------------------
    def _enviar(self, fila: DocumentoDian, ajustes: Ajustes) -> None:
        self.avance.advance(1, f"Enviando {fila}")
        fila.estado, fila.intentos, fila.enviado_en = EstadoEnvio.ENVIADO, fila.intentos + 1, timezone.now()
        try:
            _guardar(fila, "enviando", f"Intento {fila.intentos} a {fila.recurso}.")
        except IntegrityError:
            raise self._repetido(fila) from None
        try:
            with Provider(ajustes.proveedor) as proveedor:
                respuesta = proveedor.send(fila.recurso, fila.cuerpo, key=str(fila.clave_idempotencia))
        except NadaEnviado as error:
            fila.estado = EstadoEnvio.BORRADOR
            _guardar(fila, "no_enviado", error.detalle)
            raise
        except ResultadoIncierto as error:
            self._dudar(fila, error.detalle)
            self._preguntar(fila, ajustes, puede_reenviar=False)
            return
        if respuesta.veredicto is Veredicto.YA_PROCESADO and not respuesta.codigo:
            respuesta = self._codigo_de(fila, ajustes, respuesta)
        self._anotar_respuesta(fila, respuesta, "respuesta")

    def _repetido(self, fila: DocumentoDian) -> NumeroRepetido:
        otra = (
            DocumentoDian.objects.filter(
                nit_base=fila.nit_base, recurso=fila.recurso, prefijo=fila.prefijo, numero=fila.numero
            )
            .exclude(id=fila.id)
            .first()
        )
        datos = {"documento_id": otra.id, "kardex_id": otra.kardex_id} if otra else {}
        return NumeroRepetido(f"{fila} ya se envió desde otro documento de la empresa.", datos=datos)

    # --- Doubt ----------------------------------------------------------------------------------------------------
    def _dudar(self, fila: DocumentoDian, motivo: str) -> None:
        fila.estado, fila.mensaje = EstadoEnvio.DESCONOCIDO, motivo[:500]
        _guardar(fila, "sin_respuesta", motivo)

    def _preguntar(self, fila: DocumentoDian, ajustes: Ajustes, *, puede_reenviar: bool = True) -> None:
        self.avance.advance(1, f"Preguntando por {fila}")
        try:
            respuesta = self._consulta(fila, ajustes)
        except (NadaEnviado, ResultadoIncierto) as error:
            self._dudar(fila, f"No se pudo preguntar por el documento: {error.detalle}")
            raise EstadoDesconocido(f"No se sabe si {fila} quedó facturado.", tecnico=error.tecnico) from error
        if respuesta.veredicto is Veredicto.NO_EXISTE:
            self._no_existe(fila, ajustes, puede_reenviar=puede_reenviar)
        elif respuesta.veredicto is Veredicto.DESCONOCIDO:
            self._dudar(fila, respuesta.mensaje or "El proveedor no sabe aún qué pasó con el documento.")
            raise EstadoDesconocido(f"No se sabe si {fila} quedó facturado: {respuesta.mensaje}")
        else:
            self._anotar_respuesta(fila, respuesta, "consulta")

    def _consulta(self, fila: DocumentoDian, ajustes: Ajustes) -> Respuesta:
        with Provider(ajustes.proveedor) as proveedor:
            return proveedor.ask(
                code=fila.codigo_esperado,
                prefix=fila.prefijo,
                number=int(fila.numero),
                type_document_id=fila.cuerpo["type_document_id"],
            )

    def _no_existe(self, fila: DocumentoDian, ajustes: Ajustes, *, puede_reenviar: bool) -> None:
        """The provider does not know it: send it again, once the first request can no longer be under way."""
        espera = timedelta(seconds=settings.DIAN_ESPERA_CONSULTA_S)
        reciente = fila.enviado_en is not None and timezone.now() - fila.enviado_en < espera
        if reciente or not puede_reenviar:
            self._dudar(fila, "El proveedor aún no conoce el documento; puede estar llegándole.")
            raise EstadoDesconocido(f"{fila} puede estar aún llegando al proveedor.")
        _anotar(fila, "reenvio", "El proveedor no conoce el documento: se envía de nuevo el mismo.")
        self._enviar(fila, ajustes)

    def _codigo_de(self, fila: DocumentoDian, ajustes: Ajustes, respuesta: Respuesta) -> Respuesta:
        """«Procesado anteriormente» is a success; its code is asked for, without which it is one all the same."""
        try:
            consulta = self._consulta(fila, ajustes)
        except (NadaEnviado, ResultadoIncierto):
            return respuesta
        return consulta if consulta.veredicto in _ESTADO_DE and consulta.codigo else respuesta

    def _anotar_respuesta(self, fila: DocumentoDian, respuesta: Respuesta, accion: str) -> None:
        fila.estado = _ESTADO_DE[respuesta.veredicto]
        fila.respondido_en, fila.escrito_en = timezone.now(), None
        fila.mensaje, fila.qr = respuesta.mensaje[:500], respuesta.qr
        fila.reglas = [asdict(regla) for regla in respuesta.reglas]
        fila.errores = [{"campo": campo, "mensaje": mensaje} for campo, mensaje in respuesta.errores]
        datos: dict[str, Any] = {"veredicto": respuesta.veredicto.value, "http": respuesta.http, "reglas": fila.reglas}
        if fila.aceptado:
            fila.cufe = respuesta.codigo or fila.codigo_esperado
            if respuesta.codigo and fila.codigo_esperado and respuesta.codigo != fila.codigo_esperado:
                datos["codigo_esperado"] = fila.codigo_esperado
                fila.estado = EstadoEnvio.ACEPTADO_CON_NOTIFICACIONES
                fila.reglas = [*fila.reglas, {"codigo": "", "clase": "notificacion", "mensaje": _OTRO_CODIGO}]
        _guardar(fila, accion, respuesta.mensaje, datos)

    # --- 5 and 6. Write back --------------------------------------------------------------------------------------
    def _escribir(self, fila: DocumentoDian) -> None:
        self.avance.advance(1, "Escribiendo el resultado en TNS")
        reglas = "; ".join(f"{r['codigo']} {r['mensaje']}".strip() for r in fila.reglas)
        mensaje = f"{fila.mensaje} {reglas}".strip() or fila.get_estado_display()
        try:
            self.tns.write_verdict(
                self.kardex_id, cufe=fila.cufe, estado=EXITOSA if fila.aceptado else NO_EXITOSA, mensaje=mensaje
            )
        except SourceError as error:
            _anotar(fila, "no_escrito", f"No se pudo escribir en TNS: {error.detalle}")
            raise
        fila.escrito_en = timezone.now()
        _guardar(fila, "escrito", "Escrito en TNS.")


def _guardar(fila: DocumentoDian, accion: str, detalle: str, datos: dict[str, Any] | None = None) -> None:
    """The row and its history, together and committed."""
    with transaction.atomic():
        fila.save()
        _anotar(fila, accion, detalle, datos)


def _anotar(fila: DocumentoDian, accion: str, detalle: str, datos: dict[str, Any] | None = None) -> None:
    EventoDian.objects.create(
        documento=fila, accion=accion, estado=fila.estado, detalle=detalle[:500], datos=datos or {}
    )


def _resultado(fila: DocumentoDian) -> ResultadoEnvio:
    return ResultadoEnvio(
        documento_id=fila.id,
        referencia=str(fila),
        estado=fila.estado,
        cufe=fila.cufe,
        mensaje=fila.mensaje,
        escrito=fila.escrito_en is not None,
        reglas=fila.reglas,
    )
