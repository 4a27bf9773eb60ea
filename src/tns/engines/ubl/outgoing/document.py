"""A document of KARDEX as it is needed to invoice it. Amounts are Decimal pesos, rounded to cents on load."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

EXITOSA, NO_EXITOSA = "EXITOSA", "NO EXITOSA"


@dataclass(frozen=True, slots=True)
class Tercero:
    """The third party as TNS has it; `ciudad` is DANE's municipality code."""

    nit: str = ""
    dv: str = ""
    nombre: str = ""
    telefono: str = ""
    direccion: str = ""
    correo: str = ""
    tipo_documento: str = ""
    naturaleza: str = ""
    ciudad: str = ""


@dataclass(frozen=True, slots=True)
class Renglon:
    """A line; `base` is its value before taxes and after discounts, `precio` per unit of `cantidad`."""

    codigo: str
    descripcion: str
    cantidad: Decimal
    precio: Decimal
    base: Decimal
    unidad: str
    iva: Decimal = Decimal(0)
    consumo: Decimal = Decimal(0)
    descuento: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Retencion:
    """A withholding; `tipo` is I (ReteIVA), R (ReteFuente) or C (ReteICA)."""

    tipo: str
    base: Decimal
    porcentaje: Decimal
    valor: Decimal


@dataclass(frozen=True, slots=True)
class PagoTNS:
    """A payment; `medio` is DIAN's code of means of payment."""

    medio: str
    valor: Decimal


@dataclass(frozen=True, slots=True)
class FacturaReferida:
    """The invoice a note corrects."""

    numero: str
    cufe: str
    fecha: date | None


@dataclass(frozen=True, slots=True)
class DocumentoTNS:
    """One document of KARDEX with all that belongs to it; `electronico` is False when its prefix is not of DIAN."""

    kardex_id: int
    codcomp: str
    codprefijo: str
    prefijo: str
    numero: str
    fecha: date | None
    hora: str
    asentado: bool
    anulado: bool
    resolucion: str
    contingencia: bool
    forma_pago: str
    plazo_dias: int
    vence: date | None
    observaciones: str
    motivo_devolucion: str
    tercero: Tercero
    base: Decimal
    iva: Decimal
    consumo: Decimal
    total: Decimal
    cufe: str = ""
    estado_dian: str = ""
    mensaje: str = ""
    renglones: tuple[Renglon, ...] = ()
    retenciones: tuple[Retencion, ...] = ()
    pagos: tuple[PagoTNS, ...] = ()
    factura: FacturaReferida | None = None
    factura_anunciada: str = ""
    puede_escribirse: bool = True
    electronico: bool = True
    problemas: tuple[str, ...] = field(default=())

    @property
    def referencia(self) -> str:
        """How people call it: FV FE 000123."""
        return " ".join(part for part in (self.codcomp, self.codprefijo, self.numero) if part)
