"""What the system remembers of electronic documents: how each company sends, what it sent, what it received."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from tns.common.cifrado import SecretoField
from tns.empresas.models import EmpresaServidor


class Ambiente(models.TextChoices):
    PRODUCCION = "1", "Producción"
    PRUEBAS = "2", "Pruebas"


class ConfiguracionDian(models.Model):
    """How the companies of one NIT send. What it leaves empty is read from VARIOS of the company's own database."""

    nit_base = models.CharField("NIT", max_length=20, unique=True, help_text="Sin dígito de verificación.")
    url_proveedor = models.CharField(
        "dirección del proveedor",
        max_length=300,
        blank=True,
        help_text="Vacía usa ENDPOINTDIANVM de la base de la empresa.",
    )
    token = SecretoField(blank=True, default="", help_text="Vacío usa TOKENDIANVM de la base de la empresa.")
    clave_tecnica = SecretoField("clave técnica", blank=True, default="", help_text="Del rango de numeración.")
    pin = SecretoField("PIN del software", blank=True, default="")
    ambiente = models.CharField(max_length=1, choices=Ambiente.choices, default=Ambiente.PRODUCCION)
    unidades = models.JSONField(
        default=dict, blank=True, help_text="Código de unidad de la DIAN → id de la unidad en el proveedor."
    )
    activa = models.BooleanField(default=True, help_text="Inactiva no envía nada.")
    creada = models.DateTimeField(auto_now_add=True)
    actualizada = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "dian_configuraciones"
        ordering = ["nit_base"]
        verbose_name = "configuración DIAN"
        verbose_name_plural = "configuraciones DIAN"

    def __str__(self) -> str:
        return f"DIAN {self.nit_base}"


class EstadoEnvio(models.TextChoices):
    BORRADOR = "borrador", "Borrador"
    ENVIADO = "enviado", "Enviado"
    ACEPTADO = "aceptado", "Aceptado"
    ACEPTADO_CON_NOTIFICACIONES = "aceptado_con_notificaciones", "Aceptado con notificaciones"
    RECHAZADO = "rechazado", "Rechazado"
    DESCONOCIDO = "desconocido", "Desconocido"


ACEPTADOS = (EstadoEnvio.ACEPTADO, EstadoEnvio.ACEPTADO_CON_NOTIFICACIONES)
EN_DUDA = (EstadoEnvio.ENVIADO, EstadoEnvio.DESCONOCIDO)
OCUPAN_NUMERO = (*EN_DUDA, *ACEPTADOS)


class DocumentoDian(models.Model):
    """One document of KARDEX on its way to DIAN: one row for ever, whatever happens to it.

    `estado` becomes ENVIADO, committed, before the request leaves; so whoever finds it so after a crash asks first.
    """

    empresa_servidor = models.ForeignKey(EmpresaServidor, on_delete=models.PROTECT, related_name="documentos_dian")
    kardex_id = models.BigIntegerField()
    nit_base = models.CharField("NIT", max_length=20)
    codcomp = models.CharField(max_length=4)
    recurso = models.CharField(max_length=30)
    prefijo = models.CharField(max_length=20, blank=True)
    numero = models.CharField(max_length=20)
    fecha = models.DateField(null=True, blank=True)
    tercero_nit = models.CharField(max_length=30, blank=True)
    tercero_nombre = models.CharField(max_length=200, blank=True)
    total = models.DecimalField(max_digits=18, decimal_places=2, null=True, blank=True)

    estado = models.CharField(max_length=30, choices=EstadoEnvio.choices, default=EstadoEnvio.BORRADOR)
    clave_idempotencia = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    cuerpo = models.JSONField(null=True, blank=True, encoder=DjangoJSONEncoder, help_text="Lo que se envió.")
    codigo_esperado = models.CharField(max_length=96, blank=True)
    cufe = models.CharField("CUFE, CUDE o CUDS", max_length=96, blank=True)
    qr = models.TextField("QR", blank=True)
    mensaje = models.CharField(max_length=500, blank=True)
    reglas = models.JSONField(default=list, blank=True, help_text="Reglas de la DIAN: código, clase y mensaje.")
    errores = models.JSONField(default=list, blank=True, help_text="Campos que el proveedor no admitió.")
    intentos = models.PositiveIntegerField(default=0)
    enviado_en = models.DateTimeField(null=True, blank=True)
    respondido_en = models.DateTimeField(null=True, blank=True)
    escrito_en = models.DateTimeField("escrito en TNS", null=True, blank=True)
    creado = models.DateTimeField(auto_now_add=True)
    actualizado = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "dian_documentos"
        ordering = ["-creado", "-id"]
        verbose_name = "documento enviado"
        verbose_name_plural = "documentos enviados"
        constraints = [
            models.UniqueConstraint(fields=["empresa_servidor", "kardex_id"], name="dian_documento_unico"),
            models.UniqueConstraint(
                fields=["nit_base", "recurso", "prefijo", "numero"],
                condition=Q(estado__in=["enviado", "desconocido", "aceptado", "aceptado_con_notificaciones"]),
                name="dian_numero_unico",
            ),
        ]
        indexes = [
            models.Index(fields=["nit_base", "-creado"], name="dian_documento_nit"),
            models.Index(
                fields=["estado"],
                name="dian_documento_pendiente",
                condition=Q(estado__in=["enviado", "desconocido"]) | Q(escrito_en__isnull=True),
            ),
            models.Index(fields=["cufe"], name="dian_documento_cufe", condition=~Q(cufe="")),
        ]

    def __str__(self) -> str:
        return f"{self.codcomp} {self.prefijo}{self.numero}"

    @property
    def aceptado(self) -> bool:
        return self.estado in ACEPTADOS


class EventoDian(models.Model):
    """One line of a document's history; nothing here is ever changed."""

    documento = models.ForeignKey(DocumentoDian, on_delete=models.CASCADE, related_name="eventos")
    momento = models.DateTimeField(auto_now_add=True)
    accion = models.CharField(max_length=30)
    estado = models.CharField(max_length=30, choices=EstadoEnvio.choices)
    detalle = models.CharField(max_length=500, blank=True)
    datos = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)

    class Meta:
        db_table = "dian_eventos"
        ordering = ["id"]
        verbose_name = "evento"
        verbose_name_plural = "historial"

    def __str__(self) -> str:
        return f"{self.accion}: {self.detalle}"


class ArchivoRecibido(models.Model):
    """A file as it arrived, byte by byte; the same bytes are kept once."""

    sha256 = models.CharField("SHA-256", max_length=64, unique=True)
    nombre = models.CharField(max_length=200)
    tamano = models.PositiveIntegerField("tamaño")
    contenido = models.BinaryField(editable=False)
    recibido_en = models.DateTimeField(auto_now_add=True)
    recibido_por = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        db_table = "dian_archivos"
        ordering = ["-recibido_en", "-id"]
        verbose_name = "archivo recibido"
        verbose_name_plural = "archivos recibidos"

    def __str__(self) -> str:
        return self.nombre


class Sentido(models.TextChoices):
    RECIBIDO = "recibido", "Recibido"
    EMITIDO = "emitido", "Emitido"


class DocumentoRecibido(models.Model):
    """An electronic document that came from outside, read and verified.

    `codigo` is its CUFE, CUDE or CUDS. Another document that claims the same code with other content is kept too,
    marked `en_conflicto`: one of the two is false.
    """

    archivo = models.ForeignKey(ArchivoRecibido, on_delete=models.PROTECT, related_name="documentos")
    ruta = models.CharField(max_length=400, blank=True, help_text="Dónde venía dentro del archivo.")
    huella = models.CharField(max_length=64, unique=True, help_text="SHA-256 de su forma canónica.")
    empresa_servidor = models.ForeignKey(
        EmpresaServidor, null=True, blank=True, on_delete=models.SET_NULL, related_name="documentos_recibidos"
    )
    nit_base = models.CharField("NIT de la empresa", max_length=20)
    sentido = models.CharField(max_length=10, choices=Sentido.choices)

    raiz = models.CharField(max_length=30)
    tipo = models.CharField(max_length=4, blank=True)
    tipo_nombre = models.CharField("tipo de documento", max_length=120)
    numero = models.CharField("número", max_length=60)
    codigo = models.CharField("CUFE, CUDE o CUDS", max_length=96, blank=True)
    fecha = models.DateField(null=True, blank=True)
    emisor_nit = models.CharField(max_length=60)
    emisor_nombre = models.CharField(max_length=300, blank=True)
    receptor_nit = models.CharField(max_length=60, blank=True)
    receptor_nombre = models.CharField(max_length=300, blank=True)
    moneda = models.CharField(max_length=5, blank=True)
    total = models.DecimalField(max_digits=22, decimal_places=2, null=True, blank=True)
    impuestos = models.DecimalField(max_digits=22, decimal_places=2, null=True, blank=True)

    estado_codigo = models.CharField("código", max_length=20)
    estado_firma = models.CharField("firma", max_length=20)
    estado_totales = models.CharField("totales", max_length=20, blank=True)
    en_conflicto = models.BooleanField(default=False, help_text="Otro documento trae su código y otro contenido.")
    veredicto_dian = models.CharField("respuesta de la DIAN", max_length=4, blank=True)
    contenido = models.JSONField(encoder=DjangoJSONEncoder, help_text="El documento leído.")
    verificacion = models.JSONField(encoder=DjangoJSONEncoder, help_text="Cada comprobación y su motivo.")
    xml = models.BinaryField("XML", editable=False)
    recibido_en = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "dian_recibidos"
        ordering = ["-fecha", "-id"]
        verbose_name = "documento recibido"
        verbose_name_plural = "documentos recibidos"
        constraints = [
            models.UniqueConstraint(
                fields=["codigo"], condition=Q(en_conflicto=False) & ~Q(codigo=""), name="dian_recibido_codigo_unico"
            )
        ]
        indexes = [
            models.Index(fields=["nit_base", "-fecha", "-id"], name="dian_recibido_nit"),
            models.Index(fields=["emisor_nit"], name="dian_recibido_emisor"),
            models.Index(fields=["codigo"], name="dian_recibido_codigo"),
        ]

    def __str__(self) -> str:
        return f"{self.tipo_nombre} {self.numero}"
