"""The typed result of reading a document. Amounts are Decimal in its currency; absent is None, never zero."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from tns.engines.ubl import catalogs


@dataclass(frozen=True, slots=True)
class Identificacion:
    """A party's id: number without check digit, its DV and the type of document ("31" NIT, "13" cédula, ...)."""

    numero: str = ""
    dv: str = ""
    tipo: str = ""


@dataclass(frozen=True, slots=True)
class Parte:
    """Who issues, receives, sends."""

    identificacion: Identificacion = field(default_factory=Identificacion)
    razon_social: str = ""
    nombre_comercial: str = ""
    tipo_persona: str = ""
    responsabilidades: tuple[str, ...] = ()
    direccion: str = ""
    ciudad: str = ""
    codigo_ciudad: str = ""
    departamento: str = ""
    pais: str = ""
    correo: str = ""
    telefono: str = ""

    @property
    def nombre(self) -> str:
        return self.razon_social or self.nombre_comercial


@dataclass(frozen=True, slots=True)
class Subtotal:
    """One tax at one rate; `tarifa` in percent, None when the tax is an amount per unit."""

    codigo: str
    nombre: str
    base: Decimal | None
    tarifa: Decimal | None
    valor: Decimal | None
    por_unidad: Decimal | None = None


@dataclass(frozen=True, slots=True)
class TotalImpuesto:
    """One TaxTotal or WithholdingTaxTotal."""

    valor: Decimal | None
    subtotales: tuple[Subtotal, ...] = ()
    redondeo: Decimal | None = None

    @property
    def codigo(self) -> str:
        return self.subtotales[0].codigo if self.subtotales else ""


@dataclass(frozen=True, slots=True)
class CargoDescuento:
    """An AllowanceCharge; `porcentaje` in percent."""

    es_cargo: bool
    valor: Decimal | None
    base: Decimal | None = None
    porcentaje: Decimal | None = None
    razon: str = ""


@dataclass(frozen=True, slots=True)
class Linea:
    """One line; `valor` is its LineExtensionAmount (after discounts, before taxes)."""

    numero: str
    descripcion: str
    codigo: str
    cantidad: Decimal | None
    unidad: str
    precio: Decimal | None
    cantidad_base: Decimal | None
    valor: Decimal | None
    gratis: bool = False
    codigo_estandar: str = ""
    notas: tuple[str, ...] = ()
    cargos_descuentos: tuple[CargoDescuento, ...] = ()
    impuestos: tuple[TotalImpuesto, ...] = ()
    retenciones: tuple[TotalImpuesto, ...] = ()


@dataclass(frozen=True, slots=True)
class Totales:
    """LegalMonetaryTotal, or RequestedMonetaryTotal of a debit note."""

    bruto: Decimal | None = None
    base_imponible: Decimal | None = None
    con_impuestos: Decimal | None = None
    descuentos: Decimal | None = None
    cargos: Decimal | None = None
    anticipos: Decimal | None = None
    redondeo: Decimal | None = None
    a_pagar: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Referencia:
    """Another document this one names.

    `clase` is factura, nota_credito, nota_debito, correccion, orden, despacho, recibo or otro.
    """

    clase: str
    numero: str
    codigo: str = ""
    fecha: str = ""
    tipo: str = ""
    descripcion: str = ""


@dataclass(frozen=True, slots=True)
class Pago:
    """One PaymentMeans."""

    forma: str
    medio: str
    vence: str = ""
    referencia: str = ""


@dataclass(frozen=True, slots=True)
class Autorizacion:
    """The numbering range DIAN authorised."""

    resolucion: str = ""
    desde: str = ""
    hasta: str = ""
    prefijo: str = ""
    primero: str = ""
    ultimo: str = ""


@dataclass(frozen=True, slots=True)
class Software:
    """Who made the document and with what."""

    proveedor: str = ""
    proveedor_dv: str = ""
    identificador: str = ""
    codigo_seguridad: str = ""


@dataclass(frozen=True, slots=True)
class Regla:
    """A rule of DIAN that a document broke; `clase` is rechazo or notificacion."""

    codigo: str
    clase: str
    mensaje: str


@dataclass(frozen=True, slots=True)
class Evento:
    """What an ApplicationResponse says of another document."""

    codigo: str
    descripcion: str
    documento_numero: str
    documento_codigo: str
    documento_tipo: str
    motivo: str = ""
    reglas: tuple[Regla, ...] = ()

    @property
    def nombre(self) -> str:
        return catalogs.EVENTOS.get(self.codigo, self.descripcion)


@dataclass(frozen=True, slots=True)
class Documento:
    """One electronic document of DIAN; `raiz` is its XML root: Invoice, CreditNote, DebitNote, AttachedDocument, ..."""

    raiz: str
    tipo: str
    numero: str
    codigo: str
    algoritmo_codigo: str
    ambiente: str
    fecha: str
    hora: str
    emisor: Parte
    receptor: Parte
    prefijo: str = ""
    vence: str = ""
    operacion: str = ""
    perfil: str = ""
    moneda: str = "COP"
    tasa_cambio: Decimal | None = None
    notas: tuple[str, ...] = ()
    lineas: tuple[Linea, ...] = ()
    impuestos: tuple[TotalImpuesto, ...] = ()
    retenciones: tuple[TotalImpuesto, ...] = ()
    cargos_descuentos: tuple[CargoDescuento, ...] = ()
    totales: Totales = field(default_factory=Totales)
    referencias: tuple[Referencia, ...] = ()
    pagos: tuple[Pago, ...] = ()
    autorizacion: Autorizacion = field(default_factory=Autorizacion)
    software: Software = field(default_factory=Software)
    qr: str = ""
    evento: Evento | None = None
    problemas: tuple[str, ...] = ()

    @property
    def tipo_nombre(self) -> str:
        """The document's type as people call it."""
        if self.evento is not None:
            return self.evento.nombre or catalogs.TIPOS_DOCUMENTO["96"]
        if self.raiz == "AttachedDocument":
            return "Contenedor electrónico (AttachedDocument)"
        return catalogs.TIPOS_DOCUMENTO.get(self.tipo, f"Documento de tipo {self.tipo or 'desconocido'}")

    @property
    def fecha_emision(self) -> date | None:
        try:
            return date.fromisoformat(self.fecha[:10])
        except ValueError:
            return None
