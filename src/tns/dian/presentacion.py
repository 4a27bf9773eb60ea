"""A document as a person reads it: the same sheet for what was received and for what was sent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from tns.dian.models import DocumentoDian, DocumentoRecibido
from tns.engines.ubl.catalogs import FORMAS_PAGO, MEDIOS_PAGO, TIPOS_IDENTIFICACION, TRIBUTOS

_CATALOGO = {
    "1": "https://catalogo-vpfe.dian.gov.co/document/searchqr?documentkey=",
    "2": "https://catalogo-vpfe-hab.dian.gov.co/document/searchqr?documentkey=",
}
_NOMBRES = {
    "verificado": "verificado",
    "no_coincide": "no coincide",
    "no_verificable": "no verificable",
    "valida": "válida",
    "cuerpo_alterado": "el documento fue alterado",
    "firma_falsa": "falsa",
    "sin_firma": "sin firma",
    "ok": "correctos",
    "difieren": "no cuadran",
    "": "no aplica",
}
_MALOS = {"no_coincide", "cuerpo_alterado", "firma_falsa", "difieren"}
MAX_RENGLONES = 2_000


@dataclass(frozen=True, slots=True)
class Interesado:
    papel: str
    nombre: str
    identificacion: str
    datos: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Comprobacion:
    """One check and its outcome; `mala` when it should alarm."""

    que: str
    estado: str
    motivo: str
    mala: bool = False


@dataclass(frozen=True, slots=True)
class Presentacion:
    """Everything the HTML and the PDF show; all texts, ready to print (and never trusted as markup)."""

    titulo: str
    numero: str
    codigo: str
    cabecera: tuple[tuple[str, str], ...]
    interesados: tuple[Interesado, ...]
    renglones: tuple[tuple[str, ...], ...]
    renglones_omitidos: int
    impuestos: tuple[tuple[str, ...], ...]
    totales: tuple[tuple[str, str], ...]
    notas: tuple[str, ...] = ()
    comprobaciones: tuple[Comprobacion, ...] = ()
    avisos: tuple[str, ...] = ()
    qr_url: str = field(default="")


def de_recibido(fila: DocumentoRecibido) -> Presentacion:
    """The sheet of a received document."""
    contenido, verificacion = fila.contenido, fila.verificacion
    evento = contenido.get("evento") or {}
    cabecera = [
        ("Fecha", f"{contenido['fecha']} {contenido['hora']}".strip()),
        ("Vence", contenido["vence"]),
        ("Moneda", fila.moneda),
        ("Resolución", contenido["autorizacion"]["resolucion"]),
        ("Pago", _pago(contenido["pagos"])),
        ("Documento referido", evento.get("documento_numero", "")),
        ("Referencias", ", ".join(r["numero"] for r in contenido["referencias"] if r["clase"] == "factura")),
    ]
    return Presentacion(
        titulo=fila.tipo_nombre,
        numero=fila.numero,
        codigo=fila.codigo,
        cabecera=tuple((nombre, valor) for nombre, valor in cabecera if valor),
        interesados=(_parte("Emisor", contenido["emisor"]), _parte("Receptor", contenido["receptor"])),
        renglones=tuple(_renglon(linea) for linea in contenido["lineas"][:MAX_RENGLONES]),
        renglones_omitidos=max(0, len(contenido["lineas"]) - MAX_RENGLONES),
        impuestos=tuple(_impuestos(contenido)),
        totales=tuple(_totales(contenido)),
        notas=tuple(nota for nota in contenido["notas"] if nota)[:20],
        comprobaciones=_comprobaciones(fila),
        avisos=tuple(_avisos(fila, verificacion)),
        qr_url=_qr(fila.codigo, contenido["ambiente"]),
    )


def de_enviado(fila: DocumentoDian) -> Presentacion:
    """The sheet of a document sent from TNS, as it was sent."""
    cuerpo = fila.cuerpo or {}
    tercero = cuerpo.get("customer") or cuerpo.get("seller") or {}
    lineas = cuerpo.get("invoice_lines") or cuerpo.get("credit_note_lines") or []
    titulos = {"FV": "Factura electrónica de venta", "DV": "Nota crédito", "FC": "Documento soporte"}
    totales = cuerpo.get("legal_monetary_totals", {})
    renglones = tuple(
        (
            str(numero), str(linea["code"]), str(linea["description"]), numero_legible(linea["invoiced_quantity"]), "",
            pesos(linea["price_amount"]), pesos(linea["line_extension_amount"]),
        )
        for numero, linea in enumerate(lineas[:MAX_RENGLONES], 1)
    )  # fmt: skip
    return Presentacion(
        titulo=titulos.get(fila.codcomp, "Nota de ajuste del documento soporte"),
        numero=f"{fila.prefijo}{fila.numero}",
        codigo=fila.cufe,
        cabecera=(
            ("Fecha", f"{cuerpo.get('date', '')} {cuerpo.get('time', '')}".strip()),
            ("Estado", fila.get_estado_display()),
            ("Resolución", str(cuerpo.get("resolution_number", ""))),
        ),
        interesados=(
            Interesado("Empresa", fila.empresa_servidor.nombre, f"NIT {fila.empresa_servidor.nit}"),
            Interesado("Tercero", str(tercero.get("name", "")), str(tercero.get("identification_number", ""))),
        ),
        renglones=renglones,
        renglones_omitidos=max(0, len(lineas) - MAX_RENGLONES),
        impuestos=tuple(
            (
                TRIBUTOS.get(f"{i['tax_id']:02d}", "Otro"),
                f"{numero_legible(i['percent'])} %",
                pesos(i["taxable_amount"]),
                pesos(i["tax_amount"]),
            )
            for i in [*cuerpo.get("tax_totals", []), *cuerpo.get("with_holding_tax_total", [])]
        ),
        totales=(
            ("Valor bruto", pesos(totales.get("line_extension_amount"))),
            ("Total con impuestos", pesos(totales.get("tax_inclusive_amount"))),
            ("Total a pagar", pesos(totales.get("payable_amount"))),
        ),
        notas=tuple(filter(None, (str(cuerpo.get(nombre, "")) for nombre in ("head_note", "notes", "foot_note")))),
        avisos=tuple(f"{regla['codigo']}: {regla['mensaje']}" for regla in fila.reglas),
        qr_url=_qr(fila.cufe, "1"),
    )


def _parte(papel: str, parte: dict[str, Any]) -> Interesado:
    quien = parte["identificacion"]
    tipo = TIPOS_IDENTIFICACION.get(quien["tipo"], "Identificación")
    numero = quien["numero"] + (f"-{quien['dv']}" if quien["dv"] and quien["tipo"] == "31" else "")
    datos = (
        parte["direccion"],
        " ".join(filter(None, (parte["ciudad"], parte["departamento"]))),
        parte["correo"],
        parte["telefono"],
    )
    nombre = parte["razon_social"] or parte["nombre_comercial"]
    return Interesado(papel, nombre, f"{tipo} {numero}", tuple(filter(None, datos)))


def _renglon(linea: dict[str, Any]) -> tuple[str, ...]:
    return (
        linea["numero"], linea["codigo"], linea["descripcion"], numero_legible(linea["cantidad"]), linea["unidad"],
        pesos(linea["precio"]), pesos(linea["valor"]),
    )  # fmt: skip


def _impuestos(contenido: dict[str, Any]) -> Iterable[tuple[str, ...]]:
    for total in [*contenido["impuestos"], *contenido["retenciones"]]:
        for tarifa in total["subtotales"]:
            porcentaje = f"{numero_legible(tarifa['tarifa'])} %" if tarifa["tarifa"] is not None else ""
            nombre = tarifa["nombre"] or TRIBUTOS.get(tarifa["codigo"], tarifa["codigo"])
            yield nombre, porcentaje, pesos(tarifa["base"]), pesos(tarifa["valor"])


def _totales(contenido: dict[str, Any]) -> Iterable[tuple[str, str]]:
    nombres = (
        ("bruto", "Valor bruto"), ("con_impuestos", "Total con impuestos"), ("descuentos", "Descuentos"),
        ("cargos", "Cargos"), ("anticipos", "Anticipos"), ("a_pagar", "Total a pagar"),
    )  # fmt: skip
    for clave, nombre in nombres:
        if contenido["totales"][clave] is not None:
            yield nombre, pesos(contenido["totales"][clave])


def _pago(pagos: list[dict[str, Any]]) -> str:
    if not pagos:
        return ""
    return " · ".join(filter(None, (FORMAS_PAGO.get(pagos[0]["forma"]), MEDIOS_PAGO.get(pagos[0]["medio"]))))


def _comprobaciones(fila: DocumentoRecibido) -> tuple[Comprobacion, ...]:
    detalle = fila.verificacion
    diferencias = (detalle["totales"] or {}).get("diferencias", [])
    sumas = "; ".join(
        f"{d['donde']}: da {pesos(d['esperado'])} y dice {pesos(d['declarado'])}" for d in diferencias[:5]
    )
    estados = (
        ("Código", fila.estado_codigo, detalle["codigo"]["motivo"]),
        ("Firma", fila.estado_firma, detalle["firma"]["motivo"]),
        ("Totales", fila.estado_totales, sumas),
    )
    return tuple(Comprobacion(que, _NOMBRES[estado], motivo, estado in _MALOS) for que, estado, motivo in estados)


def _avisos(fila: DocumentoRecibido, verificacion: dict[str, Any]) -> Iterable[str]:
    if fila.en_conflicto:
        yield "Otro documento trae este mismo código con otro contenido: uno de los dos es falso."
    yield from verificacion["avisos"]


def _qr(codigo: str, ambiente: str) -> str:
    """DIAN's page of this code. The QR text of the document itself is not used: it may lead anywhere."""
    return _CATALOGO.get(ambiente, _CATALOGO["1"]) + codigo if codigo.isalnum() else ""


def pesos(valor: Any) -> str:
    """1234567.5 → "1.234.567,50"; empty for what is no number."""
    numero = _decimal(valor)
    return "" if numero is None else f"{numero:,.2f}".replace(",", " ").replace(".", ",").replace(" ", ".")


def numero_legible(valor: Any) -> str:
    """A quantity without useless zeros, with decimal comma."""
    numero = _decimal(valor)
    return "" if numero is None else format(numero.normalize(), "f").replace(".", ",")


def _decimal(valor: Any) -> Decimal | None:
    try:
        return None if valor in (None, "") else Decimal(str(valor))
    except InvalidOperation:
        return None
