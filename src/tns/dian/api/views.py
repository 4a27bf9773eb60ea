"""Sending documents of the accounting, receiving those of suppliers, and looking at both."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView
from rest_framework.viewsets import ModelViewSet, ReadOnlyModelViewSet

from tns.common.problemas import DatosInvalidos, Problema
from tns.cuentas.alcance import alcance_de
from tns.cuentas.api.auditado import AuditadoMixin
from tns.cuentas.permisos import PuedeVerOAdministrar, PuedeVerUOperar
from tns.dian import exportacion, hojas, presentacion, recepcion, selectors, services
from tns.dian.api import serializers
from tns.dian.api.filtros import FiltroDeEnviados, FiltroDeRecibidos
from tns.dian.models import ConfiguracionDian, DocumentoDian, DocumentoRecibido
from tns.empresas.models import EmpresaServidor
from tns.engines.ubl.outgoing.source import CODCOMPS
from tns.tareas.api.respuestas import aceptada
from tns.tareas.api.serializers import TareaAceptadaSerializer

MAX_ARCHIVOS = 50
MAX_BYTES = 30 * 1024 * 1024
_ETIQUETA = "dian"
_ARCHIVO = {(200, "application/octet-stream"): OpenApiTypes.BINARY}
_FILAS = {"type": "array", "items": {"type": "object", "additionalProperties": {}}}
# A document's sheet is made of a stranger's texts: no script, nothing from outside, no frame.
_POLITICA = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; sandbox"


class DemasiadoGrande(Problema):
    estado_http = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    codigo = "cuerpo_demasiado_grande"
    titulo = "Demasiado para una sola solicitud"
    que_hacer_por_defecto = "Envíe menos archivos por solicitud."


def _empresa(request: Request, datos: dict[str, Any]) -> EmpresaServidor:
    return selectors.empresa_pedida(
        alcance_de(request),
        empresa_servidor_id=datos.get("empresa_servidor_id"),
        nit=datos.get("nit", ""),
        anio_fiscal=datos.get("anio_fiscal"),
    )


class ProcesarFacturaView(APIView):
    """Envía a la DIAN un documento del KARDEX de la empresa, una sola vez; 409 si ya se está enviando."""

    permission_classes = [PuedeVerUOperar]

    @extend_schema(
        tags=[_ETIQUETA], request=serializers.ProcesarFacturaSerializer, responses={202: TareaAceptadaSerializer}
    )
    def post(self, request: Request) -> Response:
        datos = serializers.ProcesarFacturaSerializer(data=request.data)
        datos.is_valid(raise_exception=True)
        empresa = _empresa(request, datos.validated_data)
        kardex_id = datos.validated_data["kardex_id"]
        return aceptada(services.encolar_factura(empresa=empresa, kardex_id=kardex_id, usuario=request.user))


class ProcesarLoteView(APIView):
    """Envía los documentos asentados de un periodo; 409 si la empresa ya tiene un lote en curso."""

    permission_classes = [PuedeVerUOperar]

    @extend_schema(
        tags=[_ETIQUETA], request=serializers.ProcesarLoteSerializer, responses={202: TareaAceptadaSerializer}
    )
    def post(self, request: Request) -> Response:
        datos = serializers.ProcesarLoteSerializer(data=request.data)
        datos.is_valid(raise_exception=True)
        pedido = datos.validated_data
        tarea = services.encolar_lote(
            empresa=_empresa(request, pedido),
            desde=pedido["fecha_inicio"],
            hasta=pedido["fecha_fin"],
            codcomps=list(pedido.get("codcomps") or CODCOMPS),
            reintentar_rechazados=pedido["reintentar_rechazados"],
            usuario=request.user,
        )
        return aceptada(tarea)


def _pdf(hoja: presentacion.Presentacion) -> HttpResponse:
    nombre = "".join(c for c in hoja.numero if c.isalnum()) or "documento"
    respuesta = HttpResponse(hojas.como_pdf(hoja), content_type="application/pdf")
    respuesta["Content-Disposition"] = f'inline; filename="{nombre}.pdf"'
    respuesta["X-Content-Type-Options"] = "nosniff"
    return respuesta


def _html(hoja: presentacion.Presentacion) -> HttpResponse:
    respuesta = HttpResponse(hojas.como_html(hoja), content_type="text/html; charset=utf-8")
    respuesta["Content-Security-Policy"] = _POLITICA
    respuesta["X-Content-Type-Options"] = "nosniff"
    return respuesta


def _descarga(contenido: bytes, nombre: str, tipo: str) -> HttpResponse:
    """A stranger's bytes: always an attachment, never shown by the browser."""
    respuesta = HttpResponse(contenido, content_type=tipo)
    limpio = "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "_" for c in nombre)[-120:] or "archivo"
    respuesta["Content-Disposition"] = f'attachment; filename="{limpio}"'
    respuesta["X-Content-Type-Options"] = "nosniff"
    return respuesta


@extend_schema(tags=[_ETIQUETA])
class DocumentoDianViewSet(ReadOnlyModelViewSet):
    """Documentos enviados, con su estado y su historial."""

    queryset = DocumentoDian.objects.none()
    permission_classes = [PuedeVerUOperar]
    serializer_class = serializers.DocumentoDianSerializer
    filterset_class = FiltroDeEnviados
    search_fields = ["numero", "cufe", "tercero_nit", "tercero_nombre"]
    ordering_fields = ["fecha", "numero", "estado", "total", "creado", "actualizado"]

    def get_queryset(self) -> QuerySet[DocumentoDian]:
        consulta = selectors.documentos_visibles(alcance_de(self.request))
        return selectors.con_historial(consulta) if self.action == "retrieve" else consulta

    def get_serializer_class(self) -> type[BaseSerializer]:
        return serializers.HistorialSerializer if self.action == "retrieve" else serializers.DocumentoDianSerializer

    @extend_schema(responses={(200, "text/html"): OpenApiTypes.STR})
    @action(detail=True, url_path="html")
    def ver_html(self, request: Request, pk: str) -> HttpResponse:
        return _html(presentacion.de_enviado(self.get_object()))

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    @action(detail=True, url_path="pdf")
    def ver_pdf(self, request: Request, pk: str) -> HttpResponse:
        return _pdf(presentacion.de_enviado(self.get_object()))


class RecibirView(APIView):
    """Recibe XML, ZIP o mensajes .eml (varios a la vez): los lee, los verifica y los guarda una sola vez."""

    permission_classes = [PuedeVerUOperar]
    parser_classes = [MultiPartParser]

    @extend_schema(
        tags=[_ETIQUETA],
        request={"multipart/form-data": serializers.SubidaSerializer},
        responses={200: serializers.RecepcionSerializer},
    )
    def post(self, request: Request) -> Response:
        archivos = _archivos_de(request)
        pares = ((str(archivo.name), archivo.read()) for archivo in archivos)
        recibidos = recepcion.recibir(archivos=pares, alcance=alcance_de(request), usuario=request.user)
        cuenta = {
            nombre: sum(r.resultado == resultado for r in recibidos)
            for nombre, resultado in (
                ("nuevos", "nuevo"),
                ("repetidos", "repetido"),
                ("en_conflicto", "en_conflicto"),
                ("rechazados", "rechazado"),
            )
        }
        return Response(serializers.RecepcionSerializer({**cuenta, "resultados": recibidos}).data)


def _archivos_de(request: Request) -> list[UploadedFile]:
    archivos = [archivo for lista in request.FILES.lists() for archivo in lista[1]]
    if not archivos:
        raise DatosInvalidos({"archivos": ["Adjunte al menos un archivo XML, ZIP o .eml."]})
    if len(archivos) > MAX_ARCHIVOS or sum(archivo.size or 0 for archivo in archivos) > MAX_BYTES:
        mega = MAX_BYTES // (1024 * 1024)
        raise DemasiadoGrande(f"Se reciben hasta {MAX_ARCHIVOS} archivos y {mega} MB por solicitud.")
    return archivos


@extend_schema(tags=[_ETIQUETA])
class DocumentoRecibidoViewSet(ReadOnlyModelViewSet):
    """Documentos recibidos, leídos y verificados."""

    queryset = DocumentoRecibido.objects.none()
    permission_classes = [PuedeVerUOperar]
    serializer_class = serializers.DocumentoRecibidoSerializer
    filterset_class = FiltroDeRecibidos
    search_fields = ["numero", "codigo", "emisor_nit", "emisor_nombre", "receptor_nit", "receptor_nombre"]
    ordering_fields = ["fecha", "numero", "emisor_nombre", "total", "recibido_en"]

    def get_queryset(self) -> QuerySet[DocumentoRecibido]:
        consulta = selectors.recibidos_visibles(alcance_de(self.request))
        return consulta if self.action in ("list", "exportar") else consulta.defer(None)

    def get_serializer_class(self) -> type[BaseSerializer]:
        detalle = self.action == "retrieve"
        return serializers.RecibidoDetalleSerializer if detalle else serializers.DocumentoRecibidoSerializer

    @extend_schema(responses={(200, "text/html"): OpenApiTypes.STR})
    @action(detail=True, url_path="html")
    def ver_html(self, request: Request, pk: str) -> HttpResponse:
        return _html(presentacion.de_recibido(self.get_object()))

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    @action(detail=True, url_path="pdf")
    def ver_pdf(self, request: Request, pk: str) -> HttpResponse:
        return _pdf(presentacion.de_recibido(self.get_object()))

    @extend_schema(responses=_ARCHIVO, description="El XML del documento, tal como se leyó.")
    @action(detail=True, url_path="xml")
    def ver_xml(self, request: Request, pk: str) -> HttpResponse:
        fila = self.get_object()
        return _descarga(bytes(fila.xml), f"{fila.numero}.xml", "application/xml")

    @extend_schema(responses=_ARCHIVO, description="El archivo como llegó, byte por byte.")
    @action(detail=True, url_path="original")
    def ver_original(self, request: Request, pk: str) -> HttpResponse:
        archivo = self.get_object().archivo
        return _descarga(bytes(archivo.contenido), archivo.nombre, "application/octet-stream")

    @extend_schema(
        parameters=[OpenApiParameter("formato", str, enum=list(exportacion.FORMATOS), default="csv")],
        responses={
            (200, tipo.partition(";")[0]): _FILAS if nombre.endswith(".json") else OpenApiTypes.BINARY
            for _, tipo, nombre in exportacion.FORMATOS.values()
        },
        description="CSV, Excel o JSON con los mismos filtros de la lista.",
    )
    @action(detail=False, url_path="exportar", pagination_class=None)
    def exportar(self, request: Request) -> StreamingHttpResponse:
        formato = request.query_params.get("formato", "csv")
        if formato not in exportacion.FORMATOS:
            raise DatosInvalidos({"formato": ["Use csv, excel o json."]})
        escribir, tipo, nombre = exportacion.FORMATOS[formato]
        respuesta = StreamingHttpResponse(escribir(self.filter_queryset(self.get_queryset())), content_type=tipo)
        respuesta["Content-Disposition"] = f'attachment; filename="{nombre}"'
        return respuesta


@extend_schema(tags=[_ETIQUETA])
class ConfiguracionDianViewSet(AuditadoMixin, ModelViewSet):
    """Cómo envía cada NIT: proveedor, claves y ambiente."""

    queryset = ConfiguracionDian.objects.none()
    permission_classes = [PuedeVerOAdministrar]
    serializer_class = serializers.ConfiguracionDianSerializer
    filterset_fields = ["nit_base", "activa", "ambiente"]
    search_fields = ["nit_base", "url_proveedor"]
    ordering_fields = ["nit_base", "actualizada"]

    def get_queryset(self) -> QuerySet[ConfiguracionDian]:
        return selectors.configuraciones_visibles(alcance_de(self.request))

    def perform_create(self, serializer: BaseSerializer) -> None:
        self._comprobar(serializer)
        super().perform_create(serializer)

    def perform_update(self, serializer: BaseSerializer) -> None:
        self._comprobar(serializer)
        super().perform_update(serializer)

    def _comprobar(self, serializador: BaseSerializer) -> None:
        nit_base = serializador.validated_data.get("nit_base", "")
        if nit_base and not alcance_de(self.request).permite(nit_base):
            raise DatosInvalidos({"nit_base": ["Usted no administra ese NIT."]})
